//! A plan to one SQL text and its parameters. Pure: the only room that puts SQL together, and the only
//! one that quotes. No text of a request ever becomes SQL: it is a parameter or a quoted identifier.

mod body;
mod call;
mod embed;
#[cfg(test)]
mod embed_tests;
mod exchange;
mod explain;
mod field;
mod fragment;
mod granted;
mod group;
#[cfg(test)]
mod group_tests;
mod inspect;
mod job;
mod keyset;
mod literal;
mod mutate;
mod node;
mod once;
mod operation;
#[cfg(test)]
mod page_tests;
mod period;
mod preamble;
mod read;
mod representation;
mod tally;
#[cfg(test)]
mod tests;
mod type_name;
mod version;

pub use exchange::exchange;
pub use explain::explain;
pub use fragment::{Statement, TextParam};
pub use granted::granted;
pub use job::job;
pub use literal::written_out;
pub use once::{KEPT_HOURS, Write, claim, keep, kept, switch};
pub use operation::{listen, pre_config};
pub use preamble::{BEGIN, Preamble, begin, pre_request, preamble};
pub use tally::{Asked, Stead, Tallied, lend, tally, tally_behind};

use crate::plan::Plan;

/// Renders the question how many rows the planner expects, where the total depends on it. The answer is one
/// row, a plan as JSON.
#[must_use]
pub fn expected_rows(plan: &Plan) -> Option<Statement> {
    match plan {
        Plan::Read(plan) if plan.rows.total.is_guessed() => Some(read::expected_rows(plan)),
        _ => None,
    }
}

/// Renders the question whether an unmet precondition is why nothing changed ([`version::unmet`]), where a change
/// has one.
#[must_use]
pub fn unmet<'a>(plan: &Plan, caller: impl Into<Caller<'a>>) -> Option<Statement> {
    let Plan::Mutate(plan) = plan else {
        return None;
    };
    let precondition = plan.precondition.as_ref()?;
    Some(version::unmet(plan, precondition, caller.into()))
}

/// Renders the main statement. It returns one row: `total bigint` (null unless counted),
/// `page bigint`, `body`, of which Postgres' binary form is what is sent, `response_headers text` and
/// `response_status text`, which a function may have set; run by any other role than the caller's it
/// fails (see [`body`]). A change adds `location text[]`, the values of the key of a single new row, and
/// `inserted bigint`, how many rows are new; null where the answer does not depend on it.
/// Where the answer shows the version of its one row, `etag text` is it, and a change with a precondition
/// adds `changed bigint`, how many rows changed, whatever the answer shows of them.
/// A page by cursor adds `next json`, the keys of its last row and of the row behind it, null where there
/// is none.
///
/// Where the execution plan is asked for, it returns that instead: one column, a row a line.
#[must_use]
pub fn render<'a>(plan: &Plan, caller: impl Into<Caller<'a>>) -> Statement {
    let caller = caller.into();
    let statement = match plan {
        Plan::Read(plan) => read::render(plan, caller),
        Plan::Call(plan) => call::render(plan, caller),
        Plan::Mutate(plan) => mutate::render(plan, caller),
        Plan::Inspect(plan) => inspect::render(plan, caller),
    };
    match plan.explained() {
        Some(explained) => explain(&statement, explained),
        None => statement,
    }
}

/// Who a statement is for.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    pub role: &'a str,
    /// The pre-request function may have put another role in its place.
    pub may_be_switched: bool,
}

impl<'a> From<&'a str> for Caller<'a> {
    fn from(role: &'a str) -> Self {
        let may_be_switched = false;
        Self {
            role,
            may_be_switched,
        }
    }
}

impl<'a> From<&'a String> for Caller<'a> {
    fn from(role: &'a String) -> Self {
        Self::from(role.as_str())
    }
}
