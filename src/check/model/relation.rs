//! Tables and what can be read like one.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::name::{Object, Qualified};
use super::place::Place;
use super::rights::Grant;

/// A table, view, materialized view or foreign table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Relation {
    /// Its name.
    pub name: Qualified,
    /// What it is.
    pub kind: RelationKind,
    /// `None`: the files do not say.
    pub owner: Option<String>,
    /// In order.
    pub columns: Vec<Column>,
    /// Row-level security.
    pub row_security: Switch,
    /// Row-level security holds for the owner as well.
    pub is_forced: Switch,
    /// Of a view: it asks with the caller's rights.
    pub is_invoker: bool,
    /// Of a view: what it reads.
    pub reads: BTreeSet<Qualified>,
    /// What others than the owner may do.
    pub grants: Vec<Grant>,
    /// There is a primary key.
    pub has_primary_key: bool,
    /// Where it is made.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// What kind of relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// Also partitioned ones.
    Table,
    /// A partition: its parent's policies hold for whoever asks the parent.
    Partition,
    /// A view.
    View,
    /// A materialized view.
    Materialized,
    /// Of another server.
    Foreign,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as written.
    pub sql_type: String,
}

/// Whether something is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(from = "bool")]
pub enum Switch {
    /// Yes.
    On,
    /// No.
    Off,
    /// A statement that only a database can follow (`do`, `call`) names the table and may have switched it.
    Unknown,
}

impl From<bool> for Switch {
    fn from(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }
}

impl Relation {
    /// An ordinary one, of which nothing more is known.
    pub fn new(name: Qualified, kind: RelationKind) -> Self {
        Self {
            name,
            kind,
            owner: None,
            columns: Vec::new(),
            row_security: Switch::Off,
            is_forced: Switch::Off,
            is_invoker: false,
            reads: BTreeSet::new(),
            grants: Vec::new(),
            has_primary_key: false,
            place: None,
        }
    }

    /// Whether policies can be made for it, and must.
    pub fn is_table(&self) -> bool {
        matches!(self.kind, RelationKind::Table | RelationKind::Partition)
    }

    /// As findings call it.
    pub fn object(&self) -> Object {
        let kind = match self.kind {
            RelationKind::Table | RelationKind::Partition => "table",
            RelationKind::View => "view",
            RelationKind::Materialized => "materialized view",
            RelationKind::Foreign => "foreign table",
        };
        Object::new(kind, &self.name)
    }
}
