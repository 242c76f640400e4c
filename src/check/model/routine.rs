//! Functions and procedures.

use serde::Deserialize;

use super::name::{Object, Qualified};
use super::place::Place;
use super::rights::Grant;

/// A function or procedure, one overload.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that have nothing to do with each other"
)]
pub struct Routine {
    /// Its name.
    pub name: Qualified,
    /// The types of what a call gives, as `format_type` writes them: `integer`, `text[]`.
    pub arguments: Vec<String>,
    /// `call` instead of `select`.
    pub is_procedure: bool,
    /// Only a trigger can call it.
    pub is_trigger: bool,
    /// `sql`, `plpgsql`, …
    pub language: String,
    /// It runs with its owner's rights.
    pub is_definer: bool,
    /// The planner may work it out beforehand.
    pub is_immutable: bool,
    /// `set search_path = …`
    pub search_path: Option<String>,
    /// The columns of what it returns, where it says them itself.
    pub outputs: Vec<String>,
    /// What it returns, as `arguments`.
    pub returns: String,
    /// What it does, as written; the catalog and the files may lay it out differently.
    pub body: String,
    /// `None`: the files do not say.
    pub owner: Option<String>,
    /// Who may call it, besides the owner.
    pub grants: Vec<Grant>,
    /// Where it is made.
    #[serde(skip)]
    pub place: Option<Place>,
}

impl Routine {
    /// Whether the role was granted to call it, not as one of everybody.
    pub fn is_granted_to(&self, role: &str) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    /// As findings call it.
    pub fn object(&self) -> Object {
        let kind = if self.is_procedure {
            "procedure"
        } else {
            "function"
        };
        Object::new(
            kind,
            format_args!("{}({})", self.name, self.arguments.join(", ")),
        )
    }
}
