//! Tables, views, materialized views and foreign tables.

use super::{QualifiedName, SqlType};

/// A relation that requests may name.
#[derive(Debug, Clone)]
pub struct Relation {
    pub name: QualifiedName,
    pub comment: Option<String>,
    /// In the order of the table.
    pub columns: Vec<Column>,
    /// In key order; empty where there is none. Of a view those of the tables whose keys it shows.
    pub primary_key: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub sql_type: SqlType,
    pub nullable: bool,
    pub comment: Option<String>,
}

impl Relation {
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
