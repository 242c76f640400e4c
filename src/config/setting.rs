//! What a setting is: a row of the table.

use super::Config;
use super::value::Expected;

/// One setting. A setting is listed when it does something, not before.
#[derive(Debug)]
pub struct Setting {
    /// Flag (with `--`) and key in the file.
    pub name: &'static str,
    /// Older names that PostgREST still reads, in file and environment.
    pub aliases: &'static [&'static str],
    pub kind: Kind,
    /// As it would be written; empty: no value.
    pub default: &'static str,
    pub secrecy: Secrecy,
    /// PostgREST has it too, so `PGRST_…` names it as well.
    pub from_postgrest: bool,
    /// PostgREST reads it from the database, too: `pgrst.NAME`, with underscores.
    pub in_database: bool,
    /// It is used once, when the server starts: a reload does not change it.
    pub needs_restart: bool,
    /// One paragraph.
    pub doc: &'static str,
    /// Checks a value and puts it into the configuration.
    pub(super) write: fn(&mut Config, &str) -> Result<(), Expected>,
    /// The value as it could be written, secrets masked.
    pub(super) read: fn(&Config) -> String,
}

/// What values look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Comma-separated names.
    List,
    Uri,
    Number,
    Seconds,
    Bytes,
    Boolean,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// How a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    Open,
    /// A URI whose password is masked.
    Password,
    /// Never.
    Secret,
}

impl Setting {
    /// The variables that name it, the winning one first.
    pub fn variables(&self) -> Vec<String> {
        let upper = |name: &str| name.replace('-', "_").to_ascii_uppercase();
        let mut names = vec![format!("ROWDESK_{}", upper(self.name))];
        if self.from_postgrest {
            let all = std::iter::once(&self.name).chain(self.aliases);
            names.extend(all.map(|name| format!("PGRST_{}", upper(name))));
        }
        names
    }

    /// Its name in the database, where it may be said there.
    pub fn database_name(&self) -> Option<String> {
        (self.in_database && self.from_postgrest)
            .then(|| format!("pgrst.{}", self.name.replace('-', "_")))
    }

    /// The value in `config` as it could be written in the file, secrets masked.
    pub fn show(&self, config: &Config) -> String {
        (self.read)(config)
    }

    /// An empty value is a value of its own, and not "as by default".
    pub(super) fn may_be_empty(&self) -> bool {
        self.name == "db-extra-search-path"
    }
}

impl Kind {
    /// The placeholder in `--help`.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::List => "NAME,…",
            Self::Uri => "URI",
            Self::Number => "NUMBER",
            Self::Seconds => "SECONDS",
            Self::Bytes => "BYTES",
            Self::Boolean => "true|false",
            Self::Choice(_) => "CHOICE",
        }
    }

    /// Values that the file writes without quotes.
    pub fn is_bare(self) -> bool {
        matches!(
            self,
            Self::Number | Self::Seconds | Self::Bytes | Self::Boolean
        )
    }
}
