//! The body: what is made of the page's rows.
//!
//! Postgres' binary form of it is what is sent. That of text, JSON, XML and `bytea` is the value itself.

use super::fragment::Sql;
use crate::plan::{Representation, ResultShape, Rows};
use crate::schema_cache::QualifiedName;

/// Whether the body reads the page once more, beside what counts its rows.
pub(super) fn reads_twice(representation: &Representation) -> bool {
    matches!(representation, Representation::Csv | Representation::Value)
}

/// Renders a column that cannot be computed where the body is too large: then the statement fails before
/// any of it leaves the database, and all that it changed is undone. It costs no more than to look at the
/// length: Postgres computes an aggregate that occurs twice once.
pub(super) fn limit(sql: &mut Sql, rows: &Rows, shape: ResultShape) {
    let Some(max_bytes) = rows.max_bytes else {
        return;
    };
    if rows.representation == Representation::None || shape == ResultShape::Void {
        return;
    }
    sql.push("case when pg_catalog.pg_column_size(");
    bulk(sql, rows, shape);
    // Postgres' own length before the value has four bytes.
    sql.push(") > 4 + ").param(max_bytes.to_string());
    // No size can be read from this. `current_user` keeps Postgres from trying while it plans.
    sql.push("::bigint then pg_catalog.pg_size_bytes('above the limit for ' || current_user) end");
    sql.push(" as oversize, ");
}

/// What makes the body as large as it is.
fn bulk(sql: &mut Sql, rows: &Rows, shape: ResultShape) {
    match &rows.representation {
        Representation::None => {
            sql.push("null");
        }
        Representation::Json { .. } => {
            let is_scalar = matches!(shape, ResultShape::Scalar | ResultShape::SetOfScalar);
            json_agg(sql, is_scalar);
        }
        Representation::Object { .. } => json_agg(sql, shape == ResultShape::Scalar),
        Representation::Csv => {
            sql.push(CSV_LINES);
        }
        Representation::GeoJson(feature) => features(sql, feature),
        // In an array a value is as long as it is, and not compressed.
        Representation::Aggregate { function, takes } => {
            sql.push("array[");
            aggregate(sql, function, takes.as_ref(), shape);
            sql.push("]");
        }
        Representation::Value => {
            sql.push("pg_catalog.array_agg(rd_page.pgrst_scalar)");
        }
    }
}

/// Renders the body of the rows of `rd_page`.
pub(super) fn body(sql: &mut Sql, rows: &Rows, shape: ResultShape) {
    use ResultShape::{Composite, Scalar, SetOfComposite, SetOfScalar, Void};
    match (&rows.representation, shape) {
        // Counting the value makes Postgres compute it: a column that nobody reads is dropped, and
        // with it the call, its effects and the check of the right to make it.
        (_, Void) | (Representation::None, Scalar | SetOfScalar) => {
            sql.push("case when pg_catalog.count(rd_page.pgrst_scalar) >= 0 then '' end");
        }
        (Representation::None, Composite | SetOfComposite) if rows.node.embeds.is_empty() => {
            sql.push("''::text");
        }
        // The right to read what is embedded is checked only where it is computed, as above.
        (Representation::None, Composite | SetOfComposite) => {
            sql.push("case when pg_catalog.count(rd_page.*) >= 0 then '' end");
        }
        (Representation::Csv, _) => {
            sql.push(CSV_HEADER).push(" || E'\\n' || coalesce(");
            sql.push(CSV_LINES).push(", '')");
        }
        (Representation::Json { strip_nulls }, SetOfComposite | SetOfScalar) => {
            list(sql, shape, *strip_nulls);
        }
        (Representation::Json { strip_nulls } | Representation::Object { strip_nulls }, _) => {
            first(sql, shape, *strip_nulls);
        }
        (Representation::GeoJson(feature), _) => {
            sql.push("pg_catalog.json_build_object('type', 'FeatureCollection', 'features', ");
            sql.push("coalesce(");
            features(sql, feature);
            sql.push(", '[]'))");
        }
        (Representation::Aggregate { function, takes }, _) => {
            aggregate(sql, function, takes.as_ref(), shape);
        }
        // No aggregate takes a value of any type and gives it back unchanged.
        (Representation::Value, _) => {
            sql.push("(select one.pgrst_scalar from rd_page as one limit 1)");
        }
    }
}

/// All rows as a list.
fn list(sql: &mut Sql, shape: ResultShape, strip_nulls: bool) {
    sql.push("coalesce(");
    stripped(sql, strip_nulls, |sql| {
        json_agg(sql, shape == ResultShape::SetOfScalar);
    });
    sql.push(", '[]')");
}

/// The first row, as an object or value.
fn first(sql: &mut Sql, shape: ResultShape, strip_nulls: bool) {
    sql.push("coalesce(");
    stripped(sql, strip_nulls, |sql| {
        json_agg(sql, shape == ResultShape::Scalar);
        sql.push("->0");
    });
    sql.push(", 'null')");
}

fn json_agg(sql: &mut Sql, of_scalar: bool) {
    sql.push(if of_scalar {
        "pg_catalog.json_agg(rd_page.pgrst_scalar)"
    } else {
        "pg_catalog.json_agg(rd_page.*)"
    });
}

fn features(sql: &mut Sql, feature: &QualifiedName) {
    sql.push("pg_catalog.json_agg(").qualified(feature);
    sql.push("(rd_page.*)::json)");
}

fn aggregate(
    sql: &mut Sql,
    function: &QualifiedName,
    takes: Option<&QualifiedName>,
    shape: ResultShape,
) {
    sql.qualified(function).push("(");
    match (takes, shape) {
        (_, ResultShape::Scalar) => sql.push("rd_page.pgrst_scalar"),
        (None, _) => sql.push("rd_page.*"),
        (Some(relation), _) => sql.push("(rd_page.*)::").qualified(relation),
    };
    sql.push(")");
}

fn stripped(sql: &mut Sql, strip_nulls: bool, json: impl FnOnce(&mut Sql)) {
    if strip_nulls {
        sql.push("pg_catalog.json_strip_nulls(");
    }
    json(sql);
    if strip_nulls {
        sql.push(")");
    }
}

/// The first row's keys.
const CSV_HEADER: &str = "(select coalesce(pg_catalog.string_agg(header.name, ','), '') from (\
    select pg_catalog.json_object_keys(pg_catalog.row_to_json(one.*)) as name from (\
    select * from rd_page limit 1) as one) as header)";

/// Each row's own text without its parentheses.
const CSV_LINES: &str = "pg_catalog.string_agg(\
    pg_catalog.substr((rd_page.*)::text, 2, pg_catalog.length((rd_page.*)::text) - 2), E'\\n')";
