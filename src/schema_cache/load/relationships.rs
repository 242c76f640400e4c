//! Keys, views and functions: what relationships are made of.

use tokio_postgres::{Error, Row};

use super::read_name;
use crate::schema_cache::key::{KeyColumns, TableKey};
use crate::schema_cache::view::View;
use crate::schema_cache::{Cardinality, QualifiedName, Relationship, RowFunction};

pub(super) fn read_key(row: &Row) -> Result<TableKey, Error> {
    let foreign_name: Option<String> = row.try_get("foreign_name")?;
    let foreign = match foreign_name {
        None => None,
        Some(name) => Some(KeyColumns {
            table: QualifiedName {
                schema: row.try_get("foreign_schema")?,
                name,
            },
            table_id: row.try_get("foreign_id")?,
            columns: row.try_get("foreign_columns")?,
            numbers: row.try_get("foreign_numbers")?,
        }),
    };
    Ok(TableKey {
        constraint: row.try_get("constraint_name")?,
        own: KeyColumns {
            table: read_name(row)?,
            table_id: row.try_get("table_id")?,
            columns: row.try_get("columns")?,
            numbers: row.try_get("numbers")?,
        },
        foreign,
        is_one_to_one: row.try_get("is_one_to_one")?,
    })
}

pub(super) fn read_view(row: &Row) -> Result<View, Error> {
    let numbers: Vec<i16> = row.try_get("numbers")?;
    let columns: Vec<String> = row.try_get("columns")?;
    Ok(View {
        name: read_name(row)?,
        id: row.try_get("view_id")?,
        columns: numbers.into_iter().zip(columns).collect(),
        rule: row.try_get("rule")?,
    })
}

pub(super) fn read_computed(row: &Row) -> Result<Relationship, Error> {
    let table = read_name(row)?;
    let foreign_table = QualifiedName {
        schema: row.try_get("foreign_schema")?,
        name: row.try_get("foreign_name")?,
    };
    Ok(Relationship {
        is_self: table == foreign_table,
        table,
        foreign_table,
        cardinality: Cardinality::Computed(RowFunction {
            name: QualifiedName {
                schema: row.try_get("function_schema")?,
                name: row.try_get("function_name")?,
            },
            is_to_one: row.try_get("is_to_one")?,
        }),
        // The row of a view is one like any other.
        table_is_view: false,
        foreign_is_view: row.try_get("foreign_is_view")?,
    })
}
