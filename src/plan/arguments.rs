//! A value for each parameter of the chosen overload that the request gives one.

use super::call_request::{CallRequest, ItemValue};
use super::conditions::resolve_conditions;
use super::{Argument, ArgumentValue, Conditions, Given, PlanError};
use crate::schema_cache::{FilterAttribute, Filters, Parameter, Routine};

/// Resolves the arguments. Parameters that are left out keep their default.
pub(super) fn resolve_arguments(
    routine: &Routine,
    request: &CallRequest,
) -> Result<Vec<Argument>, PlanError> {
    let mut arguments = Vec::new();
    for parameter in &routine.parameters {
        let value = match &parameter.filters {
            None => literal(parameter, request),
            Some(Filters::One(filter_type)) => {
                let attribute = FilterAttribute {
                    name: parameter.name.clone(),
                    filter_type: filter_type.clone(),
                };
                given(&attribute, request)?.map(ArgumentValue::Filter)
            }
            Some(Filters::Spread(attributes)) => Some(spread(attributes, request)?),
        };
        if let Some(value) = value {
            arguments.push(Argument {
                name: parameter.name.clone(),
                sql_type: parameter.sql_type.clone(),
                variadic: parameter.variadic,
                value,
            });
        }
    }
    Ok(arguments)
}

/// A name given several times: a variadic parameter takes all, any other the last.
fn literal(parameter: &Parameter, request: &CallRequest) -> Option<ArgumentValue> {
    if parameter.name.is_empty() {
        return request.whole(parameter).map(ArgumentValue::Whole);
    }
    let values: Vec<ItemValue> = request.values(&parameter.name).collect();
    match values.last()? {
        ItemValue::Json(_) | ItemValue::Unread => Some(ArgumentValue::Body),
        ItemValue::Text(_) if parameter.variadic => Some(ArgumentValue::List(
            values
                .iter()
                .filter_map(|value| match value {
                    ItemValue::Text(text) => Some((*text).to_owned()),
                    ItemValue::Json(_) | ItemValue::Unread => None,
                })
                .collect(),
        )),
        ItemValue::Text(text) => Some(ArgumentValue::Text((*text).to_owned())),
    }
}

fn spread(
    attributes: &[FilterAttribute],
    request: &CallRequest,
) -> Result<ArgumentValue, PlanError> {
    let attributes = attributes
        .iter()
        .map(|attribute| {
            Ok(match given(attribute, request)? {
                Some(conditions) => Given::Conditions(conditions),
                None => Given::Absent(attribute.filter_type.clone()),
            })
        })
        .collect::<Result<_, PlanError>>()?;
    Ok(ArgumentValue::Spread(attributes))
}

fn given(
    attribute: &FilterAttribute,
    request: &CallRequest,
) -> Result<Option<Conditions>, PlanError> {
    let texts = request.conditions(&attribute.name)?;
    if texts.is_empty() {
        return Ok(None);
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    resolve_conditions(attribute, &texts).map(Some)
}
