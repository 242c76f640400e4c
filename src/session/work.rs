//! What one request executes, and how.

use std::ops::RangeInclusive;

use super::Once;
use crate::sql;

/// How the statements are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Path {
    /// Prepared and pipelined.
    #[default]
    Pipelined,
    /// Pipelined without prepared statements: for a pooler in between that gives each transaction
    /// another backend.
    Unprepared,
    /// Prepared anew for each request and sent one after the other: the baseline of the benchmarks.
    Naive,
}

/// What one request executes.
#[derive(Debug)]
pub struct Work<'a> {
    /// The role that the settings switch to.
    pub role: &'a str,
    pub begin: &'static str,
    pub settings: &'a sql::Statement,
    /// A call behind the settings and before the main statement; what it gives is not read.
    pub pre_request: Option<&'a sql::Statement>,
    pub main: &'a sql::Statement,
    /// Asks how many rows the planner expects ([`sql::expected_rows`]).
    pub expected: Option<&'a sql::Statement>,
    /// Asks why nothing changed ([`sql::unmet`]), where that may have a reason that the answer gives.
    pub unmet: Option<&'a sql::Statement>,
    pub ending: Ending,
    /// Where it may happen only once.
    pub once: Option<Once<'a>>,
    /// The main statement gives lines of an execution plan, not the one row.
    pub explains: bool,
}

impl Work<'_> {
    /// Whether what follows depends on what a statement says.
    pub(super) fn is_stepwise(&self) -> bool {
        self.explains || self.once.is_some() || self.unmet.is_some() || !self.ending.is_certain()
    }
}

/// How a transaction ends whose statements have succeeded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// Commit only a page of so many rows: the answer to any other is an error, which must leave no
    /// trace.
    pub only_rows: Option<RangeInclusive<i64>>,
    /// Roll back in any case, after the deferred constraints have spoken.
    pub rollback: bool,
}

impl Ending {
    /// Whether COMMIT can be sent before the statements have answered.
    fn is_certain(&self) -> bool {
        self.only_rows.is_none() && !self.rollback
    }

    pub(super) fn accepts(&self, page: i64) -> bool {
        let only = self.only_rows.as_ref();
        only.is_none_or(|rows| rows.contains(&page))
    }
}
