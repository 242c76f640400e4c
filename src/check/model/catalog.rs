//! Everything that rules look at.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::exposure::Exposure;
use super::index::{ForeignKey, Index};
use super::name::{Object, Qualified};
use super::place::Place;
use super::policy::Policy;
use super::relation::Relation;
use super::rights::{DefaultPrivilege, PUBLIC, Role, SchemaGrant};
use super::routine::Routine;

/// A database's definitions, without those of PostgreSQL itself and of extensions.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// By name.
    pub relations: BTreeMap<Qualified, Relation>,
    /// Of all relations, those of one after those of the other: see [`Catalog::sort`].
    pub policies: Vec<Policy>,
    /// Functions and procedures.
    pub routines: Vec<Routine>,
    /// Also those of constraints.
    pub indexes: Vec<Index>,
    /// Of all tables.
    pub foreign_keys: Vec<ForeignKey>,
    /// Composite types.
    pub composites: Vec<Composite>,
    /// By name; empty where the files make none.
    pub roles: BTreeMap<String, Role>,
    /// Rights on schemas.
    pub schema_grants: Vec<SchemaGrant>,
    /// What is everybody's from its making.
    pub default_privileges: Vec<DefaultPrivilege>,
    /// Installed ones.
    pub extensions: Vec<Extension>,
    /// What is in the database and in no file, where that is known.
    pub leftovers: Vec<Leftover>,
}

/// A composite type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Composite {
    /// Its name.
    pub name: Qualified,
    /// Name and type of each attribute.
    pub attributes: Vec<(String, String)>,
    /// Where it is made.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// An extension.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Where its objects are.
    pub schema: String,
    /// Where it is installed.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// What files once made and no longer make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// It, or the file that is gone.
    pub object: Object,
    /// How it is known.
    pub why: String,
}

/// What a rule is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The definitions.
    pub catalog: &'a Catalog,
    /// What of them can be reached.
    pub exposure: &'a Exposure,
}

impl Subject<'_> {
    /// Whether requests can run as this role: whatever the login may become, and everybody. Where the login is not
    /// known, any role may be one.
    pub fn is_api_role(&self, role: &str) -> bool {
        if role == PUBLIC || self.exposure.anon.as_deref() == Some(role) {
            return true;
        }
        match self.api_roles() {
            Some(roles) => roles
                .iter()
                .any(|one| one == role || self.catalog.inherits(one, role)),
            None => !self
                .catalog
                .roles
                .get(role)
                .is_some_and(|role| role.is_superuser),
        }
    }

    /// Whether somebody without a token has what is granted to this role.
    pub fn is_anonymous(&self, role: &str) -> bool {
        role == PUBLIC
            || self
                .exposure
                .anon
                .as_ref()
                .is_some_and(|anon| anon == role || self.catalog.inherits(anon, role))
    }

    /// What the login may become, where that is known.
    pub fn api_roles(&self) -> Option<&BTreeSet<String>> {
        let login = self.catalog.roles.get(self.exposure.login.as_ref()?)?;
        Some(&login.member_of).filter(|roles| !roles.is_empty())
    }
}

impl Catalog {
    /// The policies of a relation.
    pub fn policies_of<'a>(&'a self, relation: &'a Qualified) -> impl Iterator<Item = &'a Policy> {
        // Every table is asked for its own: all policies for each of them is the square.
        let first = self
            .policies
            .partition_point(|policy| policy.relation < *relation);
        let rest = self.policies.get(first..).unwrap_or_default().iter();
        rest.take_while(move |policy| policy.relation == *relation)
    }

    /// Once all is read: in the order that rules find things by.
    pub fn sort(&mut self) {
        self.policies
            .sort_by(|one, other| one.relation.cmp(&other.relation));
    }

    /// Whether `role` has the rights of `other` without becoming it.
    pub fn inherits(&self, role: &str, other: &str) -> bool {
        self.roles
            .get(role)
            .is_some_and(|role| role.inherits.contains(other))
    }

    /// All tables.
    pub fn tables(&self) -> impl Iterator<Item = &Relation> {
        self.relations
            .values()
            .filter(|relation| relation.is_table())
    }
}
