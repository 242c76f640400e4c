//! The type of a cast, `select=price::int`, as SQL that holds nothing but that type.
//!
//! Quoting alone would refuse the spellings that only the SQL grammar knows (`int`, `double
//! precision`), so those are translated to the names in `pg_type`, and everything is quoted.

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

/// Renders `cast` as a type name, in lower case as Postgres folds it. Whatever else it holds ends
/// inside the quoted identifier, where Postgres finds no such type.
pub(super) fn type_name(sql: &mut Sql, cast: &str) {
    let name = cast.trim().to_lowercase();
    let alias = ALIASES.iter().find(|(spelling, _)| *spelling == name);
    sql.ident(alias.map_or(&name, |(_, type_name)| type_name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_become_quoted_types() {
        for (cast, expected) in [
            ("text", r#""text""#),
            ("TEXT", r#""text""#),
            ("int", r#""int4""#),
            ("Double Precision", r#""float8""#),
            ("text) from secrets --", r#""text) from secrets --""#),
            ("x\";drop", r#""x"";drop""#),
        ] {
            let mut sql = Sql::default();
            type_name(&mut sql, cast);
            assert_eq!(sql.finish().sql, expected, "{cast}");
        }
    }
}
