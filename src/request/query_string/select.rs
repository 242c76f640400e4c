//! `select=a,b:c::text,client(name)` (PostgREST, `tables_views.rst`, "Vertical Filtering", and
//! `resource_embedding.rst`).

use super::filter::Field;

/// One item of `select`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectItem {
    /// `alias:field.aggregate()::cast`.
    Field {
        field: Field,
        aggregate: Option<Aggregate>,
        /// The cast before the aggregate: `amount::int.sum()`; without an aggregate see `cast`.
        aggregate_cast: Option<String>,
        cast: Option<String>,
        alias: Option<String>,
    },
    /// `alias:relation!hint!inner(…)`.
    Embed {
        relation: String,
        alias: Option<String>,
        hint: Option<String>,
        join: Option<JoinType>,
        select: Vec<SelectItem>,
    },
    /// `...relation(…)`.
    Spread {
        relation: String,
        hint: Option<String>,
        join: Option<JoinType>,
        select: Vec<SelectItem>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    Sum,
    Avg,
    Max,
    Min,
    Count,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinType {
    Inner,
    Left,
}
