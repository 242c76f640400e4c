//! How the total of `Content-Range` is found (PostgREST, `pagination_count.rst`, "Counting").
//!
//! The planner guesses from statistics of all rows. Where policies hide some, its guess would tell of them: a
//! filter on a value that only a hidden row has is expected to find more than one that no row has. There the
//! total is counted, as the caller sees it. So are groups,
//! and the rows of a function, of which the planner knows nothing.

use super::{Grouping, Limits, Node};
use crate::request::prefer::Count;
use crate::schema_cache::{Cardinality, QualifiedName, SchemaCache};

/// How many rows there are without the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    Unasked,
    /// Counted.
    Exact,
    /// What the planner expects.
    Planned,
    /// Counted up to the threshold (`db-max-rows`), beyond it what the planner expects; without a threshold
    /// whichever is more.
    Estimated {
        threshold: Option<u64>,
    },
}

impl Total {
    pub(super) fn resolve(
        asked: Option<Count>,
        origin: &QualifiedName,
        node: &Node,
        cache: &SchemaCache,
        limits: &Limits,
    ) -> Self {
        let may_guess = node.grouping == Grouping::Rows
            && cache.relation(origin).is_some()
            && !cache.guarded.contains(origin)
            && !embeds_guarded(node, cache);
        match asked {
            None => Self::Unasked,
            Some(Count::Planned) if may_guess => Self::Planned,
            Some(Count::Estimated) if may_guess => Self::Estimated {
                threshold: limits.max_rows,
            },
            Some(Count::Exact | Count::Planned | Count::Estimated) => Self::Exact,
        }
    }

    /// The same of rows of which the planner knows nothing.
    pub(super) fn without_guess(self) -> Self {
        if self.is_guessed() { Self::Exact } else { self }
    }

    /// Whether the planner is asked.
    #[must_use]
    pub fn is_guessed(self) -> bool {
        matches!(self, Self::Planned | Self::Estimated { .. })
    }

    /// The total, of what was counted and what the planner expects.
    ///
    /// ```
    /// # use rowdesk::plan::Total;
    /// let estimated = Total::Estimated { threshold: Some(100) };
    /// assert_eq!(estimated.of(Some(28), Some(7)), Some(28));
    /// assert_eq!(estimated.of(Some(101), Some(5_000)), Some(5_000));
    /// assert_eq!(estimated.of(Some(101), Some(7)), Some(101));
    /// assert_eq!(Total::Planned.of(None, Some(7)), Some(7));
    /// ```
    #[must_use]
    pub fn of(self, counted: Option<i64>, expected: Option<i64>) -> Option<i64> {
        match self {
            Self::Unasked | Self::Exact => counted,
            Self::Planned => expected,
            Self::Estimated { threshold } => {
                let threshold = threshold.and_then(|rows| i64::try_from(rows).ok());
                if threshold.is_some_and(|rows| counted <= Some(rows)) {
                    counted
                } else {
                    counted.max(expected)
                }
            }
        }
    }
}

/// Whether the guess could depend on rows of an embedded relation that are hidden, or of a function's.
fn embeds_guarded(node: &Node, cache: &SchemaCache) -> bool {
    node.embeds.iter().any(|embed| {
        let relationship = &embed.relationship;
        let through = match &relationship.cardinality {
            Cardinality::ManyToMany(junction) => cache.guarded.contains(&junction.table),
            Cardinality::Computed(_) => true,
            _ => false,
        };
        through
            || cache.guarded.contains(&relationship.foreign_table)
            || embeds_guarded(&embed.node, cache)
    })
}
