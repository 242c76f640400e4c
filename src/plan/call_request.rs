//! What a request gives to a function, before the overload is known.
//!
//! Whether `a=eq.5` is a condition, an argument or a filter of the result depends on the overload:
//! a name that takes conditions is a condition; else a value with an operator filters the result;
//! else it is an argument (PostgREST, `docs/references/api/functions.rst`).

use std::collections::BTreeSet;

use bytes::Bytes;
use serde_json::Value;

use super::embed::Draft;
use super::{PlanError, overload, shortened};
use crate::request::media_type::MediaType;
use crate::request::payload::{JsonObject, Payload};
use crate::request::query_string::filter::{self, CallParameter, EmbedPath, Filter};
use crate::request::query_string::having::{Having, is_having};
use crate::request::query_string::select::SelectItem;
use crate::request::{ApiRequest, RequestError};
use crate::schema_cache::{Parameter, Relation, Routine};

/// The names and values of one call, in order.
pub(super) struct CallRequest<'a> {
    items: Vec<Item<'a>>,
    body: Option<&'a Payload>,
    pub body_kind: BodyKind,
    /// `having` is something that the function knows, and nothing about groups.
    knows_having: bool,
}

/// What kind of body a call by POST has, as far as it decides between functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// Named arguments only: the query string, a form, CSV.
    Named,
    /// Named arguments, or one value.
    Json,
    Text,
    Xml,
    Bytes,
}

struct Item<'a> {
    name: &'a str,
    value: ItemValue<'a>,
    reading: Reading,
}

#[derive(Clone, Copy)]
pub(super) enum ItemValue<'a> {
    Text(&'a str),
    /// A member of a JSON body, as it was written.
    Json(&'a str),
    /// A member of a body that was not looked into.
    Unread,
}

/// What an item is, unless its name takes conditions.
enum Reading {
    /// In a body everything, in the query string of a GET what has no operator.
    Argument,
    /// All else filters the result, if it can be read.
    Filter(Result<(EmbedPath, Filter), RequestError>),
}

impl<'a> CallRequest<'a> {
    /// Reads what a request gives.
    pub fn read(request: &'a ApiRequest, is_post: bool, overloads: &[Routine]) -> Self {
        let knows_having = overloads.iter().any(|one| knows(one, "having"));
        let speaks_of_groups = |key: &str| match key {
            "having" => !request.query.having.is_empty() && !knows_having,
            _ => !request.query.having.is_empty() && is_having(key),
        };
        let mut items: Vec<Item> = request
            .query
            .params
            .iter()
            .filter(|(name, _)| !speaks_of_groups(name))
            .map(|(name, value)| Item {
                name,
                value: ItemValue::Text(value),
                reading: if is_post {
                    Reading::Filter(filter::parse(name, value))
                } else if overloads.iter().any(|one| takes_literally(one, name)) {
                    Reading::Argument
                } else {
                    read_parameter(name, value)
                },
            })
            .collect();
        let given = request.body.as_ref().map_or_else(Vec::new, |body| {
            members(body, request.query.columns.as_deref())
        });
        items.extend(given.into_iter().map(|(name, value)| Item {
            name,
            value,
            reading: Reading::Argument,
        }));
        Self {
            items,
            body: request.body.as_ref(),
            body_kind: match &request.content_type {
                _ if !is_post => BodyKind::Named,
                MediaType::Json => BodyKind::Json,
                MediaType::TextPlain => BodyKind::Text,
                MediaType::TextXml => BodyKind::Xml,
                MediaType::OctetStream => BodyKind::Bytes,
                _ => BodyKind::Named,
            },
            knows_having,
        }
    }

    /// The body as the value of a single unnamed parameter, if it is of that type.
    pub fn whole(&self, parameter: &Parameter) -> Option<Bytes> {
        let types = self.body_kind.types();
        if !types.contains(&parameter.sql_type.as_sql()) {
            return None;
        }
        match self.body? {
            Payload::Raw(bytes) => Some(bytes.clone()),
            Payload::Object(JsonObject { text, .. })
            | Payload::Array { text, .. }
            | Payload::Unread(text) => Some(Bytes::from(text.clone())),
            Payload::Form(_) => None,
        }
    }

    /// Whether it is an argument or a filter, which is not about groups.
    pub fn takes(&self, having: &Having) -> bool {
        having.path.is_empty() && self.knows_having
    }

    /// The names that are arguments, if `routine` is meant, sorted.
    pub fn argument_names(&self, routine: &Routine) -> BTreeSet<&'a str> {
        self.items
            .iter()
            .filter(|item| item.is_argument() && routine.filter_type(item.name).is_none())
            .map(|item| item.name)
            .collect()
    }

    /// The names that are arguments of a function that does not exist, sorted.
    pub fn names(&self) -> BTreeSet<&'a str> {
        self.items
            .iter()
            .filter(|item| item.is_argument())
            .map(|item| item.name)
            .collect()
    }

    /// Every value given for an argument.
    pub fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = ItemValue<'a>> + 's {
        self.items
            .iter()
            .filter(move |item| item.is_argument() && item.name == name)
            .map(|item| item.value)
    }

    /// Everything given for the filter `name`: text, or JSON text or list of texts. JSON null is what
    /// clients send for "no filter".
    ///
    /// # Errors
    /// [`PlanError::BodyOfCall`]: the conditions are in a body of several rows, or one that only
    /// Postgres reads. To drop them would answer another question than the one asked.
    pub fn conditions(&self, name: &str) -> Result<Vec<String>, PlanError> {
        let mut texts = Vec::new();
        for item in self.items.iter().filter(|item| item.name == name) {
            match item.value {
                ItemValue::Text(text) => texts.push(text.to_owned()),
                ItemValue::Unread => return Err(PlanError::BodyOfCall),
                ItemValue::Json(json) => {
                    texts.extend(texts_of(json).ok_or_else(|| PlanError::BadValue {
                        filter: name.to_owned(),
                        value: shortened(json),
                        expected:
                            "expected a condition as text, or a list of conditions".to_owned(),
                        write: format!("{{\"{name}\": \"eq.…\"}}"),
                    })?);
                }
            }
        }
        Ok(texts)
    }

    /// What is left of the query string: filters of the result, and of what is embedded in it.
    pub fn result_filters(
        &self,
        routine: &Routine,
        relation: Option<&Relation>,
        select: &[SelectItem],
    ) -> Result<Vec<(EmbedPath, Filter)>, PlanError> {
        let mut filters = Vec::new();
        for item in &self.items {
            let Reading::Filter(reading) = &item.reading else {
                continue;
            };
            if routine.filter_type(item.name).is_some() {
                continue;
            }
            let (path, filter) = reading.clone()?;
            if routine.takes_filters()
                && path.is_empty()
                && !speaks_of_result(routine, relation, select, &filter)
            {
                return Err(overload::unknown_parameter(routine, item.name, item.value));
            }
            filters.push((path, filter));
        }
        Ok(filters)
    }
}

impl BodyKind {
    /// A single value, in which no argument has a name.
    pub fn is_raw(self) -> bool {
        matches!(self, Self::Text | Self::Xml | Self::Bytes)
    }

    /// The types of a single unnamed parameter that takes it.
    pub fn types(self) -> &'static [&'static str] {
        match self {
            Self::Named => &[],
            Self::Json => &["json", "jsonb"],
            Self::Text => &["text"],
            Self::Xml => &["xml"],
            Self::Bytes => &["bytea"],
        }
    }
}

/// The arguments that a body names.
fn members<'a>(body: &'a Payload, columns: Option<&'a [String]>) -> Vec<(&'a str, ItemValue<'a>)> {
    match body {
        Payload::Raw(_) => Vec::new(),
        Payload::Object(object) => object
            .members
            .iter()
            .map(|(name, value)| (name.as_str(), ItemValue::Json(value)))
            .collect(),
        Payload::Form(pairs) => pairs
            .iter()
            .map(|(name, value)| (name.as_str(), ItemValue::Text(value)))
            .collect(),
        Payload::Array { keys, .. } => unread(keys),
        Payload::Unread(_) => unread(columns.unwrap_or_default()),
    }
}

fn unread(names: &[String]) -> Vec<(&str, ItemValue<'_>)> {
    let names = names.iter();
    names
        .map(|name| (name.as_str(), ItemValue::Unread))
        .collect()
}

impl Item<'_> {
    fn is_argument(&self) -> bool {
        matches!(self.reading, Reading::Argument)
    }
}

/// Where a function takes filters, its other arguments are known by their names: a search for `eq.5`
/// is no condition on a column `search` that there is not.
fn takes_literally(routine: &Routine, name: &str) -> bool {
    let mut parameters = routine.parameters.iter();
    routine.takes_filters()
        && parameters.any(|p| p.name == name && p.filters.is_none())
        && !routine.output().iter().any(|column| column == name)
}

/// Whether the name is one of the function's parameters, filters or output columns.
fn knows(routine: &Routine, name: &str) -> bool {
    routine.parameters.iter().any(|it| it.name == name)
        || routine.filter_type(name).is_some()
        || routine.output().iter().any(|column| column == name)
}

fn read_parameter(name: &str, value: &str) -> Reading {
    match filter::parse_for_call(name, value) {
        Ok(CallParameter::Argument { .. }) => Reading::Argument,
        Ok(CallParameter::Filter(path, filter)) => Reading::Filter(Ok((path, filter))),
        Err(error) => Reading::Filter(Err(error)),
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

/// Whether a filter is one of a column, of a computed field of the rows that come back, or of a resource
/// embedded in them (`client=is.null`).
pub(super) fn speaks_of_result(
    routine: &Routine,
    relation: Option<&Relation>,
    select: &[SelectItem],
    filter: &Filter,
) -> bool {
    let name = &filter.field.name;
    is_column(routine, name)
        || relation.is_some_and(|relation| relation.is_computed(name))
        || Draft::new(select).embeds(name)
}
