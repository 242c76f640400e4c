//! The plan of a change to a relation: data only.

use super::{Precondition, ResolvedField, Rows};
use crate::request::Mutation;
use crate::request::prefer::Resolution;
use crate::request::query_string::filter::{Filter, LogicTree};
use crate::schema_cache::{QualifiedName, SqlExpression, SqlType};

/// A change to one relation, which exists, as do the columns that are written.
#[derive(Debug)]
pub struct MutatePlan {
    pub target: QualifiedName,
    pub mutation: Mutation,
    pub change: Change,
    /// All must hold: of the rows that are updated or deleted; of the body's row for PUT.
    pub conditions: Vec<LogicTree<Filter<ResolvedField>>>,
    /// Must hold as well; where it does not, the answer is another than where there is no row.
    pub precondition: Option<Precondition>,
    pub returned: Returned,
    /// Shape and order of what comes back. Its conditions, range and count are those of everything: the
    /// request's are about the rows that change.
    pub rows: Rows,
}

/// What happens to the rows.
#[derive(Debug)]
pub enum Change {
    Insert {
        values: Values,
        on_conflict: Option<OnConflict>,
        /// Whether the answer depends on how many rows are new, rather than merged into others.
        counts_new: bool,
    },
    Update(Values),
    Delete,
}

/// What is written: columns of a JSON body.
#[derive(Debug)]
pub struct Values {
    /// One object, or an array of them; Postgres reads it.
    pub json: String,
    pub is_object: bool,
    /// Sorted by name. None: rows of nothing but defaults.
    pub columns: Vec<WrittenColumn>,
}

#[derive(Debug)]
pub struct WrittenColumn {
    pub name: String,
    pub sql_type: SqlType,
    /// Of rows that leave the column out (`missing=default`); otherwise they get null.
    pub default: Option<SqlExpression>,
    /// The function that reads the value from its JSON, of a domain that has one.
    pub read_by: Option<QualifiedName>,
}

/// What an insert does with rows that exist already.
#[derive(Debug)]
pub struct OnConflict {
    /// Never empty.
    pub columns: Vec<String>,
    pub resolution: Resolution,
}

/// What the answer needs of the changed rows. No more is read: who may write need not be allowed to
/// read.
#[derive(Debug)]
pub enum Returned {
    /// How many there are.
    Count,
    /// How many there are, and of a single new row the key, for `Location`. PostgREST reads the columns of
    /// the answer all the same: who may not read them is refused.
    Headers {
        columns: Vec<String>,
        key: Vec<String>,
    },
    /// These columns, or `*`.
    Columns(Vec<String>),
}

impl MutatePlan {
    /// The columns of which `Location` is made.
    #[must_use]
    pub fn location_key(&self) -> &[String] {
        match &self.returned {
            Returned::Headers { key, .. } => key,
            Returned::Count | Returned::Columns(_) => &[],
        }
    }

    /// Whether the insert looks for rows that exist already.
    #[must_use]
    pub fn resolves_conflicts(&self) -> bool {
        matches!(
            self.change,
            Change::Insert {
                on_conflict: Some(_),
                ..
            }
        )
    }
}
