//! What a description of the API says beyond what requests depend on: types, lengths, signatures.

use std::collections::HashMap;

use serde::Deserialize;
use tokio_postgres::{Error, Row, Transaction, types::Json};

use super::QualifiedName;

/// Types are known by their OIDs.
#[derive(Debug, Default)]
pub struct Details {
    /// By relation, in the order of its columns.
    pub columns: HashMap<QualifiedName, Vec<ColumnDetails>>,
    /// By [`Routine::oid`](super::Routine::oid).
    pub signatures: HashMap<i64, Signature>,
    /// Every type that columns and signatures name, and those that these are made of.
    pub types: HashMap<i64, TypeDetails>,
}

#[derive(Debug, Clone)]
pub struct ColumnDetails {
    pub name: String,
    pub type_oid: i64,
    /// The built-in type beneath it, without length; of other types the type itself.
    pub type_name: String,
    /// Whether it may be null, whatever column or domain says so.
    pub nullable: bool,
    /// In characters or bits.
    pub max_length: Option<i32>,
    /// Nobody may write it.
    pub is_computed: bool,
}

#[derive(Debug, Clone)]
pub struct Signature {
    /// The type of a single result.
    pub returns: i64,
    /// The columns of a composite result; empty where only the call would tell.
    pub output: Vec<Member>,
    /// In the order of [`Routine::parameters`](super::Routine::parameters).
    pub parameters: Vec<Member>,
}

/// Something that has a name and a type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Member {
    pub name: String,
    pub type_oid: i64,
}

#[derive(Debug, Clone)]
pub struct TypeDetails {
    /// Qualified, as SQL spells it.
    pub name: String,
    pub comment: Option<String>,
    pub kind: TypeKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeKind {
    /// Its labels in order.
    Enum(Vec<String>),
    /// Of that type.
    Array(i64),
    /// Over that type.
    Domain(i64),
    Composite(Vec<Member>),
    /// The rows of a table or view.
    Row,
    /// All else: `text`, `int4`, a range.
    Plain,
}

impl Details {
    /// What is said of a relation's column.
    #[must_use]
    pub fn column(&self, relation: &QualifiedName, name: &str) -> Option<&ColumnDetails> {
        let columns = self.columns.get(relation)?;
        columns.iter().find(|column| column.name == name)
    }

    /// The type beneath all domains.
    #[must_use]
    pub fn base(&self, mut oid: i64) -> Option<&TypeDetails> {
        loop {
            let found = self.types.get(&oid)?;
            match found.kind {
                TypeKind::Domain(beneath) => oid = beneath,
                _ => return Some(found),
            }
        }
    }

    /// The labels, where it is an enum or a domain over one.
    #[must_use]
    pub fn labels(&self, oid: i64) -> &[String] {
        match self.base(oid).map(|base| &base.kind) {
            Some(TypeKind::Enum(labels)) => labels,
            _ => &[],
        }
    }
}

/// Reads the details of `schemas`. The search path is empty.
pub(super) async fn load(
    transaction: &Transaction<'_>,
    schemas: &[String],
) -> Result<Details, Error> {
    let columns = include_str!("column_details.sql");
    let signatures = include_str!("signatures.sql");
    let types = include_str!("types.sql");
    let mut details = Details::default();
    for row in transaction.query(columns, &[&schemas]).await? {
        let relation = QualifiedName {
            schema: row.try_get("schema")?,
            name: row.try_get("name")?,
        };
        let of_relation = details.columns.entry(relation).or_default();
        of_relation.push(read_column(&row)?);
    }
    for row in transaction.query(signatures, &[&schemas]).await? {
        let signature = read_signature(&row)?;
        details
            .signatures
            .insert(row.try_get("routine_oid")?, signature);
    }
    for row in transaction.query(types, &[&schemas]).await? {
        details
            .types
            .insert(row.try_get("type_oid")?, read_type(&row)?);
    }
    Ok(details)
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
