//! What a rule is, and what it finds.

use std::fmt;

use crate::check::model::{Object, Place, Subject};

/// A rule. Its texts are its documentation, its examples its tests.
#[derive(Debug)]
pub struct Rule {
    /// As exclusions and `--rule` name it.
    pub name: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// One paragraph: what it finds, why that matters, how to resolve it.
    pub doc: &'static str,
    /// Where it can be seen.
    pub reach: Reach,
    /// All that is wrong. Pure.
    pub find: fn(Subject<'_>) -> Vec<Finding>,
    /// SQL in which it finds something, in the lines that end in `-- here`.
    pub bad: &'static str,
    /// The same, put right.
    pub good: &'static str,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Likely a mistake.
    Warn,
    /// Somebody sees or does what they must not, or something does not work.
    Error,
}

impl Level {
    /// `info`, `warn`, `error`
    pub fn text(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// From which of the sources a rule can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From files as well as from a database.
    Both,
    /// Files leave out what it needs.
    CatalogOnly,
    /// It is about exclusions, not about what was read.
    Exclusions,
}

/// Something wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is wrong with.
    pub object: Object,
    /// What is wrong, with names.
    pub message: String,
    /// Where it is written, if in a file that was read.
    pub place: Option<Place>,
    /// Because of whom; an exclusion may name them.
    pub roles: Vec<String>,
}

impl Finding {
    /// A finding that has to do with no role in particular.
    pub fn new(object: Object, place: Option<&Place>, message: impl Into<String>) -> Self {
        Self {
            object,
            message: message.into(),
            place: place.cloned(),
            roles: Vec::new(),
        }
    }

    /// The same, because of these roles.
    #[must_use]
    pub fn because_of<'a>(mut self, roles: impl IntoIterator<Item = &'a String>) -> Self {
        self.roles = roles.into_iter().cloned().collect();
        self.roles.sort();
        self.roles.dedup();
        self
    }
}

/// A name that no rule has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownRule {
    name: String,
    nearest: Option<&'static str>,
}

impl UnknownRule {
    pub(super) fn new(name: &str) -> Self {
        let names = super::ALL.iter().map(|rule| rule.name);
        let nearest = names.min_by_key(|known| strsim::levenshtein(known, name));
        Self {
            name: name.to_owned(),
            nearest: nearest.filter(|known| strsim::normalized_levenshtein(known, name) > 0.5),
        }
    }
}

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no rule {}; ", self.name)?;
        match self.nearest {
            Some(nearest) => write!(f, "did you mean {nearest}?"),
            None => f.write_str("`rowdesk reference rules` lists them"),
        }
    }
}

/// A role in a sentence.
pub(super) fn who(role: &str) -> &str {
    if role == crate::check::model::PUBLIC {
        "everybody"
    } else {
        role
    }
}
