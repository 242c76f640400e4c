//! Settings as lines of the configuration file, secrets masked.

use super::{Config, Kind, settings};

impl Config {
    /// Every setting in force, by name: what PostgREST's `--dump-config` prints.
    #[must_use]
    pub fn listing(&self) -> String {
        let table = settings().map(|setting| {
            let value = setting.show(self);
            format!("{} = {}\n", setting.name, written(setting.kind, &value))
        });
        let own = self.app_settings.iter().map(|(name, value)| {
            let value = written(Kind::Text, &value.to_string());
            format!("{name} = {value}\n")
        });
        let mut lines: Vec<String> = table.chain(own).collect();
        lines.sort();
        lines.concat()
    }
}

/// A file that sets everything to its default, or would if the line were one: what PostgREST's
/// `--example` prints.
#[must_use]
pub fn example() -> String {
    let lines = settings().map(|setting| {
        let mark = if setting.default.is_empty() { "# " } else { "" };
        let value = written(setting.kind, setting.default);
        format!("## {}\n{mark}{} = {value}\n\n", setting.doc, setting.name)
    });
    lines.collect::<Vec<String>>().concat()
}

/// As the file has it: a dollar sign there is written twice.
#[must_use]
pub fn written(kind: Kind, value: &str) -> String {
    if kind.is_bare() && !value.is_empty() {
        return value.to_owned();
    }
    let value = value
        .replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('$', "$$");
    format!("\"{value}\"")
}
