//! Types of Postgres as types and formats of OpenAPI 2.0.

use serde_json::Value;

use super::model::Schema;

/// Nothing for JSON, which may be anything.
pub fn type_of(sql_type: &str) -> Option<&'static str> {
    match sql_type {
        "boolean" => Some("boolean"),
        "smallint" | "integer" | "bigint" => Some("integer"),
        "numeric" | "real" | "double precision" => Some("number"),
        "json" | "jsonb" => None,
        other if other.ends_with("[]") => Some("array"),
        _ => Some("string"),
    }
}

/// The type's own name, but of integers their size.
pub fn format_of(sql_type: &str) -> String {
    match sql_type {
        "smallint" | "integer" => "int32",
        "bigint" => "int64",
        other => other,
    }
    .to_owned()
}

/// What an array's elements are.
pub fn items_of(sql_type: &str) -> Option<Box<Schema>> {
    let element = sql_type.strip_suffix("[]")?;
    Some(Box::new(Schema {
        r#type: type_of(element),
        ..Schema::default()
    }))
}

/// A default as JSON, where it can be read as such: of what is a string the literal, or else the
/// expression itself.
pub fn default_of(sql_type: &str, expression: &str) -> Option<Value> {
    if type_of(sql_type) != Some("string") {
        return serde_json::from_str(expression).ok();
    }
    let text = match expression.strip_suffix(&format!("::{sql_type}")) {
        Some(literal) => literal.trim_matches('\''),
        None => expression,
    };
    serde_json::from_str(&format!("\"{text}\"")).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn defaults_that_are_json_are_shown() {
        for (sql_type, expression, expected) in [
            ("text", "'default'::text", Some(json!("default"))),
            ("text", "''::text", Some(json!(""))),
            ("date", "'1900-01-01'::date", Some(json!("1900-01-01"))),
            ("timestamp with time zone", "now()", Some(json!("now()"))),
            ("text", "'a\"b'::text", None),
            ("boolean", "false", Some(json!(false))),
            ("integer", "42", Some(json!(42))),
            ("integer", "nextval('a_id_seq'::regclass)", None),
            ("numeric", "42.2", Some(json!(42.2))),
            ("jsonb", "'{}'::jsonb", None),
            ("text[]", "'{}'::text[]", None),
        ] {
            assert_eq!(default_of(sql_type, expression), expected, "{expression}");
        }
    }

    #[test]
    fn arrays_have_elements() {
        for (sql_type, element) in [
            ("text[]", Some("string")),
            ("bigint[]", Some("integer")),
            ("jsonb[]", None),
        ] {
            assert_eq!(type_of(sql_type), Some("array"));
            let items = items_of(sql_type).expect("it is an array");
            assert_eq!(items.r#type, element, "{sql_type}");
        }
        assert!(items_of("text").is_none());
    }
}
