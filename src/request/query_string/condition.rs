//! One condition on a filter type: `in.(3,7)`, `not.eq.5`, `is.null`.
//!
//! Unlike PostgREST's operators, these are not known here: which ones a filter type has is written
//! in the database. So any lower-case word is taken, and its value is cut off but not understood.

use super::{cursor::Cursor, operation::list};

/// One condition, cut into operator and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// With underscores for dots: `eq`, `not_in`, `is_null`, `not_is_null`.
    pub operator: String,
    /// Whether the operator begins with `not_`.
    pub negated: bool,
    pub value: ConditionValue,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionValue {
    /// `is.null`: the value is part of the operator.
    None,
    Text(String),
    /// Of `in`; the quotes around its elements are gone. `in.()` has none.
    List(Vec<String>),
}

/// Why a value is no condition. The plan knows the parameter's name and the operators it could
/// have, and tells what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// `high`: a value without an operator.
    #[error("\"{value}\" does not begin with an operator")]
    NoOperator { value: String },
    /// `in.3,7`: the list is not in parentheses, or there is more behind it.
    #[error("\"{value}\" is not a list: write (a,b,c)")]
    NoList { value: String },
    /// `is.Some Thing`: what follows `is` is a word.
    #[error("\"{value}\" cannot follow \"is\"")]
    NoIsWord { value: String },
}

/// Cuts a condition into operator and value.
///
/// ```
/// use rowdesk::request::query_string::filter::{ConditionError, ConditionValue, parse_condition};
///
/// let condition = parse_condition("not.in.(3,\"a,b\")").unwrap();
/// assert_eq!(condition.operator, "not_in");
/// assert_eq!(condition.value, ConditionValue::List(vec!["3".into(), "a,b".into()]));
///
/// let condition = parse_condition("eq.2025-03-01").unwrap();
/// assert_eq!(condition.operator, "eq");
/// assert_eq!(condition.value, ConditionValue::Text("2025-03-01".into()));
///
/// assert_eq!(parse_condition("not.is.null").unwrap().operator, "not_is_null");
/// assert_eq!(
///     parse_condition("high"),
///     Err(ConditionError::NoOperator { value: "high".into() })
/// );
/// ```
pub fn parse_condition(value: &str) -> Result<Condition, ConditionError> {
    let (negated, rest) = match value.strip_prefix("not.") {
        Some(rest) => (true, rest),
        None => (false, value),
    };
    let (word, rest) = rest
        .split_once('.')
        .filter(|(word, _)| is_word(word))
        .ok_or_else(|| ConditionError::NoOperator {
            value: value.to_owned(),
        })?;
    let (negated, word, value) = match word {
        "is" => {
            let (inverted, word) = is_operator(rest)?;
            (negated != inverted, word, ConditionValue::None)
        }
        "in" => (
            negated,
            "in".to_owned(),
            ConditionValue::List(elements(rest)?),
        ),
        word => (
            negated,
            word.to_owned(),
            ConditionValue::Text(rest.to_owned()),
        ),
    };
    let operator = if negated { format!("not_{word}") } else { word };
    Ok(Condition {
        operator,
        negated,
        value,
    })
}

/// `null` is `is_null`; PostgREST's `not_null` is its negation.
fn is_operator(value: &str) -> Result<(bool, String), ConditionError> {
    let word = value.to_ascii_lowercase();
    if !is_word(&word) {
        return Err(ConditionError::NoIsWord {
            value: value.to_owned(),
        });
    }
    Ok(match word.strip_prefix("not_") {
        Some(word) => (true, format!("is_{word}")),
        None => (false, format!("is_{word}")),
    })
}

fn elements(value: &str) -> Result<Vec<String>, ConditionError> {
    if value.trim() == "()" {
        return Ok(Vec::new());
    }
    let mut cursor = Cursor::new(value);
    match list(&mut cursor) {
        Ok(elements) if cursor.rest().is_empty() => Ok(elements),
        _ => Err(ConditionError::NoList {
            value: value.to_owned(),
        }),
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_and_values() {
        let text = |value: &str| ConditionValue::Text(value.to_owned());
        let list = |values: &[&str]| {
            ConditionValue::List(values.iter().map(|it| (*it).to_owned()).collect())
        };
        for (condition, operator, value) in [
            ("eq.high", "eq", text("high")),
            ("eq.", "eq", text("")),
            ("eq.a.b", "eq", text("a.b")),
            ("not.eq.5", "not_eq", text("5")),
            (
                "gte.2025-03-01T10:00:00+02",
                "gte",
                text("2025-03-01T10:00:00+02"),
            ),
            ("ov.{a,b}", "ov", text("{a,b}")),
            ("between.(1,2)", "between", text("(1,2)")),
            ("in.(3,7)", "in", list(&["3", "7"])),
            ("in.()", "in", list(&[])),
            ("in.(\"\")", "in", list(&[""])),
            (
                "not.in.(\"a,\\\"b\\\"\",c d)",
                "not_in",
                list(&["a,\"b\"", "c d"]),
            ),
            ("is.null", "is_null", ConditionValue::None),
            ("is.NULL", "is_null", ConditionValue::None),
            ("is.not_null", "not_is_null", ConditionValue::None),
            ("not.is.not_null", "is_null", ConditionValue::None),
            ("not.is.null", "not_is_null", ConditionValue::None),
        ] {
            let parsed = parse_condition(condition).expect(condition);
            assert_eq!(parsed.operator, operator, "{condition}");
            assert_eq!(parsed.value, value, "{condition}");
            assert_eq!(parsed.negated, operator.starts_with("not_"), "{condition}");
        }
    }

    #[test]
    fn what_is_no_condition() {
        for value in [
            "",
            "high",
            "not.high",
            "2025-03-01",
            "1.5",
            ".x",
            "EQ.5",
            "eq(any).{a}",
        ] {
            let error = Err(ConditionError::NoOperator {
                value: value.to_owned(),
            });
            assert_eq!(parse_condition(value), error, "{value}");
        }
        for value in ["in.3,7", "in.(3,7", "in.(3)x", "in."] {
            let error = parse_condition(value);
            assert!(
                matches!(error, Err(ConditionError::NoList { .. })),
                "{value}"
            );
        }
        for value in ["is.", "is.a b", "not.is.5"] {
            let error = parse_condition(value);
            assert!(
                matches!(error, Err(ConditionError::NoIsWord { .. })),
                "{value}"
            );
        }
    }
}
