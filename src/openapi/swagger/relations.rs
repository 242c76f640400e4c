//! Tables and views: paths, definitions, and the parameters that they share.

use super::model::{Operation, Parameter, ParameterRef, PathItem, Response, Schema};
use super::types::{default_of, format_of, items_of, type_of};
use crate::openapi::members::Members;
use crate::openapi::{Api, ApiRelation, comment};
use crate::schema_cache::{Cardinality, Column, ColumnDetails};

/// Every method that a relation may have: those of a view that takes any change are all listed.
pub fn path_item(described: &ApiRelation) -> PathItem {
    let name = described.name();
    let filters: Vec<String> = filter_names(described).collect();
    let with_filters = |others: &[&str]| {
        let filters = filters.iter().map(String::as_str);
        let all = filters.chain(others.iter().copied());
        all.map(ParameterRef::named).collect()
    };
    let get = Operation {
        parameters: with_filters(&[
            "select",
            "order",
            "range",
            "rangeUnit",
            "offset",
            "limit",
            "preferCount",
        ]),
        responses: Members::from_iter([
            ("200".to_owned(), rows(name)),
            ("206".to_owned(), answer("Partial Content")),
        ]),
        ..operation(described)
    };
    let body = format!("body.{name}");
    let takes = described.relation.takes;
    if !(takes.insert || takes.update || takes.delete) {
        return PathItem {
            get: Some(get),
            ..PathItem::default()
        };
    }
    PathItem {
        get: Some(get),
        post: Some(Operation {
            parameters: [body.as_str(), "select", "preferPost"]
                .map(ParameterRef::named)
                .into(),
            responses: Members::from_iter([("201".to_owned(), answer("Created"))]),
            ..operation(described)
        }),
        patch: Some(Operation {
            parameters: with_filters(&[&body, "preferReturn"]),
            responses: Members::from_iter([("204".to_owned(), answer("No Content"))]),
            ..operation(described)
        }),
        delete: Some(Operation {
            parameters: with_filters(&["preferReturn"]),
            responses: Members::from_iter([("204".to_owned(), answer("No Content"))]),
            ..operation(described)
        }),
    }
}

/// A row.
pub fn definition(api: &Api, described: &ApiRelation) -> Schema {
    let columns = columns(described);
    let properties: Members<Schema> = columns
        .map(|(column, details)| {
            let schema = property(api, described, column, details);
            (column.name.clone(), schema)
        })
        .collect();
    let not_null = described.details.iter().filter(|column| !column.nullable);
    Schema {
        description: described.relation.comment.clone(),
        r#type: Some("object"),
        required: not_null.map(|column| column.name.clone()).collect(),
        properties: (!properties.is_empty()).then_some(properties),
        ..Schema::default()
    }
}

/// The parameters that operations on the relation refer to, by their names in the document.
pub fn parameters(described: &ApiRelation) -> impl Iterator<Item = (String, Parameter)> {
    let name = described.name();
    let body = Parameter {
        name: name.to_owned(),
        r#in: "body",
        description: Some(name.to_owned()),
        schema: Some(Schema::reference(name)),
        ..Parameter::default()
    };
    let filters = described.relation.columns.iter().map(|column| Parameter {
        name: column.name.clone(),
        r#in: "query",
        description: column.comment.clone(),
        r#type: Some("string"),
        ..Parameter::default()
    });
    std::iter::once((format!("body.{name}"), body)).chain(filter_names(described).zip(filters))
}

fn filter_names(described: &ApiRelation) -> impl Iterator<Item = String> {
    let name = described.name();
    let columns = described.relation.columns.iter();
    columns.map(move |column| format!("rowFilter.{name}.{}", column.name))
}

fn columns<'a>(
    described: &'a ApiRelation,
) -> impl Iterator<Item = (&'a Column, &'a ColumnDetails)> {
    let details = described.details.iter().copied();
    described.relation.columns.iter().zip(details)
}

fn operation(described: &ApiRelation) -> Operation {
    let (summary, description) = comment::split(described.relation.comment.as_deref());
    Operation {
        tags: [described.name().to_owned()],
        summary,
        description,
        produces: Vec::new(),
        parameters: Vec::new(),
        responses: Members::new(),
    }
}

fn answer(description: &'static str) -> Response {
    Response {
        description,
        schema: None,
    }
}

fn rows(name: &str) -> Response {
    Response {
        description: "OK",
        schema: Some(Schema {
            r#type: Some("array"),
            items: Some(Box::new(Schema::reference(name))),
            ..Schema::default()
        }),
    }
}

fn property(
    api: &Api,
    described: &ApiRelation,
    column: &Column,
    details: &ColumnDetails,
) -> Schema {
    let sql_type = &details.type_name;
    let default = column.default.as_ref();
    Schema {
        description: description(api, described, column),
        r#type: type_of(sql_type),
        format: Some(format_of(sql_type)),
        default: default.and_then(|default| default_of(sql_type, default.as_sql())),
        max_length: details.max_length,
        r#enum: api.cache.details.labels(details.type_oid).to_vec(),
        items: items_of(sql_type),
        ..Schema::default()
    }
}

/// The comment, and a note of the keys that the column belongs to: tools read the tags in it.
fn description(api: &Api, described: &ApiRelation, column: &Column) -> Option<String> {
    let is_primary = described.relation.primary_key.contains(&column.name);
    let primary = is_primary.then(|| "This is a Primary Key.<pk/>".to_owned());
    let foreign = foreign_column(api, described, column).map(|(table, column)| {
        format!(
            "This is a Foreign Key to `{table}.{column}`.<fk table='{table}' column='{column}'/>"
        )
    });
    let notes: Vec<String> = primary.into_iter().chain(foreign).collect();
    if notes.is_empty() {
        return column.comment.clone();
    }
    let note = format!("Note:\n{}", notes.join("\n"));
    Some(match &column.comment {
        Some(comment) => format!("{comment}\n\n{note}"),
        None => note,
    })
}

/// What a column that is a foreign key by itself refers to, a table rather than a view.
fn foreign_column<'a>(
    api: &Api<'a>,
    described: &ApiRelation,
    column: &Column,
) -> Option<(&'a str, &'a str)> {
    let own = &described.relation.name;
    let found = api.cache.relationships(own).iter().filter_map(|other| {
        let (Cardinality::ManyToOne(key)
        | Cardinality::OneToOne {
            key,
            is_parent: false,
        }) = &other.cardinality
        else {
            return None;
        };
        let pair = key.single().filter(|pair| pair.own == column.name)?;
        let is_near = other.foreign_table.schema == own.schema;
        is_near.then_some((other, pair.foreign.as_str()))
    });
    let (other, foreign) = found.min_by_key(|(other, _)| other.foreign_is_view)?;
    Some((&other.foreign_table.name, foreign))
}
