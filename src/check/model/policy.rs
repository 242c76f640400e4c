//! Row-level security's rules.

use serde::Deserialize;

use super::expression::Expression;
use super::name::{Object, Qualified};
use super::place::Place;
use super::rights::PUBLIC;

/// One policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Policy {
    /// Of which table.
    pub relation: Qualified,
    /// Its name.
    pub name: String,
    /// One of those of which any suffices; else one that must hold as well.
    pub is_permissive: bool,
    /// The verb.
    pub command: Command,
    /// Never empty; [`PUBLIC`] is everybody.
    pub roles: Vec<String>,
    /// USING
    pub using: Option<Expression>,
    /// WITH CHECK
    pub check: Option<Expression>,
    /// Where names without schema in its conditions are looked for; the catalog tells all names with theirs.
    #[serde(skip)]
    pub search_path: Vec<String>,
    /// Where it is made.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// Every verb.
    All,
    /// Reading.
    Select,
    /// New rows.
    Insert,
    /// Changes.
    Update,
    /// Deletions.
    Delete,
}

impl Command {
    /// The four verbs.
    pub const VERBS: [Self; 4] = [Self::Select, Self::Insert, Self::Update, Self::Delete];

    /// In capitals.
    pub fn text(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

impl Policy {
    /// Whether it counts when a role does this.
    pub fn is_for(&self, verb: Command, role: &str) -> bool {
        (self.command == Command::All || self.command == verb)
            && self.roles.iter().any(|one| one == role || one == PUBLIC)
    }

    /// Both conditions, where they are.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.using.iter().chain(&self.check)
    }

    /// As findings call it.
    pub fn object(&self) -> Object {
        Object::new("policy", format_args!("{}.{}", self.relation, self.name))
    }
}
