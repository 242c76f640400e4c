//! What a description of the API says beyond what requests depend on: types, lengths, signatures.

use std::collections::HashMap;

use serde::Deserialize;

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
