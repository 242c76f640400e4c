//! The type of a cast, `select=price::numeric(10,2)`, as SQL that holds nothing but that type.
//!
//! Quoting alone would refuse the spellings that only the SQL grammar knows (`int`, `double
//! precision`), so those are translated to the names in `pg_type` and everything is quoted.

use super::fragment::Sql;

/// Spellings of the grammar, and the names of the types behind them.
const ALIASES: &[(&str, &str)] = &[
    ("bigint", "int8"),
    ("bit varying", "varbit"),
    ("boolean", "bool"),
    ("char", "bpchar"),
    ("character", "bpchar"),
    ("character varying", "varchar"),
    ("dec", "numeric"),
    ("decimal", "numeric"),
    ("double precision", "float8"),
    ("float", "float8"),
    ("int", "int4"),
    ("integer", "int4"),
    ("real", "float4"),
    ("smallint", "int2"),
    ("time with time zone", "timetz"),
    ("time without time zone", "time"),
    ("timestamp with time zone", "timestamptz"),
    ("timestamp without time zone", "timestamp"),
];

/// Renders `cast` as a type name: optional schema, name, optional `(digits,digits)`, optional `[]`.
/// Whatever else it holds ends inside the quoted identifier, where Postgres finds no such type.
pub(super) fn type_name(sql: &mut Sql, cast: &str) {
    let (element, is_array) = match cast.strip_suffix("[]") {
        Some(element) => (element, true),
        None => (cast, false),
    };
    let (name, modifier) = split_modifier(element);
    let name = name.trim();
    if let Some((schema, name)) = name.split_once('.') {
        sql.ident(schema).push(".").ident(name);
    } else {
        let lower = name.to_lowercase();
        let alias = ALIASES.iter().find(|(spelling, _)| *spelling == lower);
        sql.ident(alias.map_or(name, |(_, type_name)| type_name));
    }
    if let Some(modifier) = modifier {
        sql.push("(");
        sql.join(modifier, ", ", |sql, number| {
            sql.number(number);
        });
        sql.push(")");
    }
    if is_array {
        sql.push("[]");
    }
}

/// `numeric(10,2)` to `numeric` and `[10, 2]`.
fn split_modifier(text: &str) -> (&str, Option<Vec<u32>>) {
    let modifier = text
        .strip_suffix(')')
        .and_then(|rest| rest.split_once('('))
        .and_then(|(name, digits)| {
            let numbers: Result<Vec<u32>, _> = digits
                .split(',')
                .map(|digit| digit.trim().parse())
                .collect();
            Some((name, numbers.ok()?))
        });
    match modifier {
        Some((name, numbers)) => (name, Some(numbers)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_become_quoted_types() {
        for (cast, expected) in [
            ("text", r#""text""#),
            ("int", r#""int4""#),
            ("Double Precision", r#""float8""#),
            ("numeric(10,2)", r#""numeric"(10, 2)"#),
            ("int[]", r#""int4"[]"#),
            ("api.color", r#""api"."color""#),
            ("text) from secrets --", r#""text) from secrets --""#),
            ("x(1);drop", r#""x(1);drop""#),
        ] {
            let mut sql = Sql::default();
            type_name(&mut sql, cast);
            assert_eq!(sql.finish().sql, expected, "{cast}");
        }
    }
}
