//! Functions: GET for those that change nothing, POST for all. Overloads are one operation: a parameter is
//! required if each of them requires it.

use serde_json::{Map, Value, json};

use super::model::{Content, Operation, OrRef, Parameter, PathItem, RequestBody, Response};
use super::names::component;
use super::operators::{self, Operators};
use super::{common, types};
use crate::openapi::members::Members;
use crate::openapi::{Api, ApiRoutine, comment};
use crate::schema_cache::{Filters, Parameter as Argument, Returns, TypeKind, Volatility};

/// The overloads of one function, never none.
pub fn path_item(api: &Api, overloads: &[ApiRoutine]) -> PathItem {
    let named: Vec<&ApiRoutine> = overloads.iter().filter(|one| !is_raw(one)).collect();
    let stable = |one: &&ApiRoutine| one.routine.volatility != Volatility::Volatile;
    let read: Vec<&ApiRoutine> = named.iter().copied().filter(stable).collect();
    PathItem {
        get: (!read.is_empty()).then(|| get(api, &read)),
        post: Some(post(api, overloads)),
        ..PathItem::default()
    }
}

fn get(api: &Api, overloads: &[&ApiRoutine]) -> Operation {
    let mut parameters: Vec<Parameter> = Vec::new();
    for argument in arguments(api, overloads) {
        parameters.push(argument.in_query);
    }
    let taken: Vec<String> = parameters.iter().map(|one| one.name.clone()).collect();
    let mut parameters: Vec<OrRef<Parameter>> = parameters.into_iter().map(OrRef::Inline).collect();
    parameters.extend(of_result(api, overloads, &taken));
    parameters.extend(common::profile(api.site, api.schema, "Accept-Profile"));
    operation(api, overloads, "get", parameters, None)
}

fn post(api: &Api, overloads: &[ApiRoutine]) -> Operation {
    let all: Vec<&ApiRoutine> = overloads.iter().collect();
    let mut parameters = of_result(api, &all, &[]);
    parameters.extend(common::profile(api.site, api.schema, "Content-Profile"));
    let body = body(api, &all);
    operation(api, &all, "call", parameters, Some(body))
}

fn operation(
    api: &Api,
    overloads: &[&ApiRoutine],
    verb: &str,
    parameters: Vec<OrRef<Parameter>>,
    request_body: Option<RequestBody>,
) -> Operation {
    let routine = overloads.iter().map(|one| one.routine);
    let name = overloads.first().map_or("", |one| one.name());
    let comment = routine.clone().find_map(|one| one.comment.as_deref());
    let (summary, description) = comment::split(comment);
    Operation {
        id: format!("{verb}_{name}"),
        tags: [format!("(rpc) {name}")],
        summary,
        description,
        parameters,
        responses: responses(api, overloads, request_body.is_some()),
        request_body,
    }
}

/// Its one parameter has no name: the body is its value.
fn is_raw(described: &ApiRoutine) -> bool {
    matches!(described.routine.parameters.as_slice(), [one] if one.name.is_empty())
}

/// A name that a call may give a value for.
struct CallArgument {
    in_query: Parameter,
    in_body: Value,
}

/// Every name once, in the order of the first overload that has it.
fn arguments(api: &Api, overloads: &[&ApiRoutine]) -> Vec<CallArgument> {
    let mut list: Vec<CallArgument> = Vec::new();
    for described in overloads.iter().filter(|one| !is_raw(one)) {
        let types = described.parameters().map(|member| member.type_oid);
        for (argument, oid) in described.routine.parameters.iter().zip(types) {
            for one in expanded(api, argument, oid) {
                let is_known = list
                    .iter()
                    .any(|old| old.in_query.name == one.in_query.name);
                if !is_known {
                    list.push(one);
                }
            }
        }
    }
    for argument in &mut list {
        let name = &argument.in_query.name;
        argument.in_query.required = overloads.iter().all(|one| {
            let mut parameters = one.routine.parameters.iter();
            parameters.any(|parameter| parameter.required && parameter.name == *name)
        });
    }
    list
}

/// A parameter; of a spread composite one an attribute.
fn expanded(api: &Api, argument: &Argument, oid: i64) -> Vec<CallArgument> {
    let condition = |name: &str, filter_type| CallArgument {
        in_query: Parameter::query(
            name,
            Some(operators::words(filter_type)),
            operators::conditions(filter_type),
        ),
        in_body: condition_in_body(&operators::conditions(filter_type), filter_type),
    };
    match &argument.filters {
        Some(Filters::One(filter_type)) => vec![condition(&argument.name, filter_type)],
        Some(Filters::Spread(attributes)) => attributes
            .iter()
            .map(|attribute| condition(&attribute.name, &attribute.filter_type))
            .collect(),
        None => vec![CallArgument {
            in_query: Parameter::query(&argument.name, None, in_query(api, argument, oid)),
            in_body: types::nullable(types::schema_of(&api.cache.details, oid)),
        }],
    }
}

/// One condition, a list of them, or null for none.
fn condition_in_body(list: &Value, filter_type: &crate::schema_cache::FilterType) -> Value {
    json!({
        "anyOf": [list["items"], list, { "type": "null" }],
        "description": operators::words(filter_type),
    })
}

/// A value as text: arrays, composites and JSON are literals.
fn in_query(api: &Api, argument: &Argument, oid: i64) -> Value {
    let schema = types::schema_of(&api.cache.details, oid);
    match schema["type"].as_str() {
        Some("array") if argument.variadic => schema,
        Some("array" | "object") | None => json!({ "type": "string" }),
        Some(_) => schema,
    }
}

fn body(api: &Api, overloads: &[&ApiRoutine]) -> RequestBody {
    let mut content = Members::new();
    let list = arguments(api, overloads);
    let has_named = overloads.iter().any(|one| !is_raw(one));
    let mut whole = None;
    for described in overloads.iter().filter(|one| is_raw(one)) {
        let oid = described.parameters().next().map(|member| member.type_oid);
        let base = oid.and_then(|oid| api.cache.details.base(oid));
        match base.map(|base| base.name.as_str()) {
            Some("text") => content.insert("text/plain", text()),
            Some("xml") => content.insert("text/xml", text()),
            Some("bytea") => content.insert("application/octet-stream", text()),
            _ => whole = Some(json!({})),
        }
    }
    if has_named || whole.is_some() {
        let named = has_named.then(|| object_of(&list));
        let schema = match (named, whole) {
            (_, Some(anything)) => anything,
            (named, None) => named.unwrap_or_default(),
        };
        if has_named {
            let schema = object_of(&list);
            content.insert("application/x-www-form-urlencoded", Content { schema });
        }
        content.insert("application/json", Content { schema });
    }
    RequestBody {
        required: list.iter().any(|argument| argument.in_query.required),
        content,
    }
}

fn text() -> Content {
    Content {
        schema: json!({ "type": "string" }),
    }
}

fn object_of(arguments: &[CallArgument]) -> Value {
    let named = arguments
        .iter()
        .map(|one| (one.in_query.name.clone(), one.in_body.clone()));
    let properties: Map<String, Value> = named.collect();
    let required = arguments.iter().filter(|one| one.in_query.required);
    let required: Vec<&str> = required.map(|one| one.in_query.name.as_str()).collect();
    types::closed_object(&properties, &required)
}

/// What the query string says of the result: nothing of a single value.
fn of_result(api: &Api, overloads: &[&ApiRoutine], taken: &[String]) -> Vec<OrRef<Parameter>> {
    let prefer = OrRef::to("parameters", "preferRead");
    let rows = overloads
        .iter()
        .find(|one| matches!(one.routine.returns, Returns::Composite { .. }));
    let Some(rows) = rows else {
        return vec![prefer];
    };
    let conditions = rows
        .signature
        .output
        .iter()
        .filter(|column| common::can_be_filtered(&column.name))
        .map(|column| (common::filter_name(&column.name), column.type_oid))
        .filter(|(name, _)| !taken.contains(name))
        // Of a function that takes filters these speak of what it computes from, in bodies as well.
        .filter(|(name, _)| rows.routine.filter_type(name).is_none())
        .map(|(name, oid)| {
            let operators = Operators::of(&api.cache.details, oid);
            let words = format!("A condition on the result. {}", operators.words());
            OrRef::Inline(Parameter::query(&name, Some(words), operators.schema()))
        });
    let page = common::PAGE
        .iter()
        .filter(|name| !taken.iter().any(|other| other == *name));
    let page = page.map(|name| OrRef::to("parameters", name));
    conditions.chain(page).chain([prefer]).collect()
}

fn responses(api: &Api, overloads: &[&ApiRoutine], is_post: bool) -> Members<OrRef<Response>> {
    let mut responses = Members::new();
    let is_void = |one: &&&ApiRoutine| one.routine.returns == Returns::Void;
    let answering: Vec<&ApiRoutine> = overloads
        .iter()
        .filter(|one| !is_void(one))
        .copied()
        .collect();
    if let Some(first) = answering.first() {
        let content = || match answering.as_slice() {
            [_] => result(api, first),
            // Which one answers depends on the arguments.
            _ => {
                Members::from_iter([("application/json".to_owned(), Content { schema: json!({}) })])
            }
        };
        responses.insert("200", OrRef::Inline(common::rows("The result.", content())));
        if answering.iter().any(|one| one.routine.returns_set) {
            let words = "A part of the result; Content-Range says which.";
            responses.insert("206", OrRef::Inline(common::rows(words, content())));
        }
    }
    if answering.len() < overloads.len() {
        let done = common::rows("Done.", Members::new());
        responses.insert("204", OrRef::Inline(done));
    }
    let more: &[&str] = if is_post {
        &["300", "408", "409", "413", "416"]
    } else {
        &["300", "405", "416"]
    };
    common::failing(&mut responses, more);
    responses
}

/// What one overload answers.
fn result(api: &Api, described: &ApiRoutine) -> Members<Content> {
    let details = &api.cache.details;
    let oid = described.signature.returns;
    let one = match &described.routine.returns {
        Returns::Composite { .. } => row(api, described),
        Returns::Scalar | Returns::Void => types::schema_of(details, oid),
    };
    if let Some(media_type) = media_type(api, oid) {
        return Members::from_iter([(media_type, text())]);
    }
    match (&described.routine.returns, described.routine.returns_set) {
        (Returns::Composite { .. }, true) => common::forms_of_rows(&one),
        (Returns::Composite { .. }, false) => Members::from_iter([
            (
                "application/json".to_owned(),
                Content {
                    schema: one.clone(),
                },
            ),
            (common::OBJECT.to_owned(), Content { schema: one }),
        ]),
        (_, is_set) => {
            let one = types::nullable(one);
            let schema = if is_set {
                json!({ "type": "array", "items": one })
            } else {
                one
            };
            Members::from_iter([("application/json".to_owned(), Content { schema })])
        }
    }
}

/// A domain that is called as a media type is: the answer is of that.
fn media_type(api: &Api, oid: i64) -> Option<String> {
    let about = api.cache.details.types.get(&oid)?;
    let TypeKind::Domain(_) = about.kind else {
        return None;
    };
    let (_, quoted) = about.name.split_once(".\"")?;
    let name = quoted.strip_suffix('"')?;
    name.contains('/').then(|| match name {
        "*/*" => "application/octet-stream".to_owned(),
        name => name.to_owned(),
    })
}

fn row(api: &Api, described: &ApiRoutine) -> Value {
    if let Returns::Composite {
        relation: Some(relation),
        ..
    } = &described.routine.returns
        && api.relation(relation).is_some()
    {
        let name = component(&relation.name);
        return json!({ "$ref": format!("#/components/schemas/{name}") });
    }
    let columns = described.signature.output.iter().map(|column| {
        let schema = types::schema_of(&api.cache.details, column.type_oid);
        (column.name.clone(), types::nullable(schema))
    });
    let properties: Map<String, Value> = columns.collect();
    json!({ "type": "object", "properties": properties })
}
