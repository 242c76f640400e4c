//! A filter value that the database could not read, told in the words of the URL.

use super::{CallPlan, Condition, ConditionValue, PlanError, shortened};
use crate::schema_cache::spell;

/// Operators of filter types refuse a value with the type in DATATYPE, the value in DETAIL and what is
/// expected in the message (docs/filters.md). Only the plan knows which parameter that was.
#[must_use]
pub fn explain_refusal(
    plan: &CallPlan,
    filter_type: &str,
    value: &str,
    expected: &str,
) -> Option<PlanError> {
    plan.conditions()
        .filter(|given| given.filter_type.name == filter_type)
        .find_map(|given| {
            let condition = given.conditions.iter().find(|c| holds(c, value))?;
            let operator = spell(&condition.operator);
            Some(PlanError::BadValue {
                filter: given.name.clone(),
                value: shortened(value),
                expected: expected.to_owned(),
                write: match condition.value {
                    ConditionValue::Many(_) => format!("{}={operator}.(…)", given.name),
                    _ => format!("{}={operator}.…", given.name),
                },
            })
        })
}

fn holds(condition: &Condition, value: &str) -> bool {
    match &condition.value {
        ConditionValue::Nothing => false,
        ConditionValue::One(text) => text == value,
        ConditionValue::Many(list) => list.iter().any(|item| item == value),
    }
}
