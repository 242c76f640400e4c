//! Functions: paths with their arguments.

use super::model::{Operation, Parameter, ParameterRef, PathItem, Response, Schema};
use super::types::{format_of, items_of, type_of};
use crate::openapi::members::Members;
use crate::openapi::{ApiRoutine, comment};
use crate::schema_cache::{FilterType, Filters, Parameter as Argument, Volatility};

/// What a function's answer may be.
const PRODUCED: [&str; 3] = [
    "application/json",
    "application/vnd.pgrst.object+json;nulls=stripped",
    "application/vnd.pgrst.object+json",
];

/// POST, and GET where the function changes nothing.
pub fn path_item(described: &ApiRoutine) -> PathItem {
    let is_volatile = described.routine.volatility == Volatility::Volatile;
    PathItem {
        get: (!is_volatile).then(|| operation(described, query(described))),
        post: Some(operation(described, body(described))),
        ..PathItem::default()
    }
}

fn operation(described: &ApiRoutine, parameters: Vec<ParameterRef>) -> Operation {
    let (summary, description) = comment::split(described.routine.comment.as_deref());
    let ok = Response {
        description: "OK",
        schema: None,
    };
    Operation {
        tags: [format!("(rpc) {}", described.name())],
        summary,
        description,
        produces: PRODUCED.into(),
        parameters,
        responses: Members::from_iter([("200".to_owned(), ok)]),
    }
}

/// Each argument with its type.
fn arguments<'a>(described: &'a ApiRoutine) -> impl Iterator<Item = (&'a Argument, &'a str)> {
    let types = described.types.iter().map(String::as_str);
    described.routine.parameters.iter().zip(types)
}

fn query(described: &ApiRoutine) -> Vec<ParameterRef> {
    let parameters = arguments(described).flat_map(|(argument, sql_type)| {
        let conditions = conditions(argument).map(|(name, filter_type)| Parameter {
            name: name.to_owned(),
            description: Some(operators(filter_type)),
            r#in: "query",
            r#type: Some("string"),
            ..Parameter::default()
        });
        let literal = argument.filters.is_none();
        let literal = literal.then(|| query_parameter(argument, sql_type));
        conditions.chain(literal).collect::<Vec<_>>()
    });
    let inline = |parameter| ParameterRef::Inline(Box::new(parameter));
    parameters.map(inline).collect()
}

fn query_parameter(argument: &Argument, sql_type: &str) -> Parameter {
    let parameter = Parameter {
        name: argument.name.clone(),
        r#in: "query",
        required: argument.required,
        ..Parameter::default()
    };
    match sql_type.strip_suffix("[]") {
        Some(element) if argument.variadic => Parameter {
            r#type: Some("array"),
            items: Some(Box::new(Schema {
                r#type: type_of(element),
                format: Some(format_of(element)),
                ..Schema::default()
            })),
            collection_format: Some("multi"),
            ..parameter
        },
        _ => Parameter {
            // An array is written as one literal, JSON as its text.
            r#type: type_of(sql_type)
                .filter(|it| *it != "array")
                .or(Some("string")),
            format: Some(format_of(sql_type)),
            ..parameter
        },
    }
}

fn body(described: &ApiRoutine) -> Vec<ParameterRef> {
    let properties = arguments(described).flat_map(|(argument, sql_type)| {
        let conditions = conditions(argument).map(|(name, filter_type)| {
            let schema = Schema {
                description: Some(operators(filter_type)),
                r#type: Some("string"),
                ..Schema::default()
            };
            (name.to_owned(), schema)
        });
        let literal = argument.filters.is_none();
        let literal = literal.then(|| (argument.name.clone(), property(sql_type)));
        conditions.chain(literal).collect::<Vec<_>>()
    });
    let properties: Members<Schema> = properties.collect();
    let required = described.routine.parameters.iter().filter(|it| it.required);
    let required = required.filter(|argument| argument.filters.is_none());
    let body = Parameter {
        name: "args".to_owned(),
        r#in: "body",
        required: true,
        schema: Some(Schema {
            description: described.routine.comment.clone(),
            r#type: Some("object"),
            required: required.map(|argument| argument.name.clone()).collect(),
            properties: (!properties.is_empty()).then_some(properties),
            ..Schema::default()
        }),
        ..Parameter::default()
    };
    vec![
        ParameterRef::Inline(Box::new(body)),
        ParameterRef::named("preferParams"),
    ]
}

fn property(sql_type: &str) -> Schema {
    Schema {
        r#type: type_of(sql_type),
        format: Some(format_of(sql_type)),
        items: items_of(sql_type),
        ..Schema::default()
    }
}

/// What takes conditions instead of a literal; a spread composite is as many parameters as it has
/// attributes.
fn conditions(argument: &Argument) -> impl Iterator<Item = (&str, &FilterType)> {
    let list: Vec<(&str, &FilterType)> = match &argument.filters {
        None => Vec::new(),
        Some(Filters::One(filter_type)) => vec![(&argument.name, filter_type)],
        Some(Filters::Spread(attributes)) => attributes
            .iter()
            .map(|attribute| (attribute.name.as_str(), &*attribute.filter_type))
            .collect(),
    };
    list.into_iter()
}

fn operators(filter_type: &FilterType) -> String {
    let operators = filter_type.operator_names().join(", ");
    match &filter_type.comment {
        Some(comment) => format!("{comment}\n\nOperators: {operators}"),
        None => format!("Operators: {operators}"),
    }
}
