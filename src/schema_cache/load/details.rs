//! What only a description of the API says.

use tokio_postgres::{Error, Row, Transaction, types::Json};

use super::read_name;
use crate::schema_cache::{ColumnDetails, Details, Member, Signature, TypeDetails, TypeKind};

#[derive(Debug)]
pub(super) struct DetailRows {
    columns: Vec<Row>,
    signatures: Vec<Row>,
    types: Vec<Row>,
}

impl DetailRows {
    /// The search path is empty.
    pub async fn read(transaction: &Transaction<'_>, schemas: &[String]) -> Result<Self, Error> {
        Ok(Self {
            columns: transaction
                .query(include_str!("../column_details.sql"), &[&schemas])
                .await?,
            signatures: transaction
                .query(include_str!("../signatures.sql"), &[&schemas])
                .await?,
            types: transaction
                .query(include_str!("../types.sql"), &[&schemas])
                .await?,
        })
    }

    pub fn details(&self) -> Result<Details, Error> {
        let mut details = Details::default();
        for row in &self.columns {
            let of_relation = details.columns.entry(read_name(row)?).or_default();
            of_relation.push(read_column(row)?);
        }
        for row in &self.signatures {
            let oid = row.try_get("routine_oid")?;
            details.signatures.insert(oid, read_signature(row)?);
        }
        for row in &self.types {
            let oid = row.try_get("type_oid")?;
            details.types.insert(oid, read_type(row)?);
        }
        Ok(details)
    }
}

fn read_column(row: &Row) -> Result<ColumnDetails, Error> {
    Ok(ColumnDetails {
        name: row.try_get("column_name")?,
        type_oid: row.try_get("type_oid")?,
        type_name: row.try_get("type_name")?,
        nullable: row.try_get("nullable")?,
        max_length: row.try_get("max_length")?,
        is_computed: row.try_get("is_computed")?,
    })
}

fn read_signature(row: &Row) -> Result<Signature, Error> {
    let Json(output) = row.try_get("output")?;
    let Json(parameters) = row.try_get("parameters")?;
    Ok(Signature {
        returns: row.try_get("returns")?,
        output,
        parameters,
    })
}

fn read_type(row: &Row) -> Result<TypeDetails, Error> {
    let kind: String = row.try_get("kind")?;
    let labels: Option<Vec<String>> = row.try_get("labels")?;
    let element: Option<i64> = row.try_get("element")?;
    let attributes: Option<Json<Vec<Member>>> = row.try_get("attributes")?;
    Ok(TypeDetails {
        name: row.try_get("name")?,
        comment: row.try_get("comment")?,
        kind: match (kind.as_str(), element) {
            ("enum", _) => TypeKind::Enum(labels.unwrap_or_default()),
            ("array", Some(element)) => TypeKind::Array(element),
            ("domain", Some(beneath)) => TypeKind::Domain(beneath),
            ("composite", _) => {
                TypeKind::Composite(attributes.map_or_else(Vec::new, |list| list.0))
            }
            ("row", _) => TypeKind::Row,
            _ => TypeKind::Plain,
        },
    })
}
