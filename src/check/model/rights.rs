//! Roles and what they may.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::place::Place;

/// Everybody, as the grantee of a right and as the role of a policy. No role can have this name.
pub const PUBLIC: &str = "public";

/// One verb for one role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Grant {
    /// Or [`PUBLIC`].
    pub role: String,
    /// In capitals: `SELECT`.
    pub verb: String,
    /// Empty: all of them.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Where it is granted.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// Who somebody can be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Above everything.
    pub is_superuser: bool,
    /// Above the policies.
    pub bypasses_rls: bool,
    /// Every role that it may become, through others as well.
    pub member_of: BTreeSet<String>,
    /// Every role whose rights it has without becoming it.
    pub inherits: BTreeSet<String>,
    /// Where it is made.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// A right on a schema.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SchemaGrant {
    /// The schema.
    pub schema: String,
    /// Or [`PUBLIC`].
    pub role: String,
    /// In capitals: `CREATE`.
    pub verb: String,
    /// Where it is granted.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// What everybody may do with objects that somebody makes from now on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DefaultPrivilege {
    /// Who makes them; `None`: the files do not say.
    pub owner: Option<String>,
    /// `None`: in every schema.
    pub schema: Option<String>,
    /// `tables`, `sequences`, `functions`, `schemas`.
    pub kind: String,
    /// PostgreSQL's own default, which nobody revoked.
    pub is_built_in: bool,
    /// Where it is granted, or else where the first object is made that it holds for.
    #[serde(skip)]
    pub place: Option<Place>,
}
