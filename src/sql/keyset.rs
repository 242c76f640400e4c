//! The condition that a row lies behind another in the order, and the row behind which the next page begins.

use super::body::Source;
use super::field::{Owner, field};
use super::fragment::Sql;
use super::node::{self, Scope};
use crate::plan::{Keyset, Node, SortKey};

/// That a row lies behind the one with these values; `None` is null.
pub(super) fn after(sql: &mut Sql, owner: Owner, keys: &[SortKey], values: &[Option<String>]) {
    let given: Option<Vec<&String>> = values.iter().map(Option::as_ref).collect();
    match (given, keys) {
        // What Postgres knows how to look up in an index as a whole.
        (Some(values), [first, ..])
            if keys
                .iter()
                .all(|key| !key.nullable && key.descending == first.descending) =>
        {
            sql.push("(");
            sql.join(keys, ", ", |sql, key| field(sql, owner, &key.field));
            sql.push(if first.descending { ") < (" } else { ") > (" });
            sql.join(values, ", ", |sql, value| {
                sql.param(value);
            });
            sql.push(")");
        }
        _ => behind(sql, owner, keys, values),
    }
}

/// Key by key: behind it, or equal and behind in the others. `key >= value and (key > value or …)` says the
/// same as `key > value or key = value and …`, and gives an index where to begin.
fn behind(sql: &mut Sql, owner: Owner, keys: &[SortKey], values: &[Option<String>]) {
    let ([key, keys @ ..], [value, values @ ..]) = (keys, values) else {
        sql.push("false");
        return;
    };
    let comes_null = key.nullable && !key.nulls_first;
    let own = |sql: &mut Sql| field(sql, owner, &key.field);
    let compare = |sql: &mut Sql, operator: &'static str, value: &str| {
        own(sql);
        sql.push(operator).param(value);
    };
    let (beyond, from) = if key.descending {
        (" < ", " <= ")
    } else {
        (" > ", " >= ")
    };
    sql.push("(");
    match value {
        None if key.nulls_first => {
            own(sql);
            sql.push(" is not null or ");
            behind(sql, owner, keys, values);
        }
        None => {
            own(sql);
            sql.push(" is null and ");
            behind(sql, owner, keys, values);
        }
        Some(value) if comes_null => {
            compare(sql, beyond, value);
            sql.push(" or ");
            own(sql);
            sql.push(" is null or ");
            compare(sql, " = ", value);
            sql.push(" and ");
            behind(sql, owner, keys, values);
        }
        Some(value) => {
            compare(sql, from, value);
            sql.push(" and (");
            compare(sql, beyond, value);
            sql.push(" or ");
            behind(sql, owner, keys, values);
            sql.push(")");
        }
    }
    sql.push(")");
}

/// Renders the JSON of the values of the page's last row and of the one behind it; null where there is
/// none behind it.
pub(super) fn next(sql: &mut Sql, source: &Source, node: &Node, keyset: &Keyset, limit: u64) {
    let owner = source.owner;
    sql.push("(select case when pg_catalog.count(*) = 2 then pg_catalog.json_agg(rd_next.rd_keys) end from (select pg_catalog.json_build_array(");
    sql.join(&keyset.keys, ", ", |sql, key| {
        sql.push("(");
        field(sql, owner, &key.field);
        sql.push(")::text");
    });
    sql.push(") as rd_keys from ");
    (source.from)(sql);
    scoped(source.owner, source.from, Some(keyset), &mut |scope| {
        node::conditions(sql, scope, node);
        node::order_by(sql, scope, node);
    });
    sql.push(" limit 2 offset ").param((limit - 1).to_string());
    sql.push(") as rd_next)");
}

/// The scope of the rows behind the cursor.
pub(super) fn scoped(
    owner: Owner,
    from: Owner,
    keyset: Option<&Keyset>,
    render: &mut dyn FnMut(&Scope),
) {
    let values = keyset.and_then(|keyset| Some((keyset, keyset.after.as_ref()?)));
    let condition = |sql: &mut Sql| {
        if let Some((keyset, values)) = values {
            after(sql, owner, &keyset.keys, values);
        }
    };
    render(&Scope {
        owner,
        from,
        join: values.is_some().then_some(&condition),
        depth: 0,
    });
}
