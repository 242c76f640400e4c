//! What a request gives to a function, before the overload is known.
//!
//! Whether `a=eq.5` is a condition, an argument or a filter of the result depends on the overload:
//! a name that takes conditions is a condition; else a value with an operator filters the result;
//! else it is an argument (PostgREST, `docs/references/api/functions.rst`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::PlanError;
use crate::request::ApiRequest;
use crate::request::payload::Payload;
use crate::request::query_string::filter::{self, CallParameter, LogicTree};
use crate::schema_cache::Routine;

/// The names and values of one call, in order.
pub(super) struct CallRequest<'a> {
    items: Vec<Item<'a>>,
    pub json_body: bool,
}

struct Item<'a> {
    name: &'a str,
    value: ItemValue<'a>,
    place: Place,
}

#[derive(Clone, Copy)]
pub(super) enum ItemValue<'a> {
    Text(&'a str),
    /// A member of a JSON body, as it was written.
    Json(&'a str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The query string of a GET, where arguments stand too.
    Query,
    /// The query string of a POST: filters only.
    QueryOfPost,
    Body,
}

impl<'a> CallRequest<'a> {
    pub fn read(request: &'a ApiRequest, is_post: bool) -> Self {
        let place = if is_post {
            Place::QueryOfPost
        } else {
            Place::Query
        };
        let mut items: Vec<Item> = request
            .query
            .params
            .iter()
            .map(|(name, value)| Item {
                name,
                value: ItemValue::Text(value),
                place,
            })
            .collect();
        match &request.body {
            Some(Payload::Object(object)) => {
                items.extend(object.members.iter().map(|(name, value)| Item {
                    name,
                    value: ItemValue::Json(value),
                    place: Place::Body,
                }));
            }
            Some(Payload::Form(pairs)) => items.extend(pairs.iter().map(|(name, value)| Item {
                name,
                value: ItemValue::Text(value),
                place: Place::Body,
            })),
            _ => {}
        }
        Self {
            items,
            json_body: matches!(request.body, Some(Payload::Object(_))),
        }
    }

    /// The names that are arguments, if `routine` is meant, sorted.
    pub fn argument_names(&self, routine: &Routine) -> BTreeSet<&'a str> {
        self.items
            .iter()
            .filter(|item| routine.filter_type(item.name).is_none() && item.may_be_argument())
            .map(|item| item.name)
            .collect()
    }

    /// The names that are arguments of a function that does not exist, sorted.
    pub fn names(&self) -> BTreeSet<&'a str> {
        self.items
            .iter()
            .filter(|item| item.may_be_argument())
            .map(|item| item.name)
            .collect()
    }

    /// Every value given for an argument.
    pub fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = ItemValue<'a>> + 's {
        self.items
            .iter()
            .filter(move |item| item.name == name && item.may_be_argument())
            .map(|item| item.value)
    }

    /// Everything given for the filter `name`: text, or JSON text or list of texts. JSON null is what
    /// clients send for "no filter".
    pub fn conditions(&self, name: &str) -> Result<Vec<String>, PlanError> {
        let mut texts = Vec::new();
        for item in self.items.iter().filter(|item| item.name == name) {
            match item.value {
                ItemValue::Text(text) => texts.push(text.to_owned()),
                ItemValue::Json(json) => {
                    texts.extend(texts_of(json).ok_or_else(|| PlanError::BadValue {
                        filter: name.to_owned(),
                        value: json.to_owned(),
                        expected:
                            "expected a condition as text, or a list of conditions".to_owned(),
                        write: format!("{{\"{name}\": \"eq.…\"}}"),
                    })?);
                }
            }
        }
        Ok(texts)
    }

    /// What is left of the query string: filters of the result.
    pub fn result_filters(&self, routine: &Routine) -> Result<Vec<LogicTree>, PlanError> {
        let mut filters = Vec::new();
        for item in &self.items {
            let ItemValue::Text(text) = item.value else {
                continue;
            };
            if item.place == Place::Body
                || item.may_be_argument()
                || routine.filter_type(item.name).is_some()
            {
                continue;
            }
            let (path, filter) = filter::parse(item.name, text)?;
            if let Some(resource) = path.first() {
                return Err(PlanError::NotEmbedded {
                    resource: resource.clone(),
                });
            }
            if routine.takes_filters() && !is_column(routine, &filter.field.name) {
                return Err(super::overload::unknown_parameter(
                    routine, item.name, item.value,
                ));
            }
            filters.push(LogicTree::Leaf(filter));
        }
        Ok(filters)
    }
}

impl Item<'_> {
    /// In a GET a value with an operator filters the result; a POST has its arguments in the body.
    fn may_be_argument(&self) -> bool {
        match (self.place, self.value) {
            (Place::Body, _) => true,
            (Place::Query, ItemValue::Text(text)) => matches!(
                filter::parse_for_call(self.name, text),
                Ok(CallParameter::Argument { .. })
            ),
            _ => false,
        }
    }
}

/// `"eq.1"` and `["gte.1", "lt.9"]`; nothing of `null`.
fn texts_of(json: &str) -> Option<Vec<String>> {
    match serde_json::from_str(json).ok()? {
        Value::Null => Some(Vec::new()),
        Value::String(text) => Some(vec![text]),
        Value::Array(list) => list
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Some(text),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// Whether the result has the column, as far as the schema cache knows.
pub(super) fn is_column(routine: &Routine, name: &str) -> bool {
    routine.output().is_empty() || routine.output().iter().any(|column| column == name)
}
