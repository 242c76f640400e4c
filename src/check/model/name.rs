//! What things are called.

use std::fmt;

use serde::Deserialize;

/// A name with its schema, as Postgres keeps it: without quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Qualified {
    /// The schema.
    pub schema: String,
    /// The name within it.
    pub name: String,
}

impl Qualified {
    /// `schema.name`
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            schema: schema.into(),
            name: name.into(),
        }
    }
}

impl fmt::Display for Qualified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// What a finding is about, in the words that an exclusion uses too. Both sources call the same thing the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// `table`, `policy`, `function`, …
    pub kind: &'static str,
    /// `public.notes`, `public.notes.select_own`, `public.f(integer)`
    pub name: String,
}

impl Object {
    /// An object of this kind.
    pub fn new(kind: &'static str, name: impl fmt::Display) -> Self {
        Self {
            kind,
            name: name.to_string(),
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}
