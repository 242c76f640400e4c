//! The frame of every main statement: the page of rows, its count, and the body made of it.
//!
//! `rd_page.*` is the whole row even where a column is called `rd_page`.
//!
//! The name `pgrst_scalar` is PostgREST's, and rows are called as there: Postgres repeats these names in
//! errors, CSV headers and execution plans, where its clients may look for them.

use super::Caller;
use super::field::Owner;
use super::fragment::Sql;
use super::keyset;
use super::node::{self, Scope};
use super::representation::{body, limit, reads_twice};
use super::version;
use crate::plan::{Grouping, Node, Representation, ResultShape, Rows, Total};
use crate::request::range::RowRange;

/// Where the rows come from.
pub(super) struct Source<'a> {
    pub caller: Caller<'a>,
    /// Renders what a column of it is qualified with: of what must run once, an alias.
    pub owner: Owner<'a>,
    /// Renders the item after `from`.
    pub from: Owner<'a>,
    /// It must run only once, even where it is both counted and paged: a function, not a relation.
    pub once: bool,
    /// Renders an expression that tells the exact total, where it need not be counted.
    pub total: Option<Owner<'a>>,
    pub shape: ResultShape,
}

/// Renders `select total, page, body from (page of rows)` (see [`super::render`]).
pub(super) fn document(sql: &mut Sql, source: &Source, rows: &Rows) {
    let count = Count::of(rows);
    let twice = reads_twice(&rows.representation);
    let named: Owner = &|sql| {
        sql.push("pgrst_source as ");
        (source.owner)(sql);
    };
    let is_counted_apart = matches!(count, Count::Apart | Count::UpTo(_)) && source.total.is_none();
    let shared = source.once && is_counted_apart;
    let from = if shared { named } else { source.from };

    if shared {
        sql.push("with pgrst_source as (select * from ");
        (source.from)(sql);
        sql.push(") ");
    }
    // What reads the page once reads it from a plain sub-select, into which the planner can look.
    if twice {
        sql.push(if shared { ", " } else { "with " });
        sql.push("rd_page as (");
        page(sql, source.owner, from, rows);
        sql.push(") ");
    }
    sql.push("select ");
    match count {
        Count::None => {
            sql.push("null::bigint");
        }
        Count::Page => {
            sql.push(page_count(source.shape));
        }
        Count::Apart => match source.total {
            Some(total) => total(sql),
            None => count_apart(sql, &top(source.owner, from), &rows.node),
        },
        Count::UpTo(most) => {
            sql.push("(select pg_catalog.count(*) from (select from ");
            from(sql);
            node::conditions(sql, &top(source.owner, from), &rows.node);
            sql.push(" limit ").param(most.to_string());
            sql.push(") as rd_counted)");
        }
    }
    sql.push(" as total, ");
    sql.push(page_count(source.shape)).push(" as page, ");
    body(sql, rows, source.shape);
    sql.push(" as body, ");
    limit(sql, rows, source.shape);
    sql.push(RESPONSE);
    if let Some(tagged) = &rows.tagged {
        version::shown(sql, tagged);
    }
    if let (Some(keyset), Some(limit @ 1..)) = (&rows.keyset, rows.node.range.limit) {
        keyset::next(sql, source, &rows.node, keyset, limit);
        sql.push(" as next, ");
    }
    guard(sql, source.caller);
    sql.push(" as is_caller from ");
    if twice {
        sql.push("rd_page");
    } else {
        sql.push("(");
        page(sql, source.owner, from, rows);
        sql.push(") as rd_page");
    }
}

/// A value that is not one of a set is one, whatever of it the URL asks for (PostgREST,
/// `pageCountSelectF`). An aggregate all the same: without any, no page would be no row.
const fn page_count(shape: ResultShape) -> &'static str {
    match shape {
        ResultShape::Void | ResultShape::Scalar | ResultShape::Composite => {
            "greatest(pg_catalog.count(*), 1)"
        }
        ResultShape::SetOfScalar | ResultShape::SetOfComposite => "pg_catalog.count(*)",
    }
}

/// `(select count(*) from …)` of all that there is.
fn count_apart(sql: &mut Sql, scope: &Scope, node: &Node) {
    sql.push("(select pg_catalog.count(*) from ");
    if node.grouping == Grouping::Groups {
        sql.push("(");
        node::all(sql, scope, node);
        sql.push(") as rd_groups");
    } else {
        (scope.from)(sql);
        node::conditions(sql, scope, node);
    }
    sql.push(")");
}

/// What functions, triggers and the pre-request function have set for the answer. Postgres computes
/// these columns after it has read all rows, so what the rows' functions set is in them.
pub(super) const RESPONSE: &str = "\
    nullif(pg_catalog.current_setting('response.headers', true), '') as response_headers, \
    nullif(pg_catalog.current_setting('response.status', true), '') as response_status, ";

/// What the failing guard calls no boolean: with it the error is told from any other of its kind.
pub(super) const OTHER_ROLE: &str = "'the statement was not run by its role but by '";

/// True, or an error unless the caller's role is in force. The statements of a transaction are sent
/// without waiting for one another: had BEGIN failed (it was cancelled), this one would run by itself,
/// as the login role. It must not, and fails as a whole.
pub(super) fn guard(sql: &mut Sql, caller: Caller) {
    // `current_user` in the failing branch keeps it from being computed while planning.
    sql.push("case when current_user = ").param(caller.role);
    sql.push("::name");
    if caller.may_be_switched {
        sql.push(" or current_user <> session_user");
    }
    sql.push(" then true else (");
    sql.push(OTHER_ROLE).push(" || current_user)::boolean end");
}

/// Asks the planner how many rows it expects: `Plan Rows` of the one row of JSON.
pub(super) fn expected(sql: &mut Sql, source: &Source, rows: &Rows) {
    sql.push("explain (format json) select from ");
    (source.from)(sql);
    node::conditions(sql, &top(source.owner, source.from), &rows.node);
}

/// How the total is counted.
enum Count {
    None,
    /// The page is everything there is.
    Page,
    Apart,
    /// No further than that.
    UpTo(u64),
}

impl Count {
    fn of(rows: &Rows) -> Self {
        match rows.total {
            Total::Unasked | Total::Planned => Self::None,
            _ if rows.node.range == RowRange::ALL && !rows.is_continued() => Self::Page,
            Total::Estimated {
                threshold: Some(rows),
            } => Self::UpTo(rows.saturating_add(1)),
            Total::Exact | Total::Estimated { threshold: None } => Self::Apart,
        }
    }
}

/// The rows of the top level.
pub(super) fn page(sql: &mut Sql, owner: Owner, from: Owner, rows: &Rows) {
    let is_text = matches!(
        rows.representation,
        Representation::Csv | Representation::Aggregate { .. }
    );
    keyset::scoped(owner, from, rows.keyset.as_ref(), is_text, &mut |scope| {
        node::select(sql, scope, &rows.node);
    });
}

fn top<'a>(owner: Owner<'a>, from: Owner<'a>) -> Scope<'a> {
    Scope {
        owner,
        from,
        join: None,
        depth: 0,
        is_text: false,
    }
}
