//! Tables, views, materialized views and foreign tables.

use super::{QualifiedName, SqlExpression, SqlType};

/// A relation that requests may name.
#[derive(Debug, Clone)]
pub struct Relation {
    pub name: QualifiedName,
    pub comment: Option<String>,
    /// In the order of the table.
    pub columns: Vec<Column>,
    /// In key order; empty where there is none. Of a view those of the tables whose keys it shows.
    pub primary_key: Vec<String>,
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
}
