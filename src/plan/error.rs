//! Why a request cannot be planned: texts and codes are PostgREST's (`docs/references/errors.rst`),
//! `RD…` are those of filters.

use serde_json::Value;
use thiserror::Error;

use super::version::Unmatched;
use super::{BodyKind, CursorError};
use crate::error::{ClientError, Code};
use crate::request::RequestError;

/// Each variant is one code.
#[derive(Debug, Error)]
pub enum PlanError {
    /// A part of the request that only the plan could read.
    #[error(transparent)]
    Request(#[from] RequestError),

    /// Pages by cursor are not possible so.
    #[error(transparent)]
    Cursor(#[from] CursorError),

    #[error("Invalid schema: {schema}")]
    SchemaNotExposed {
        schema: String,
        exposed: Vec<String>,
    },

    #[error("None of these media types are available: {}", .accepted.join(", "))]
    NotAcceptable { accepted: Vec<String> },

    #[error("'{resource}' is not an embedded resource in this request")]
    NotEmbedded { resource: String },

    /// Only an alias names a resource that has one.
    #[error("'{resource}' is not an embedded resource in this request")]
    NotByAlias { resource: String, alias: String },

    #[error("Could not find a relationship between '{origin}' and '{target}' in the schema cache")]
    RelationshipNotFound {
        origin: String,
        target: String,
        /// The request's, behind `!`.
        hint: Option<String>,
        schema: String,
        suggestion: Option<String>,
    },

    #[error(
        "Could not embed because more than one relationship was found for '{origin}' and '{target}'"
    )]
    AmbiguousRelationship {
        origin: String,
        target: String,
        /// Each described as an object.
        candidates: Vec<Value>,
        /// What to write instead, in quotes.
        write: Vec<String>,
    },

    #[error("Too many resources are embedded")]
    TooManyEmbeds { most: usize },

    #[error("Too many columns are selected")]
    TooManyColumns { most: usize },

    #[error("A related order on '{target}' is not possible")]
    OrderNotToOne { origin: String, target: String },

    #[error("Use of aggregate functions is not allowed")]
    AggregatesDisabled,

    /// `having` where nothing is grouped.
    #[error("There are no groups that having could be about")]
    HavingWithoutGroups,

    #[error("having names \"{name}\", which is no aggregate of the answer")]
    NoSuchAggregate {
        name: String,
        known: Vec<String>,
        hint: String,
    },

    #[error("\"{name}\" is the name of more than one column of the answer")]
    AmbiguousName { name: String },

    #[error("\"{given}\" is no fraction from 0 to 1")]
    Fraction { given: String, write: String },

    #[error("time zone \"{zone}\" not recognized")]
    UnknownZone { zone: String, write: String },

    /// A time zone for a date, or for a timestamp without one.
    #[error("\"{field}\" has no time zone, so it cannot be shown in another")]
    ZoneOfLocalTime { field: String, unit: &'static str },

    #[error("Root endpoint metadata is disabled")]
    RootDisabled,

    #[error("Feature not implemented")]
    NotImplemented { what: String },

    #[error(
        "Could not find the function {function}{} in the schema cache",
        if .searched.is_raw() { String::new() } else { list_keys(.given, "(", ")") }
    )]
    RoutineNotFound {
        function: String,
        /// The argument names of the request, sorted.
        given: Vec<String>,
        /// The body might have been meant for a single unnamed parameter.
        searched: BodyKind,
        hint: Option<String>,
    },

    #[error("Could not choose the best candidate function between: {}", .candidates.join(", "))]
    AmbiguousRoutine { candidates: Vec<String> },

    #[error("Could not find the table '{relation}' in the schema cache")]
    RelationNotFound {
        relation: String,
        hint: Option<String>,
    },

    #[error("Could not find the '{column}' column of '{relation}' in the schema cache")]
    ColumnNotFound {
        relation: String,
        column: String,
        hint: Option<String>,
    },

    #[error("Filters must include all and only primary key columns with 'eq' operators")]
    PutFilters,

    /// `handling=strict, max-affected=…` on a function of one result.
    #[error(
        "Function must return SETOF or TABLE when max-affected preference is used with \
         handling=strict"
    )]
    MaxAffectedOfOne,

    /// A value of the body is of another JSON kind than its column.
    #[error("Column \"{column}\" takes {expected}, not {given}")]
    JsonKind {
        column: String,
        expected: &'static str,
        given: String,
        write: String,
        /// Counted from 1, where there are several.
        row: Option<usize>,
    },

    /// A string of the body is longer than its column.
    #[error("Column \"{column}\" takes up to {most} characters, not {given}")]
    TooLong {
        column: String,
        most: usize,
        given: usize,
        /// Counted from 1, where there are several.
        row: Option<usize>,
    },

    /// A change of every row, which the settings do not allow by default.
    #[error("{method} without a filter would change every row")]
    FilterRequired {
        method: String,
        /// Filters to type.
        some_rows: String,
        all_rows: String,
    },

    /// There is no version that `If-Match` could name.
    #[error("If-Match cannot be met by {method} on '{relation}': {}", match why {
        Unmatched::NewRows => "it makes new rows",
        Unmatched::NoVersions => "its rows have no versions",
    })]
    IfMatch {
        method: String,
        relation: String,
        /// Of versions, where there are any.
        column: String,
        why: Unmatched,
    },

    /// Operators as a URL spells them.
    #[error("\"{filter}\" has no operator \"{operator}\"")]
    UnknownOperator {
        filter: String,
        operator: String,
        defined: Vec<String>,
    },

    #[error("\"{filter}\" is a filter and needs an operator before its value \"{value}\"")]
    MissingOperator {
        filter: String,
        value: String,
        /// The whole parameter as it should be written.
        write: String,
        defined: Vec<String>,
    },

    /// A column of the result, named without an operator.
    #[error("\"{column}\" is a column of the result, and filters it only with an operator")]
    BareColumn { column: String, write: String },

    #[error("\"{filter}\" can be given only once")]
    GivenTwice { filter: String },

    #[error("\"{filter}\" is given more than {most} times")]
    TooManyConditions { filter: String, most: usize },

    #[error("The body of a call must be a JSON object or a form")]
    BodyOfCall,

    #[error("{function} has no filter, argument or output column \"{parameter}\"")]
    UnknownParameter {
        function: String,
        parameter: String,
        hint: String,
        filters: Vec<String>,
    },

    /// `or=(…)` on a function with filters speaks only of its result.
    #[error(
        "\"{parameter}\" cannot be used inside and=(…) or or=(…): {function} has no such output column"
    )]
    FilterInLogic { function: String, parameter: String },

    #[error("\"{value}\" is not a valid value for \"{filter}\": {expected}")]
    BadValue {
        filter: String,
        value: String,
        expected: String,
        /// An example to type.
        write: String,
    },
}

fn list_keys(keys: &[String], open: &str, close: &str) -> String {
    if keys.is_empty() {
        " without parameters".to_owned()
    } else {
        format!("{open}{}{close}", keys.join(", "))
    }
}

impl ClientError for PlanError {
    fn code(&self) -> Code {
        match self {
            Self::Request(error) => error.code(),
            Self::Cursor(error) => error.code(),
            Self::TooManyEmbeds { .. } | Self::TooManyColumns { .. } => Code::Pgrst100,
            Self::BodyOfCall => Code::Pgrst102,
            Self::SchemaNotExposed { .. } => Code::Pgrst106,
            Self::PutFilters => Code::Pgrst105,
            Self::NotAcceptable { .. } => Code::Pgrst107,
            Self::NotEmbedded { .. } | Self::NotByAlias { .. } => Code::Pgrst108,
            Self::OrderNotToOne { .. } => Code::Pgrst118,
            Self::AggregatesDisabled => Code::Pgrst123,
            Self::RootDisabled => Code::Pgrst126,
            Self::NotImplemented { .. } => Code::Pgrst127,
            Self::MaxAffectedOfOne => Code::Pgrst128,
            Self::RelationshipNotFound { .. } => Code::Pgrst200,
            Self::AmbiguousRelationship { .. } => Code::Pgrst201,
            Self::RoutineNotFound { .. } => Code::Pgrst202,
            Self::AmbiguousRoutine { .. } => Code::Pgrst203,
            Self::ColumnNotFound { .. } => Code::Pgrst204,
            Self::RelationNotFound { .. } => Code::Pgrst205,
            Self::JsonKind { .. } | Self::TooLong { .. } => Code::Rd106,
            Self::FilterRequired { .. } => Code::Rd107,
            Self::IfMatch { .. } => Code::Rd115,
            Self::HavingWithoutGroups
            | Self::NoSuchAggregate { .. }
            | Self::AmbiguousName { .. }
            | Self::Fraction { .. }
            | Self::UnknownZone { .. }
            | Self::ZoneOfLocalTime { .. } => Code::Rd108,
            Self::UnknownOperator { .. }
            | Self::MissingOperator { .. }
            | Self::BareColumn { .. } => Code::Rd100,
            Self::UnknownParameter { .. } | Self::FilterInLogic { .. } => Code::Rd101,
            Self::BadValue { .. } | Self::GivenTwice { .. } | Self::TooManyConditions { .. } => {
                Code::Rd102
            }
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Request(error) => error.details(),
            Self::NotImplemented { what } => Some(what.clone().into()),
            Self::JsonKind { row, .. } | Self::TooLong { row, .. } => {
                row.map(|number| format!("In row {number} of the body").into())
            }
            Self::TooManyColumns { most } => Some(
                format!("Those of all embedded resources count, and `*` once; the limit is {most}").into(),
            ),
            Self::TooManyEmbeds { most } => Some(
                format!(
                    "Each counts once, and once more for every inner join, null filter and order that \
                     asks for it at a level above; the limit is {most}"
                )
                .into(),
            ),
            Self::NotByAlias { .. } => {
                Some("Target names are not allowed in filters if they have an alias".into())
            }
            Self::RelationshipNotFound {
                origin,
                target,
                hint,
                schema,
                ..
            } => {
                let using = hint
                    .as_ref()
                    .map(|hint| format!("' using the hint '{hint}"));
                Some(
                    format!(
                        "Searched for a foreign key relationship between '{origin}' and '{target}{}' in \
                         the schema '{schema}', but no matches were found.",
                        using.unwrap_or_default()
                    )
                    .into(),
                )
            }
            Self::AmbiguousRelationship { candidates, .. } => Some(candidates.clone().into()),
            Self::OrderNotToOne { origin, target } => Some(
                format!(
                    "'{origin}' and '{target}' do not form a many-to-one or one-to-one relationship"
                )
                .into(),
            ),
            Self::RoutineNotFound {
                function,
                given,
                searched,
                ..
            } => {
                let plural = if given.len() > 1 { "s" } else { "" };
                let named = list_keys(given, &format!(" with parameter{plural} "), "");
                let types = searched.types().join("/");
                let parameters = match searched {
                    BodyKind::Named => named,
                    BodyKind::Json => format!("{named} or with a single unnamed {types} parameter"),
                    BodyKind::Text | BodyKind::Xml | BodyKind::Bytes => {
                        format!(" with a single unnamed {types} parameter")
                    }
                };
                Some(
                    format!(
                        "Searched for the function {function}{parameters}, but no matches were \
                         found in the schema cache."
                    )
                    .into(),
                )
            }
            Self::NoSuchAggregate { known, .. } => {
                Some(format!("The aggregates are: {}", known.join(", ")).into())
            }
            Self::UnknownOperator { defined, .. } | Self::MissingOperator { defined, .. } => {
                Some(format!("Its operators are: {}", defined.join(", ")).into())
            }
            Self::UnknownParameter { filters, .. } => {
                Some(format!("Its filters are: {}", filters.join(", ")).into())
            }
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Request(error) => error.hint(),
            Self::Cursor(error) => error.hint(),
            Self::SchemaNotExposed { exposed, .. } => Some(format!(
                "Only the following schemas are exposed: {}",
                exposed.join(", ")
            )),
            Self::NotEmbedded { resource } => Some(format!(
                "Verify that '{resource}' is included in the 'select' query parameter."
            )),
            Self::RoutineNotFound { hint, .. }
            | Self::RelationNotFound { hint, .. }
            | Self::ColumnNotFound { hint, .. } => hint.clone(),
            Self::JsonKind { write, .. } => Some(write.clone()),
            Self::TooLong { most, given, .. } => Some(format!("Shorten it by {}", given - most)),
            Self::FilterRequired {
                some_rows,
                all_rows,
                ..
            } => Some(format!(
                "Say which rows, such as {some_rows}; if all are meant, write {all_rows}"
            )),
            Self::IfMatch { column, why, .. } => Some(match why {
                Unmatched::NewRows => "Leave it out, or use PUT or PATCH to change a row that is there".to_owned(),
                Unmatched::NoVersions => format!(
                    "Leave it out; versions are told by a column {column} of type timestamp, integer or uuid"
                ),
            }),
            Self::NotByAlias { resource, alias } => Some(format!(
                "Change '{resource}' to '{alias}' in filters, orders or limits."
            )),
            Self::RelationshipNotFound { suggestion, .. } => suggestion.clone(),
            Self::AmbiguousRelationship { target, write, .. } => Some(format!(
                "Try changing '{target}' to one of the following: {}. Find the desired relationship in \
                 the 'details' key.",
                write.join(", ")
            )),
            Self::AmbiguousRoutine { .. } => Some(
                "Try renaming the parameters or the function itself in the database so function \
                 overloading can be resolved"
                    .to_owned(),
            ),
            Self::UnknownOperator {
                filter,
                operator,
                defined,
            } => super::nearest(
                operator,
                defined.iter().map(String::as_str),
                super::suggest::LOOSE,
            )
            .or_else(|| defined.first().map(String::as_str))
            .map(|near| {
                // `is.null` is whole; every other operator wants a value.
                let value = if near.ends_with("null") { "" } else { ".…" };
                format!("Perhaps you meant {filter}={near}{value}")
            }),
            Self::MissingOperator { write, .. }
            | Self::BareColumn { write, .. }
            | Self::Fraction { write, .. }
            | Self::BadValue { write, .. } => Some(format!("Write {write}")),
            Self::TooManyConditions { filter, .. } => Some(format!(
                "Use a list: {filter}=in.(…) or {filter}=not.in.(…)"
            )),
            Self::TooManyColumns { .. } => {
                Some("Ask in several requests, or for all columns by select=*".to_owned())
            }
            Self::TooManyEmbeds { .. } => Some("Ask in several requests".to_owned()),
            Self::BodyOfCall => Some("Write {\"argument\": value, …}".to_owned()),
            Self::GivenTwice { filter } => Some(format!("Put every condition into one {filter}=…")),
            Self::HavingWithoutGroups => Some(
                "Write an aggregate into the select of that level, such as total:amount.sum(). Those of \
                 a spread to-one resource are of the level above it"
                    .to_owned(),
            ),
            Self::AmbiguousName { name } => Some(format!(
                "Give each a name of its own in select, such as my_{name}:column"
            )),
            Self::UnknownZone { write, .. } => Some(format!(
                "Write a name from pg_timezone_names, as in {write}"
            )),
            Self::ZoneOfLocalTime { field, unit } => Some(format!("Write {field}.{unit}()")),
            Self::NoSuchAggregate { hint, .. } | Self::UnknownParameter { hint, .. } => Some(hint.clone()),
            Self::FilterInLogic { parameter, .. } => {
                Some(format!("Write {parameter}=… as a parameter of its own"))
            }
            _ => None,
        }
    }
}
