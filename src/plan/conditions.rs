//! One filter's conditions: the URL's text against the operators that its type defines.

use super::{Condition, ConditionValue, Conditions, PlanError, shortened};
use crate::request::query_string::filter::parse_list;
use crate::schema_cache::{FilterAttribute, FilterType, Operand, spell};

/// More conditions than this on one filter are a mistake or an attack: each nests one call deeper.
const MOST_CONDITIONS: usize = 100;

/// Resolves everything that the URL says of one filter.
pub(super) fn resolve_conditions(
    filter: &FilterAttribute,
    texts: &[&str],
) -> Result<Conditions, PlanError> {
    let FilterAttribute { name, filter_type } = filter;
    if texts.len() > 1 && !filter_type.combines {
        return Err(PlanError::GivenTwice {
            filter: name.clone(),
        });
    }
    if texts.len() > MOST_CONDITIONS {
        return Err(PlanError::TooManyConditions {
            filter: name.clone(),
            most: MOST_CONDITIONS,
        });
    }
    let conditions = texts
        .iter()
        .map(|text| resolve_condition(name, text, filter_type))
        .collect::<Result<_, _>>()?;
    Ok(Conditions {
        name: name.clone(),
        filter_type: filter_type.clone(),
        conditions,
    })
}

fn resolve_condition(
    name: &str,
    text: &str,
    filter_type: &FilterType,
) -> Result<Condition, PlanError> {
    // The longest spelling wins: `not.in.(1)` is not the operator `not` with the value `in.(1)`.
    let operator = filter_type
        .operators
        .iter()
        .filter_map(|(operator, operand)| {
            let rest = operand_text(text, &spell(operator), *operand)?;
            Some((operator, *operand, rest))
        })
        .max_by_key(|(operator, ..)| operator.len());
    let Some((operator, operand, rest)) = operator else {
        return Err(unknown_operator(name, text, filter_type));
    };
    let value = match operand {
        Operand::None => ConditionValue::Nothing,
        Operand::One => ConditionValue::One(rest.to_owned()),
        Operand::Many => match parse_list(rest) {
            Some(values) => ConditionValue::Many(values),
            None => {
                return Err(PlanError::BadValue {
                    filter: name.to_owned(),
                    value: shortened(rest),
                    expected: "expected a list in parentheses".to_owned(),
                    write: format!("{name}={}.({})", spell(operator), shortened(rest)),
                });
            }
        },
    };
    Ok(Condition {
        operator: operator.clone(),
        value,
    })
}

/// What follows the operator, where `text` begins with it: `3` of `eq.3`; of `is.null` nothing may.
fn operand_text<'a>(text: &'a str, spelling: &str, operand: Operand) -> Option<&'a str> {
    match operand {
        Operand::None => text.eq_ignore_ascii_case(spelling).then_some(""),
        Operand::One | Operand::Many => text.strip_prefix(spelling)?.strip_prefix('.'),
    }
}

/// `like.high` names an operator that there is not; `high` names none.
fn unknown_operator(name: &str, text: &str, filter_type: &FilterType) -> PlanError {
    let defined = filter_type.operator_names();
    match operator_like_prefix(text) {
        Some(operator) => PlanError::UnknownOperator {
            filter: name.to_owned(),
            operator: shortened(operator),
            defined,
        },
        None => PlanError::MissingOperator {
            filter: name.to_owned(),
            value: shortened(text),
            write: format!(
                "{name}={}.{}",
                defined
                    .iter()
                    .find(|operator| *operator == "eq")
                    .or(defined.first())
                    .map_or("eq", String::as_str),
                shortened(text)
            ),
            defined,
        },
    }
}

/// `like` of `like.high`, `not.like` of `not.like.high`, `is.nul` of `is.nul`.
fn operator_like_prefix(text: &str) -> Option<&str> {
    let word = |text: &str| {
        let end = text.find('.')?;
        let (word, _) = text.split_at_checked(end)?;
        let bare = word.split('(').next()?;
        (!bare.is_empty() && bare.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
            .then_some(end)
    };
    let first = word(text)?;
    let end = match text.split_at_checked(first)? {
        ("not", rest) => match word(rest.strip_prefix('.')?) {
            Some(second) => first + 1 + second,
            None => first,
        },
        ("is", _) => text.len(),
        _ => first,
    };
    text.get(..end)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::error::ClientError;
    use crate::schema_cache::SqlType;

    fn attribute() -> FilterAttribute {
        FilterAttribute {
            name: "color".to_owned(),
            filter_type: Arc::new(FilterType {
                name: "labels".to_owned(),
                sql_type: SqlType::for_test("filter.labels"),
                comment: None,
                operators: [
                    ("eq", Operand::One),
                    ("in", Operand::Many),
                    ("is_null", Operand::None),
                    ("not_in", Operand::Many),
                    ("not_is_null", Operand::None),
                ]
                .map(|(name, operand)| (name.to_owned(), operand))
                .into(),
                combines: true,
            }),
        }
    }

    fn one(text: &str) -> Result<(String, ConditionValue), PlanError> {
        let mut conditions = resolve_conditions(&attribute(), &[text])?.conditions;
        let condition = conditions.remove(0);
        Ok((condition.operator, condition.value))
    }

    #[test]
    fn operators_are_those_of_the_type() {
        let many = |values: &[&str]| {
            ConditionValue::Many(values.iter().map(|v| (*v).to_owned()).collect())
        };
        for (text, operator, value) in [
            ("eq.red", "eq", ConditionValue::One("red".to_owned())),
            ("eq.", "eq", ConditionValue::One(String::new())),
            (
                "eq.not.in.(a)",
                "eq",
                ConditionValue::One("not.in.(a)".to_owned()),
            ),
            ("in.(a,b)", "in", many(&["a", "b"])),
            ("in.()", "in", many(&[])),
            ("not.in.(a)", "not_in", many(&["a"])),
            (r#"in.("a,b",c)"#, "in", many(&["a,b", "c"])),
            ("is.null", "is_null", ConditionValue::Nothing),
            ("not.is.NULL", "not_is_null", ConditionValue::Nothing),
        ] {
            assert_eq!(one(text).unwrap(), (operator.to_owned(), value), "{text}");
        }
    }

    #[test]
    fn refusals_say_what_to_write() {
        for (text, message, hint) in [
            (
                "like.red",
                r#""color" has no operator "like""#,
                "Perhaps you meant color=eq.…",
            ),
            (
                "not.like.red",
                r#""color" has no operator "not.like""#,
                "Perhaps you meant",
            ),
            (
                "is.nul",
                r#""color" has no operator "is.nul""#,
                "Perhaps you meant color=is.null",
            ),
            (
                "red",
                r#""color" is a filter and needs an operator before its value "red""#,
                "Write color=eq.red",
            ),
            (
                "2.5",
                r#"needs an operator before its value "2.5""#,
                "Write color=eq.2.5",
            ),
            (
                "in.a,b",
                r#""a,b" is not a valid value for "color""#,
                "Write color=in.(a,b)",
            ),
        ] {
            let error = one(text).unwrap_err();
            assert!(error.to_string().contains(message), "{text}: {error}");
            assert!(
                error.hint().unwrap().contains(hint),
                "{text}: {:?}",
                error.hint()
            );
        }
    }

    #[test]
    fn a_flood_of_conditions_is_refused() {
        let error = resolve_conditions(&attribute(), &vec!["eq.a"; MOST_CONDITIONS + 1]);
        assert!(matches!(error, Err(PlanError::TooManyConditions { .. })));
    }
}
