//! `rowdesk config`: the effective settings in the form of the configuration file, secrets masked,
//! each with where it comes from.

use std::process::ExitCode;

use crate::accounts::Accounts;
use crate::auth::Verifier;
use crate::config::{Kind, Loaded, written};

/// Prints the settings.
///
/// # Errors
/// `jwt-secret` holds no key that can be used: known only when the keys are read, which the server
/// would do next.
pub(super) fn run(loaded: &Loaded) -> anyhow::Result<ExitCode> {
    super::print(&listing(loaded))?;
    Verifier::new(&loaded.config)?;
    Accounts::new(&loaded.config)?;
    Ok(ExitCode::SUCCESS)
}

fn listing(loaded: &Loaded) -> String {
    let settings = loaded.sources.iter().map(|(setting, source)| {
        let value = written(setting.kind, &setting.show(&loaded.config));
        (format!("{} = {value}", setting.name), source.to_string())
    });
    let own = loaded.config.app_settings.iter().map(|(name, value)| {
        let line = format!("{name} = {}", written(Kind::Text, &value.to_string()));
        (line, "file or environment".to_owned())
    });
    let lines: Vec<_> = settings.chain(own).collect();
    let width = lines
        .iter()
        .map(|(line, _)| line.chars().count())
        .filter(|width| *width <= 60)
        .max()
        .unwrap_or_default();
    let mut listing: Vec<_> = lines
        .iter()
        .map(|(line, source)| format!("{line:width$}  # {source}"))
        .collect();
    listing.push(String::new());
    listing.join("\n")
}
