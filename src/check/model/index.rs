//! Indexes and foreign keys.

use serde::Deserialize;

use super::name::{Object, Qualified};
use super::place::Place;

/// An index, also one that a constraint made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: Qualified,
    /// Of which table.
    pub relation: Qualified,
    /// Its keys; `None` is an expression.
    pub columns: Vec<Option<String>>,
    /// Everything that it is but its name and whether it is unique: two with the same text are the same.
    pub definition: String,
    /// `where …`
    pub predicate: Option<String>,
    /// It refuses duplicates.
    pub is_unique: bool,
    /// A constraint needs it.
    pub is_constraint: bool,
    /// Where it is made.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ForeignKey {
    /// The constraint.
    pub name: String,
    /// The table that refers.
    pub relation: Qualified,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub target: Qualified,
    /// Where it is made.
    #[serde(skip)]
    pub place: Option<Place>,
}

impl Index {
    /// As findings call it.
    pub fn object(&self) -> Object {
        Object::new("index", &self.name)
    }
}

impl ForeignKey {
    /// As findings call it.
    pub fn object(&self) -> Object {
        Object::new(
            "foreign key",
            format_args!("{}.{}", self.relation, self.name),
        )
    }
}
