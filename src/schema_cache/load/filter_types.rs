//! Filter types, and composites of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Deserialize;
use tokio_postgres::{Error, Row, types::Json};

use crate::schema_cache::{FilterAttribute, FilterType, Filters, Operand, SqlType};

#[derive(Deserialize)]
struct AttributeRow {
    name: String,
    type_oid: i64,
}

/// How parameters of each type (by OID) take conditions.
pub(super) fn read_filters(rows: &[Row]) -> Result<HashMap<i64, Filters>, Error> {
    let mut types = HashMap::new();
    for row in rows {
        let operators: Option<Json<BTreeMap<String, String>>> = row.try_get("operators")?;
        if let Some(Json(operators)) = operators {
            let filter_type = FilterType {
                name: row.try_get("name")?,
                sql_type: SqlType::from_catalog(row.try_get("sql_type")?),
                comment: row.try_get("comment")?,
                operators: operators
                    .into_iter()
                    .map(|(name, operand)| (name, read_operand(&operand)))
                    .collect(),
                combines: row.try_get("combines")?,
            };
            types.insert(row.try_get::<_, i64>("type_oid")?, Arc::new(filter_type));
        }
    }
    let mut filters: HashMap<i64, Filters> = types
        .iter()
        .map(|(oid, filter_type)| (*oid, Filters::One(Arc::clone(filter_type))))
        .collect();
    for row in rows {
        let attributes: Option<Json<Vec<AttributeRow>>> = row.try_get("attributes")?;
        if let Some(Json(attributes)) = attributes {
            let spread = attributes
                .into_iter()
                .filter_map(|attribute| {
                    Some(FilterAttribute {
                        filter_type: Arc::clone(types.get(&attribute.type_oid)?),
                        name: attribute.name,
                    })
                })
                .collect();
            filters.insert(row.try_get("type_oid")?, Filters::Spread(spread));
        }
    }
    Ok(filters)
}

fn read_operand(text: &str) -> Operand {
    match text {
        "none" => Operand::None,
        "one" => Operand::One,
        _ => Operand::Many,
    }
}
