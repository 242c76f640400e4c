//! Relations and their columns.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use tokio_postgres::{Error, Row, types::Json};

use super::read_name;
use crate::schema_cache::{
    Column, JsonKind, Relation, Representation, SqlExpression, SqlType, Writes,
};

#[derive(Deserialize)]
struct ColumnRow {
    name: String,
    r#type: String,
    type_oid: i64,
    nullable: bool,
    comment: Option<String>,
    default: Option<String>,
    json_kind: String,
    is_tsvector: bool,
}

/// The representations of each domain, by its OID.
pub(super) fn read_representations(
    rows: &[Row],
) -> Result<HashMap<i64, Arc<Representation>>, Error> {
    let mut domains: HashMap<i64, Representation> = HashMap::new();
    for row in rows {
        let domain = domains.entry(row.try_get("domain_oid")?).or_default();
        let direction: String = row.try_get("direction")?;
        let function = match direction.as_str() {
            "shown" => &mut domain.shown,
            "from_text" => &mut domain.from_text,
            _ => &mut domain.from_json,
        };
        *function = Some(read_name(row)?);
    }
    let shared = domains.into_iter().map(|(oid, one)| (oid, Arc::new(one)));
    Ok(shared.collect())
}

pub(super) fn read_relation(
    row: &Row,
    representations: &HashMap<i64, Arc<Representation>>,
) -> Result<Relation, Error> {
    let Json(columns): Json<Vec<ColumnRow>> = row.try_get("columns")?;
    Ok(Relation {
        name: read_name(row)?,
        comment: row.try_get("comment")?,
        columns: columns
            .into_iter()
            .map(|column| Column {
                name: column.name,
                sql_type: SqlType::from_catalog(column.r#type),
                nullable: column.nullable,
                comment: column.comment,
                default: column.default.map(SqlExpression::from_catalog),
                json_kind: read_json_kind(&column.json_kind),
                is_tsvector: column.is_tsvector,
                representation: representations.get(&column.type_oid).cloned(),
            })
            .collect(),
        primary_key: row.try_get("primary_key")?,
        computed: row.try_get("computed")?,
        takes: Writes {
            insert: row.try_get("takes_insert")?,
            update: row.try_get("takes_update")?,
            delete: row.try_get("takes_delete")?,
        },
    })
}

fn read_json_kind(text: &str) -> JsonKind {
    match text {
        "integer" => JsonKind::Integer,
        "float" => JsonKind::Float,
        "decimal" => JsonKind::Decimal,
        "boolean" => JsonKind::Boolean,
        "string" => JsonKind::String,
        _ => JsonKind::Any,
    }
}
