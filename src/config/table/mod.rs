//! The table of settings, a file a subject: from it come flags, file keys, variables, `--help`, `rowdesk
//! config` and the documentation. Its order is that of the documentation.

mod accounts;
mod database;
mod network;
mod openapi;
mod operation;
mod server;
mod tokens;

use super::{Kind, Secrecy, Setting};

/// Every setting.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    [
        database::SETTINGS,
        tokens::SETTINGS,
        accounts::SETTINGS,
        server::SETTINGS,
        openapi::SETTINGS,
        network::SETTINGS,
        operation::SETTINGS,
    ]
    .into_iter()
    .flatten()
}

/// The setting of that name or alias.
pub fn setting(name: &str) -> Option<&'static Setting> {
    settings().find(|setting| setting.name == name || setting.aliases.contains(&name))
}

const PLAIN: Setting = Setting {
    name: "",
    aliases: &[],
    kind: Kind::Text,
    default: "",
    secrecy: Secrecy::Open,
    from_postgrest: true,
    in_database: true,
    needs_restart: false,
    doc: "",
    write: |_, _| Ok(()),
    read: |_| String::new(),
};
