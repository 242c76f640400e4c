//! What is read and written, and the policies in force there, as the catalog has them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sql::{Statement, TextParam};

/// A relation, as a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarded {
    pub schema: String,
    pub name: String,
    /// `table`, `view`, `materialized view`, `foreign table`.
    pub kind: String,
    /// Whose rights and policies count: the caller's, or the owner's of a view.
    pub role: String,
    /// `view api.cheap`, `policy select_own`; nothing where the request names it.
    pub through: Option<String>,
    /// What is done with it.
    pub verbs: Vec<String>,
    pub row_security: RowSecurity,
    /// Those for the role and the verbs, permissive ones first; in force only where row-level security is on.
    pub policies: Vec<Policy>,
}

/// Whether policies bind the role there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowSecurity {
    On,
    /// Of the table.
    Off,
    /// The role owns the table, which does not force it upon its owner.
    Owner,
    /// The role is a superuser or has BYPASSRLS.
    Bypassed,
    /// It is no table: what it reads counts.
    None,
}

/// One policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub name: String,
    pub permissive: bool,
    /// `select`, …, `all`.
    pub verb: String,
    /// Whom it is for; `public` is everybody.
    pub roles: Vec<String>,
    pub using: Option<String>,
    pub check: Option<String>,
    /// Functions without arguments that it calls.
    #[serde(skip_serializing)]
    pub silent: Vec<String>,
}

/// Renders the question for them, to be asked as the caller. `named`: see [`super::named`]; `planned`: see
/// [`super::Tree::relations`].
#[must_use]
pub fn policies(named: &Value, planned: &Value) -> Statement {
    Statement {
        sql: include_str!("policies.sql").to_owned(),
        params: vec![TextParam(named.to_string()), TextParam(planned.to_string())],
    }
}

/// What Postgres answered.
///
/// # Errors
/// It is not what was asked for.
pub fn read_policies(json: &str) -> Result<Vec<Guarded>, serde_json::Error> {
    serde_json::from_str(json)
}

impl Guarded {
    /// `api.item`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// The policies for a verb, of one kind.
    pub fn of<'a>(&'a self, verb: &'a str, permissive: bool) -> impl Iterator<Item = &'a Policy> {
        let policies = self.policies.iter();
        policies.filter(move |policy| {
            policy.permissive == permissive && (policy.verb == "all" || policy.verb == verb)
        })
    }
}
