//! What a matrix says. Its JSON is kept in files and compared with: a field that changes its meaning is a new
//! [`FORMAT`].

use serde::{Deserialize, Serialize};

/// Of the JSON.
pub const FORMAT: u32 = 1;

/// Everything, sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    /// Of the JSON.
    pub format: u32,
    /// What was asked for: a comparison asks the same again.
    pub asked: Asked,
    /// Whose rights these are.
    pub roles: Vec<String>,
    /// Of the schemas asked for.
    pub relations: Vec<Relation>,
    /// Of the same schemas; none where only some relations were asked for.
    pub functions: Vec<Function>,
}

/// Which part of the database. An empty list of roles or relations: all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Schemas.
    pub schemas: Vec<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// Relations, with or without their schema.
    pub relations: Vec<String>,
}

/// A table, or something that is read like one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// `schema.name`, quoted where SQL needs it.
    pub name: String,
    /// `table`, `partitioned table`, `view`, `materialized view`, `foreign table`.
    pub kind: String,
    /// Who owns it.
    pub owner: String,
    /// `off`, `on`, `forced` (holds for the owner, too); none where policies cannot be.
    pub row_security: Option<String>,
    /// Of a view: `caller` or `owner`, whose rights and policies hold beneath it.
    pub runs_as: Option<String>,
    /// Of a view that runs as its owner: why no policy binds that one (`superuser`, `bypassrls`).
    pub owner_bypasses: Option<String>,
    /// Of a view: the relations beneath it.
    pub reads: Vec<String>,
    /// In their order.
    pub columns: Vec<String>,
    /// By name.
    pub policies: Vec<Policy>,
    /// What each role may; what it may not is absent.
    pub rights: Vec<Right>,
}

/// A policy, as it was created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Unique in its table.
    pub name: String,
    /// `select`, `insert`, `update`, `delete`, `all`.
    pub verb: String,
    /// Restrictive ones must all hold, of permissive ones any.
    pub restrictive: bool,
    /// For whom; `public` is everybody.
    pub roles: Vec<String>,
    /// Which rows there are.
    pub using: Option<String>,
    /// Which rows may be written; none: as `using`.
    pub check: Option<String>,
}

/// One verb of one role on one relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Right {
    /// Who.
    pub role: String,
    /// `select`, `insert`, `update`, `delete`, `truncate`.
    pub verb: String,
    /// Without usage of the schema the role cannot name the relation.
    pub usage: bool,
    /// On the whole relation, so also on columns that are added to it.
    pub whole: bool,
    /// The columns; none for `delete` and `truncate`.
    pub columns: Vec<String>,
    /// To whom it was granted: the role, a role that it inherits, `public`.
    pub by: Vec<String>,
    /// What remains of the rows.
    pub rows: Rows,
    /// Why no policy binds the role here: `superuser`, `bypassrls`, `owner`.
    pub bypasses: Option<String>,
    /// The permissive policies that apply: any of them must hold.
    pub policies: Vec<String>,
    /// The restrictive policies that apply: all of them must hold.
    pub restrictive: Vec<String>,
}

/// Which rows a right is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// Nothing filters them.
    All,
    /// Row-level security is on, and no permissive policy applies.
    None,
    /// As the policies say.
    ByPolicies,
    /// A view: as what is beneath it.
    ByView,
}

/// A function, procedure or aggregate that a call could name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// With schema and argument types.
    pub name: String,
    /// Who owns it.
    pub owner: String,
    /// Whether it runs as its owner.
    pub definer: bool,
    /// Whether everybody may call it.
    pub public: bool,
    /// Those of the matrix' roles that may.
    pub roles: Vec<String>,
}

impl Relation {
    /// What a role may do, if it may.
    #[must_use]
    pub fn right(&self, role: &str, verb: &str) -> Option<&Right> {
        self.rights
            .iter()
            .find(|one| one.role == role && one.verb == verb)
    }

    /// `table, row-level security forced, owner desk`
    #[must_use]
    pub fn described(&self) -> String {
        let mut parts = vec![self.kind.clone()];
        if let Some(state) = &self.row_security {
            parts.push(format!("row-level security {state}"));
        }
        match (self.runs_as.as_deref(), &self.owner_bypasses) {
            (Some("caller"), _) => parts.push("runs as who asks".to_owned()),
            (Some(_), Some(why)) => parts.push(format!(
                "runs as {}, whom no policy binds ({why})",
                self.owner
            )),
            (Some(_), None) => parts.push(format!("runs as {}", self.owner)),
            (None, _) => parts.push(format!("owner {}", self.owner)),
        }
        if !self.reads.is_empty() {
            parts.push(format!("reads {}", self.reads.join(", ")));
        }
        parts.join(", ")
    }
}
