//! Tables, views, materialized views and foreign tables.

use std::sync::Arc;

use super::{QualifiedName, Representation, SqlExpression, SqlType};

/// A relation that requests may name.
#[derive(Debug, Clone)]
pub struct Relation {
    pub name: QualifiedName,
    pub comment: Option<String>,
    /// In the order of the table.
    pub columns: Vec<Column>,
    /// In key order; empty where there is none. Of a view those of the tables whose keys it shows.
    pub primary_key: Vec<String>,
    /// Functions of its row, which can be named like columns
    /// (PostgREST, `docs/references/api/computed_fields.rst`).
    pub computed: Vec<String>,
    pub takes: Writes,
}

/// Which changes a relation can take at all: a view may take some or none. Rights are another matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Writes {
    pub insert: bool,
    pub update: bool,
    pub delete: bool,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub sql_type: SqlType,
    pub nullable: bool,
    pub comment: Option<String>,
    /// What a row gets that leaves the column out; nothing where Postgres computes the column itself.
    pub default: Option<SqlExpression>,
    pub json_kind: JsonKind,
    /// A `tsvector`, or a domain over it.
    pub is_tsvector: bool,
    /// Where its type is a domain that is written or shown in its own way.
    pub representation: Option<Arc<Representation>>,
}

/// The JSON in which a column's value is naturally written, whatever else Postgres would read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// A number without a fraction.
    Integer,
    /// A number.
    Float,
    /// A number, or a string that keeps all its digits.
    Decimal,
    Boolean,
    /// Text, times, UUIDs, enumerations.
    String,
    /// JSON, arrays, composites, and types that this program does not know.
    Any,
}

impl Relation {
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether the name is a computed field's: a column of that name hides it.
    #[must_use]
    pub fn is_computed(&self, name: &str) -> bool {
        self.computed.iter().any(|function| function == name) && self.column(name).is_none()
    }

    /// Whether any column is shown in another way than it is stored.
    #[must_use]
    pub fn has_shown_domains(&self) -> bool {
        self.columns.iter().any(|column| column.shown().is_some())
    }
}

impl Column {
    /// The function that makes the JSON that answers show.
    #[must_use]
    pub fn shown(&self) -> Option<&QualifiedName> {
        self.representation.as_ref()?.shown.as_ref()
    }

    /// The function that reads the text of a filter.
    #[must_use]
    pub fn from_text(&self) -> Option<&QualifiedName> {
        self.representation.as_ref()?.from_text.as_ref()
    }

    /// The function that reads a value of a body.
    #[must_use]
    pub fn from_json(&self) -> Option<&QualifiedName> {
        self.representation.as_ref()?.from_json.as_ref()
    }
}
