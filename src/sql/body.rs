//! The frame of every main statement: the page of rows, its count, and the body made of it.
//!
//! `rd_page.*` is the whole row even where a column is called `rd_page`.
//!
//! The names `pgrst_source` and `pgrst_scalar` are PostgREST's: Postgres repeats them in errors and
//! CSV headers, where its clients may look for them.

use super::field::Owner;
use super::fragment::Sql;
use super::node::{self, Scope};
use crate::plan::{Representation, ResultShape, Rows, Total};
use crate::request::range::RowRange;

/// Where the rows come from.
pub(super) struct Source<'a> {
    /// The caller's role.
    pub role: &'a str,
    /// Renders what a column of it is qualified with.
    pub owner: Owner<'a>,
    /// Renders the item after `from`.
    pub from: Owner<'a>,
    /// It must run only once, even where it is both counted and paged: a function, not a relation.
    pub once: bool,
    pub shape: ResultShape,
}

/// Renders `select total, page, body from (page of rows)` (see [`super::render`]).
pub(super) fn document(sql: &mut Sql, source: &Source, rows: &Rows) {
    let count = Count::of(rows);
    let csv = rows.representation == Representation::Csv;
    let named: Owner = &|sql| {
        sql.push("pgrst_source");
    };
    let shared = source.once && matches!(count, Count::Apart | Count::UpTo(_));
    let from = if shared { named } else { source.from };

    if shared {
        sql.push("with pgrst_source as (select * from ");
        (source.from)(sql);
        sql.push(") ");
    }
    // CSV reads the page twice, for its header and its lines. All else reads it once, from a plain
    // sub-select, into which the planner can look.
    if csv {
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
            sql.push("pg_catalog.count(*)");
        }
        Count::Apart => {
            sql.push("(select pg_catalog.count(*) from ");
            from(sql);
            node::conditions(sql, &top(source.owner, from), &rows.node);
            sql.push(")");
        }
        Count::UpTo(most) => {
            sql.push("(select pg_catalog.count(*) from (select from ");
            from(sql);
            node::conditions(sql, &top(source.owner, from), &rows.node);
            sql.push(" limit ").param(most.to_string());
            sql.push(") as rd_counted)");
        }
    }
    sql.push(" as total, pg_catalog.count(*) as page, ");
    sql.push(body(rows, source.shape));
    sql.push(" as body, ");
    guard(sql, source.role);
    sql.push(" from ");
    if csv {
        sql.push("rd_page");
    } else {
        sql.push("(");
        page(sql, source.owner, from, rows);
        sql.push(") as rd_page");
    }
}

/// A column that cannot be computed unless the caller's role is in force. The statements of a
/// transaction are sent without waiting for one another: had BEGIN failed (it was cancelled), this
/// one would run by itself, as the login role. It must not, and fails as a whole.
pub(super) fn guard(sql: &mut Sql, role: &str) {
    // `current_user` in the failing branch keeps it from being computed while planning.
    sql.push("case when current_user = ").param(role);
    sql.push("::name then true else ('not ' || current_user)::boolean end as is_caller");
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
            _ if rows.node.range == RowRange::ALL => Self::Page,
            Total::Estimated {
                threshold: Some(rows),
            } => Self::UpTo(rows.saturating_add(1)),
            Total::Exact | Total::Estimated { threshold: None } => Self::Apart,
        }
    }
}

/// The rows of the top level.
pub(super) fn page(sql: &mut Sql, owner: Owner, from: Owner, rows: &Rows) {
    node::select(sql, &top(owner, from), &rows.node);
}

fn top<'a>(owner: Owner<'a>, from: Owner<'a>) -> Scope<'a> {
    Scope {
        owner,
        from,
        join: None,
        depth: 0,
    }
}

pub(super) fn body(rows: &Rows, shape: ResultShape) -> &'static str {
    use ResultShape::{Composite, Scalar, SetOfComposite, SetOfScalar, Void};
    match (rows.representation, shape) {
        // Counting the value makes Postgres compute it: a column that nobody reads is dropped, and
        // with it the call, its effects and the check of the right to make it.
        (_, Void) | (Representation::None, Scalar | SetOfScalar) => {
            "case when pg_catalog.count(rd_page.pgrst_scalar) >= 0 then '' end"
        }
        (Representation::None, Composite | SetOfComposite) if rows.node.embeds.is_empty() => {
            "''::text"
        }
        // The right to read what is embedded is checked only where it is computed, as above.
        (Representation::None, Composite | SetOfComposite) => {
            "case when pg_catalog.count(rd_page.*) >= 0 then '' end"
        }
        (Representation::Csv, _) => CSV,
        (Representation::Json { strip_nulls: false }, SetOfComposite) => {
            "coalesce(pg_catalog.json_agg(rd_page.*), '[]')::text"
        }
        (Representation::Json { strip_nulls: true }, SetOfComposite) => {
            "coalesce(pg_catalog.json_strip_nulls(pg_catalog.json_agg(rd_page.*)), '[]')::text"
        }
        (Representation::Json { strip_nulls: false }, SetOfScalar) => {
            "coalesce(pg_catalog.json_agg(rd_page.pgrst_scalar), '[]')::text"
        }
        (Representation::Json { strip_nulls: true }, SetOfScalar) => {
            "coalesce(pg_catalog.json_strip_nulls(pg_catalog.json_agg(rd_page.pgrst_scalar)), '[]')::text"
        }
        (
            Representation::Json { strip_nulls: false }
            | Representation::Object { strip_nulls: false },
            Scalar,
        ) => "coalesce(pg_catalog.json_agg(rd_page.pgrst_scalar)->0, 'null')::text",
        (Representation::Json { .. } | Representation::Object { .. }, Scalar) => {
            "coalesce(pg_catalog.json_strip_nulls(pg_catalog.json_agg(rd_page.pgrst_scalar)->0), 'null')::text"
        }
        (Representation::Json { strip_nulls: false }, Composite)
        | (
            Representation::Object { strip_nulls: false },
            Composite | SetOfComposite | SetOfScalar,
        ) => "coalesce(pg_catalog.json_agg(rd_page.*)->0, 'null')::text",
        (Representation::Json { .. }, Composite)
        | (Representation::Object { .. }, Composite | SetOfComposite | SetOfScalar) => {
            "coalesce(pg_catalog.json_strip_nulls(pg_catalog.json_agg(rd_page.*)->0), 'null')::text"
        }
    }
}

/// A header from the first row's keys, then each row's own text without its parentheses.
const CSV: &str = "(select coalesce(pg_catalog.string_agg(header.name, ','), '') from (\
    select pg_catalog.json_object_keys(pg_catalog.row_to_json(one.*)) as name from (\
    select * from rd_page limit 1) as one) as header) || E'\\n' || \
    coalesce(pg_catalog.string_agg(\
    pg_catalog.substr((rd_page.*)::text, 2, pg_catalog.length((rd_page.*)::text) - 2), E'\\n'), '')";
