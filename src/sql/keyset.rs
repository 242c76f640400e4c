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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ResolvedField;
    use crate::request::query_string::filter::Field;

    /// `a` ascending, `-a` descending, `?` nullable with nulls last, `^` nullable with nulls first.
    fn key(text: &str) -> SortKey {
        let name = text.trim_start_matches(['-', '?', '^']);
        let field = Field {
            name: name.to_owned(),
            json_path: Vec::new(),
        };
        SortKey {
            field: ResolvedField::compared(field, None),
            descending: text.contains('-'),
            nulls_first: text.contains('^'),
            nullable: text.contains(['?', '^']),
        }
    }

    #[test]
    fn a_row_is_behind_another_as_postgres_orders_them() {
        for (keys, values, expected) in [
            (&["a"][..], &["1"][..], r#"(t."a") > ($1)"#),
            (&["a", "b"], &["1", "2"], r#"(t."a", t."b") > ($1, $2)"#),
            (&["-a", "-b"], &["1", "2"], r#"(t."a", t."b") < ($1, $2)"#),
            (
                &["-a", "b"],
                &["1", "2"],
                r#"(t."a" <= $1 and (t."a" < $2 or (t."b" >= $3 and (t."b" > $4 or false))))"#,
            ),
            (
                &["?a", "b"],
                &["1", "2"],
                r#"(t."a" > $1 or t."a" is null or t."a" = $2 and (t."b" >= $3 and (t."b" > $4 or false)))"#,
            ),
            (
                &["^-a", "b"],
                &["1", "2"],
                r#"(t."a" <= $1 and (t."a" < $2 or (t."b" >= $3 and (t."b" > $4 or false))))"#,
            ),
            (
                &["?a", "b"],
                &["null", "2"],
                r#"(t."a" is null and (t."b" >= $1 and (t."b" > $2 or false)))"#,
            ),
            (
                &["^a", "b"],
                &["null", "2"],
                r#"(t."a" is not null or (t."b" >= $1 and (t."b" > $2 or false)))"#,
            ),
            // Only who makes up a cursor has a null here.
            (&["a"], &["null"], r#"(t."a" is null and false)"#),
        ] {
            let keys: Vec<SortKey> = keys.iter().map(|text| key(text)).collect();
            let value = |text: &&str| (*text != "null").then(|| (*text).to_owned());
            let values: Vec<Option<String>> = values.iter().map(value).collect();
            let mut sql = Sql::default();
            let owner = |sql: &mut Sql| {
                sql.push("t");
            };
            after(&mut sql, &owner, &keys, &values);
            assert_eq!(sql.finish().sql, expected);
        }
    }
}
