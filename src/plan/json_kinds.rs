//! JSON values that Postgres would read and the caller did not mean, a string for a number, a fraction
//! for a whole number; and strings too long, of which Postgres does not say whose they are
//! (`strict-json-types`).

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::{PlanError, shortened};
use crate::schema_cache::{Column, JsonKind};

/// Refuses the first value of the body that is of another kind than its column.
///
/// # Errors
/// [`PlanError::JsonKind`], [`PlanError::TooLong`]. A body that is no object and no array of them is left to Postgres, which
/// refuses it.
pub(super) fn check_json_kinds(json: &str, columns: &[&Column]) -> Result<(), PlanError> {
    if json.trim_start().starts_with('{') {
        return check_row(json, columns, None);
    }
    let rows: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
    let mut numbered = (1..).zip(rows);
    numbered.try_for_each(|(number, row)| check_row(row.get(), columns, Some(number)))
}

fn check_row(json: &str, columns: &[&Column], row: Option<usize>) -> Result<(), PlanError> {
    let members: HashMap<String, &RawValue> = serde_json::from_str(json).unwrap_or_default();
    // What a domain's own function reads may be of any kind.
    let columns = columns.iter().filter(|column| column.from_json().is_none());
    for column in columns {
        let Some(value) = members.get(&column.name) else {
            continue;
        };
        let (fits, expected) = expectation(column.json_kind, value.get());
        if !fits {
            return Err(PlanError::JsonKind {
                column: column.name.clone(),
                expected,
                given: described(value.get()),
                write: instead(column.json_kind, value.get()),
                row,
            });
        }
        if let Some(most) = column.sql_type.most_characters()
            && let Ok(text) = serde_json::from_str::<String>(value.get())
        {
            // As Postgres: spaces beyond the limit are cut off in silence.
            let given = text.trim_end_matches(' ').chars().count();
            if given > most {
                return Err(PlanError::TooLong {
                    column: column.name.clone(),
                    most,
                    given,
                    row,
                });
            }
        }
    }
    Ok(())
}

/// What a JSON text is, by its first character: it has been parsed already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    Null,
    Boolean,
    Number,
    String,
    Nested,
}

fn given(value: &str) -> Given {
    match value.as_bytes().first() {
        Some(b'n') => Given::Null,
        Some(b't' | b'f') => Given::Boolean,
        Some(b'"') => Given::String,
        Some(b'{' | b'[') => Given::Nested,
        _ => Given::Number,
    }
}

fn expectation(kind: JsonKind, value: &str) -> (bool, &'static str) {
    let given = given(value);
    let (fits, expected) = match kind {
        JsonKind::Integer => (given == Given::Number && is_whole(value), "a whole number"),
        JsonKind::Float => (given == Given::Number, "a number"),
        JsonKind::Decimal => (matches!(given, Given::Number | Given::String), "a number"),
        JsonKind::Boolean => (given == Given::Boolean, "true or false"),
        JsonKind::String => (given == Given::String, "a string"),
        JsonKind::Any => (true, "anything"),
    };
    (fits || given == Given::Null, expected)
}

fn described(value: &str) -> String {
    let kind = match given(value) {
        Given::Null => return "null".to_owned(),
        Given::Boolean => "the boolean",
        Given::Number => "the number",
        Given::String => "the string",
        Given::Nested => "the JSON",
    };
    format!("{kind} {}", shortened(value))
}

/// What to write for it.
fn instead(kind: JsonKind, value: &str) -> String {
    let bare = value.trim_matches('"');
    let meant = match kind {
        JsonKind::Integer if is_whole(bare) => Some(bare.to_owned()),
        JsonKind::Float | JsonKind::Decimal if serde_json::from_str::<f64>(bare).is_ok() => {
            Some(bare.to_owned())
        }
        JsonKind::Boolean if bare == "true" || bare == "false" => Some(bare.to_owned()),
        JsonKind::String if given(value) != Given::Nested => Some(format!("\"{value}\"")),
        _ => None,
    };
    match (meant, kind) {
        (Some(meant), _) => format!("Write {}, not {}", shortened(&meant), shortened(value)),
        (None, JsonKind::Integer) => "Write a whole number, such as 5".to_owned(),
        (None, JsonKind::Float | JsonKind::Decimal) => "Write a number, such as 4.5".to_owned(),
        (None, JsonKind::Boolean) => "Write true or false".to_owned(),
        (None, JsonKind::String | JsonKind::Any) => "Write a string, such as \"text\"".to_owned(),
    }
}

/// Digits and perhaps a minus: what the input functions of integers read.
fn is_whole(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ClientError;
    use crate::schema_cache::SqlType;

    fn refusal(kind: JsonKind, json: &str) -> Option<(String, String)> {
        let column = Column {
            name: "c".to_owned(),
            sql_type: SqlType::for_test("any"),
            nullable: true,
            comment: None,
            default: None,
            json_kind: kind,
            is_tsvector: false,
            representation: None,
        };
        let error = check_json_kinds(json, &[&column]).err()?;
        Some((error.to_string(), error.hint().unwrap_or_default()))
    }

    #[test]
    fn values_of_their_columns_kind_pass() {
        for (kind, values) in [
            (JsonKind::Integer, &["5", "-5", "null"][..]),
            (JsonKind::Float, &["5", "4.5", "-1e9", "null"]),
            (JsonKind::Decimal, &["5", "4.50", "\"4.50\"", "null"]),
            (JsonKind::Boolean, &["true", "false", "null"]),
            (JsonKind::String, &["\"5\"", "\"\"", "null"]),
            (
                JsonKind::Any,
                &["5", "\"5\"", "true", "{}", "[1, \"a\"]", "null"],
            ),
        ] {
            for value in values {
                for json in [
                    format!("{{\"c\":{value}}}"),
                    format!("[{{\"c\": {value}}}]"),
                ] {
                    assert_eq!(refusal(kind, &json), None, "{json}");
                }
            }
        }
        assert_eq!(refusal(JsonKind::Integer, r#"{"other": "5"}"#), None);
    }

    #[test]
    fn others_are_refused_with_what_to_write() {
        for (kind, value, message, hint) in [
            (
                JsonKind::Integer,
                r#""5""#,
                r#"Column "c" takes a whole number, not the string "5""#,
                r#"Write 5, not "5""#,
            ),
            (
                JsonKind::Integer,
                "4.5",
                r#"Column "c" takes a whole number, not the number 4.5"#,
                "Write a whole number, such as 5",
            ),
            (
                JsonKind::Integer,
                "true",
                r#"Column "c" takes a whole number, not the boolean true"#,
                "Write a whole number, such as 5",
            ),
            (
                JsonKind::Integer,
                r#""1 or true""#,
                r#"Column "c" takes a whole number, not the string "1 or true""#,
                "Write a whole number, such as 5",
            ),
            (
                JsonKind::Float,
                r#""4.5""#,
                r#"Column "c" takes a number, not the string "4.5""#,
                r#"Write 4.5, not "4.5""#,
            ),
            (
                JsonKind::Decimal,
                "[1]",
                r#"Column "c" takes a number, not the JSON [1]"#,
                "Write a number, such as 4.5",
            ),
            (
                JsonKind::Boolean,
                r#""true""#,
                r#"Column "c" takes true or false, not the string "true""#,
                r#"Write true, not "true""#,
            ),
            (
                JsonKind::Boolean,
                "1",
                r#"Column "c" takes true or false, not the number 1"#,
                "Write true or false",
            ),
            (
                JsonKind::String,
                "5",
                r#"Column "c" takes a string, not the number 5"#,
                r#"Write "5", not 5"#,
            ),
            (
                JsonKind::String,
                r#"{"a": 1}"#,
                r#"Column "c" takes a string, not the JSON {"a": 1}"#,
                r#"Write a string, such as "text""#,
            ),
        ] {
            let expected = Some((message.to_owned(), hint.to_owned()));
            let json = format!("{{\"c\": {value}}}");
            assert_eq!(refusal(kind, &json), expected, "{json}");
        }
    }

    #[test]
    fn a_string_that_is_too_long_is_named_with_its_column() {
        let column = Column {
            name: "c".to_owned(),
            sql_type: SqlType::for_test("character varying(3)"),
            nullable: true,
            comment: None,
            default: None,
            json_kind: JsonKind::String,
            is_tsvector: false,
            representation: None,
        };
        for (value, message) in [
            ("äöü", None),
            ("abc  ", None),
            (
                "abcd",
                Some(r#"Column "c" takes up to 3 characters, not 4"#),
            ),
            (
                r"\u00e4bcde",
                Some(r#"Column "c" takes up to 3 characters, not 5"#),
            ),
        ] {
            let json = format!(r#"{{"c": "{value}"}}"#);
            let error = check_json_kinds(&json, &[&column]).err();
            let text = error.as_ref().map(ToString::to_string);
            assert_eq!(text.as_deref(), message, "{value}");
        }
        let error = check_json_kinds(r#"[{"c": "abcd"}]"#, &[&column]).expect_err("too long");
        assert_eq!(error.code().text(), "RD106");
        assert_eq!(error.hint().as_deref(), Some("Shorten it by 1"));
        assert_eq!(error.details(), Some("In row 1 of the body".into()));
    }

    #[test]
    fn the_row_of_a_bulk_insert_is_named() {
        let column = Column {
            name: "c".to_owned(),
            sql_type: SqlType::for_test("integer"),
            nullable: true,
            comment: None,
            default: None,
            json_kind: JsonKind::Integer,
            is_tsvector: false,
            representation: None,
        };
        let error = check_json_kinds(r#"[{"c": 1}, {"c": "2"}]"#, &[&column]);
        let error = error.expect_err("a string");
        assert_eq!(error.details(), Some("In row 2 of the body".into()));
    }
}
