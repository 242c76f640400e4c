//! Tables and views: an operation for each method that the relation takes and the caller may use.

use serde_json::{Map, Value, json};

use super::model::{Content, Operation, OrRef, Parameter, PathItem, RequestBody, Response};
use super::names::component;
use super::operators::Operators;
use super::{common, types};
use crate::openapi::members::Members;
use crate::openapi::{Api, ApiRelation, comment};
use crate::schema_cache::{Column, ColumnDetails};

/// Nothing where the caller can neither read nor write.
pub fn path_item(api: &Api, described: &ApiRelation) -> Option<PathItem> {
    let takes = described.relation.takes;
    let may = |verb| columns(described, verb).next().is_some();
    let (reads, inserts, updates) = (
        may("select"),
        takes.insert && may("insert"),
        takes.update && may("update"),
    );
    let key = &described.relation.primary_key;
    let writes = |column: &String| {
        let rights = &described.rights;
        rights.allow("insert", column) && rights.allow("update", column)
    };
    let replaces = inserts && updates && reads && !key.is_empty() && key.iter().all(writes);
    let deletes = takes.delete && described.rights.deletes;
    let item = PathItem {
        get: reads.then(|| read(api, described)),
        post: inserts.then(|| insert(api, described)),
        put: replaces.then(|| of_version(api, described, upsert(api, described))),
        patch: updates.then(|| of_version(api, described, update(api, described))),
        delete: deletes.then(|| of_version(api, described, delete(api, described))),
    };
    (reads || inserts || updates || deletes).then_some(item)
}

/// The row in answers, and what bodies hold, by their names in the document.
pub fn schemas(api: &Api, described: &ApiRelation) -> Vec<(String, Value)> {
    let details = &api.cache.details;
    let name = component(described.name());
    let shown = columns(described, "select");
    let shown = properties(shown, |column, about| types::shown(details, column, about));
    let mut row = json!({ "type": "object", "properties": shown });
    if let (Some(row), Some(comment)) = (row.as_object_mut(), &described.relation.comment) {
        row.insert("description".to_owned(), comment.as_str().into());
    }
    let mut list = vec![(name.clone(), row)];
    for (verb, what) in [("insert", "new"), ("update", "changed")] {
        let written = columns(described, verb).filter(|(_, about)| !about.is_computed);
        let written: Vec<_> = written.collect();
        if written.is_empty() {
            continue;
        }
        let required: Vec<&str> = written
            .iter()
            .filter(|(column, about)| {
                verb == "insert" && !about.nullable && column.default.is_none()
            })
            .map(|(column, _)| column.name.as_str())
            .collect();
        let properties = properties(written.into_iter(), |column, about| {
            types::written(details, column, about)
        });
        let schema = types::closed_object(&properties, &required);
        list.push((format!("{name}.{what}"), schema));
    }
    list
}

/// The conditions on columns, by their names in the document.
pub fn filters(api: &Api, described: &ApiRelation) -> impl Iterator<Item = (String, Parameter)> {
    filtered(described).map(|(column, about)| {
        let operators = Operators::of(&api.cache.details, about.type_oid);
        let words = match &column.comment {
            Some(comment) => format!("{comment}\n\n{}", operators.words()),
            None => operators.words(),
        };
        let name = common::filter_name(&column.name);
        let parameter = Parameter::query(&name, Some(words), operators.schema());
        (filter_component(described, column), parameter)
    })
}

/// The columns for which the caller has the right.
fn columns<'a>(
    described: &'a ApiRelation,
    verb: &'a str,
) -> impl Iterator<Item = (&'a Column, &'a ColumnDetails)> {
    let details = described.details.iter().copied();
    let all = described.relation.columns.iter().zip(details);
    all.filter(move |(column, _)| described.rights.allow(verb, &column.name))
}

fn filtered<'a>(
    described: &'a ApiRelation,
) -> impl Iterator<Item = (&'a Column, &'a ColumnDetails)> {
    columns(described, "select").filter(|(column, _)| common::can_be_filtered(&column.name))
}

fn properties<'a>(
    columns: impl Iterator<Item = (&'a Column, &'a ColumnDetails)>,
    schema: impl Fn(&Column, &ColumnDetails) -> Value,
) -> Map<String, Value> {
    columns
        .map(|(column, about)| (column.name.clone(), schema(column, about)))
        .collect()
}

fn filter_component(described: &ApiRelation, column: &Column) -> String {
    let names = (component(described.name()), component(&column.name));
    format!("filter.{}.{}", names.0, names.1)
}

fn row(described: &ApiRelation) -> Value {
    json!({ "$ref": format!("#/components/schemas/{}", component(described.name())) })
}

fn operation(described: &ApiRelation, verb: &str) -> Operation {
    let (summary, description) = comment::split(described.relation.comment.as_deref());
    Operation {
        id: format!("{verb}_{}", described.name()),
        tags: [described.name().to_owned()],
        summary,
        description,
        parameters: Vec::new(),
        request_body: None,
        responses: Members::new(),
    }
}

/// Conditions, then others by name.
fn parameters(described: &ApiRelation, others: &[&str]) -> Vec<OrRef<Parameter>> {
    let filters = filtered(described).map(|(column, _)| filter_component(described, column));
    let others = others.iter().map(|name| (*name).to_owned());
    let all = filters.chain(others);
    all.map(|name| OrRef::to("parameters", &name)).collect()
}

/// `select` as the caller must write it: all columns can be had without naming them only by who may
/// read them all.
fn select(described: &ApiRelation) -> OrRef<Parameter> {
    let readable: Vec<&str> = columns(described, "select")
        .map(|(column, _)| column.name.as_str())
        .collect();
    if readable.len() == described.relation.columns.len() {
        return OrRef::to("parameters", "select");
    }
    let words = format!(
        "The columns of the answer, comma-separated. Not every column may be read, so they must be \
         named: {}.",
        readable.join(", ")
    );
    OrRef::Inline(Parameter {
        required: true,
        example: Some(readable.join(",").into()),
        ..Parameter::query("select", Some(words), json!({ "type": "string" }))
    })
}

fn read(api: &Api, described: &ApiRelation) -> Operation {
    let mut parameters = parameters(described, &[]);
    parameters.push(select(described));
    let page = common::PAGE.iter().filter(|name| **name != "select");
    let page = page.chain(&["preferRead"]);
    parameters.extend(page.map(|name| OrRef::to("parameters", name)));
    parameters.extend(common::profile(api.site, api.schema, "Accept-Profile"));
    let content = || common::forms_of_rows(&row(described));
    let mut responses = Members::new();
    responses.insert("200", OrRef::Inline(common::rows("The rows.", content())));
    let part = common::rows("A part of the rows; Content-Range says which.", content());
    responses.insert("206", OrRef::Inline(part));
    common::failing(&mut responses, &["300", "416"]);
    Operation {
        parameters,
        responses,
        ..operation(described, "read")
    }
}

fn insert(api: &Api, described: &ApiRelation) -> Operation {
    let new = format!("{}.new", component(described.name()));
    let new = json!({ "$ref": format!("#/components/schemas/{new}") });
    let one_or_many = json!({ "anyOf": [new, { "type": "array", "items": new }] });
    let others = ["columns", "on_conflict", "select", "preferWrite"];
    Operation {
        parameters: others.map(|name| OrRef::to("parameters", name)).into(),
        request_body: Some(body(one_or_many, new)),
        ..change(api, described, "insert", &["200", "201"])
    }
}

fn upsert(api: &Api, described: &ApiRelation) -> Operation {
    let new = format!("{}.new", component(described.name()));
    let new = json!({ "$ref": format!("#/components/schemas/{new}") });
    let key = described.relation.primary_key.iter().map(|name| {
        let words = "A column of the primary key, with the value that the body has.";
        OrRef::Inline(Parameter {
            required: true,
            ..Parameter::query(
                &common::filter_name(name),
                Some(words.to_owned()),
                json!({ "type": "string", "pattern": "^eq\\..*$" }),
            )
        })
    });
    let others = ["columns", "select", "preferWrite"];
    let others = others.map(|name| OrRef::to("parameters", name));
    Operation {
        parameters: key.chain(others).collect(),
        request_body: Some(body(new.clone(), new)),
        ..change(api, described, "upsert", &["200", "201", "204"])
    }
}

fn update(api: &Api, described: &ApiRelation) -> Operation {
    let changed = format!("{}.changed", component(described.name()));
    let changed = json!({ "$ref": format!("#/components/schemas/{changed}") });
    let others = [
        "and",
        "or",
        "not.and",
        "not.or",
        "columns",
        "select",
        "preferWrite",
    ];
    Operation {
        parameters: parameters(described, &others),
        request_body: Some(body(changed.clone(), changed)),
        ..change(api, described, "update", &["200", "204"])
    }
}

fn delete(api: &Api, described: &ApiRelation) -> Operation {
    let others = ["and", "or", "not.and", "not.or", "select", "preferWrite"];
    Operation {
        parameters: parameters(described, &others),
        ..change(api, described, "delete", &["200", "204"])
    }
}

fn change(api: &Api, described: &ApiRelation, verb: &str, statuses: &[&str]) -> Operation {
    let content = || common::forms_of_rows(&row(described));
    let mut responses = Members::new();
    for status in statuses {
        let response = match *status {
            "200" => common::rows("The rows, with return=representation.", content()),
            "201" => created(content()),
            _ => common::rows("Done.", Members::new()),
        };
        responses.insert(*status, OrRef::Inline(response));
    }
    let more: &[&str] = match verb {
        "delete" => &["300", "409"],
        "upsert" => &["300", "405", "408", "409", "413"],
        _ => &["300", "408", "409", "413"],
    };
    common::failing(&mut responses, more);
    let mut operation = Operation {
        responses,
        ..operation(described, verb)
    };
    operation
        .parameters
        .extend(common::profile(api.site, api.schema, "Content-Profile"));
    operation
}

/// A change of rows that are there, of which each may have a version.
fn of_version(api: &Api, described: &ApiRelation, mut operation: Operation) -> Operation {
    let column = api.site.version_column.as_deref();
    if column.is_some_and(|column| described.relation.column(column).is_some()) {
        operation.parameters.push(common::if_match());
        operation
            .responses
            .insert("412", OrRef::to("responses", "412"));
    }
    operation
}

fn created(content: Members<Content>) -> Response {
    let words = "Created; a body only with return=representation.";
    let mut response = common::rows(words, content);
    response
        .headers
        .insert("Location", OrRef::to("headers", "Location"));
    response
}

/// JSON, or a form of one row; CSV where there may be many.
fn body(json: Value, one: Value) -> RequestBody {
    let mut content = Members::new();
    let is_list = json != one;
    content.insert("application/json", Content { schema: json });
    if is_list {
        let schema =
            json!({ "type": "string", "description": "The first line names the columns." });
        content.insert("text/csv", Content { schema });
    }
    content.insert("application/x-www-form-urlencoded", Content { schema: one });
    RequestBody {
        required: true,
        content,
    }
}
