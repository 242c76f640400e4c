//! Flags made from the table of settings.

use clap::{Arg, ArgMatches};

use crate::config::{Kind, Setting, settings};

/// A flag for each setting, known to all commands. `--help` lists them, `-h` does not.
pub(super) fn flags() -> impl Iterator<Item = Arg> {
    settings().map(|setting| {
        Arg::new(setting.name)
            .long(setting.name)
            .value_name(setting.kind.placeholder())
            .help(documentation(setting))
            .help_heading("Settings")
            .hide_short_help(true)
            .global(true)
    })
}

/// The settings that were given as flags: name and value.
pub(super) fn given(matches: &ArgMatches) -> Vec<(String, String)> {
    settings()
        .filter_map(|setting| {
            let value = matches.get_one::<String>(setting.name)?;
            Some((setting.name.to_owned(), value.clone()))
        })
        .collect()
}

fn documentation(setting: &Setting) -> String {
    let mut parts = vec![setting.doc.to_owned()];
    if let Kind::Choice(names) = setting.kind {
        parts.push(format!("[one of: {}]", names.join(", ")));
    }
    if !setting.default.is_empty() {
        parts.push(format!("[default: {}]", setting.default));
    }
    parts.push(format!("[variables: {}]", setting.variables().join(", ")));
    parts.join(" ")
}
