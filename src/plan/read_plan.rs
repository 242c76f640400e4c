//! The plan of a read: data only.

use crate::request::media_type::MediaType;
use crate::request::query_string::filter::{Field, LogicTree};
use crate::request::query_string::order::OrderTerm;
use crate::request::range::RowRange;
use crate::schema_cache::QualifiedName;

/// Rows of one relation, which exists.
#[derive(Debug)]
pub struct ReadPlan {
    pub from: QualifiedName,
    pub rows: Rows,
}

/// Which rows, in what order and shape: the same for a relation and for a function's result.
#[derive(Debug)]
pub struct Rows {
    /// Never empty; `*` is a field of that name.
    pub select: Vec<SelectColumn>,
    /// All must hold.
    pub conditions: Vec<LogicTree>,
    pub order: Vec<OrderTerm>,
    /// After `db-max-rows`.
    pub range: RowRange,
    /// `Prefer: count=exact`: how many rows there are without the range.
    pub count: bool,
    /// Of the answer: the chosen one of those that the request accepts.
    pub media_type: MediaType,
    pub representation: Representation,
}

/// One column of the answer. Its name is the alias, else the field's own.
#[derive(Debug)]
pub struct SelectColumn {
    pub field: Field,
    /// As written in the URL; the renderer quotes it.
    pub cast: Option<String>,
    pub alias: Option<String>,
}

/// What the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Representation {
    /// HEAD: no body is made.
    None,
    Json {
        strip_nulls: bool,
    },
    /// One object; any other number of rows is an error.
    Object {
        strip_nulls: bool,
    },
    Csv,
}
