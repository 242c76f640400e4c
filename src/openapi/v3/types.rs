//! Types of Postgres as JSON Schema: what they are in answers, and in bodies that are written with care.

use serde_json::{Map, Value, json};

use crate::schema_cache::{Column, ColumnDetails, Details, TypeKind};

/// Composites within composites are described so deep.
const DEPTH: u8 = 8;

/// A value of the type, null left aside.
pub fn schema_of(details: &Details, oid: i64) -> Value {
    at_depth(details, oid, DEPTH)
}

/// A column's value in an answer. What a function makes of it may be any JSON.
pub fn shown(details: &Details, column: &Column, about: &ColumnDetails) -> Value {
    of_column(details, column, about, column.shown().is_some())
}

/// A column's value in a body.
pub fn written(details: &Details, column: &Column, about: &ColumnDetails) -> Value {
    of_column(details, column, about, column.from_json().is_some())
}

/// An object with these members and no others.
pub fn closed_object(properties: &Map<String, Value>, required: &[&str]) -> Value {
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    // An empty list is not allowed in every version of JSON Schema.
    if let (Some(schema), false) = (schema.as_object_mut(), required.is_empty()) {
        schema.insert("required".to_owned(), required.into());
    }
    schema
}

fn of_column(
    details: &Details,
    column: &Column,
    about: &ColumnDetails,
    is_any_json: bool,
) -> Value {
    let schema = if is_any_json {
        json!({})
    } else {
        with_length(schema_of(details, about.type_oid), about)
    };
    let schema = if about.nullable {
        nullable(schema)
    } else {
        schema
    };
    described(schema, column.comment.as_deref())
}

/// The value or null.
pub fn nullable(mut schema: Value) -> Value {
    let Some(object) = schema.as_object_mut() else {
        return schema;
    };
    match object.get_mut("type") {
        Some(Value::Array(types)) => types.push("null".into()),
        Some(of_one) => *of_one = json!([of_one.take(), "null"]),
        // Nothing is said: null is allowed already.
        None => {}
    }
    if let Some(Value::Array(labels)) = object.get_mut("enum") {
        labels.push(Value::Null);
    }
    schema
}

/// The same with a description.
pub fn described(mut schema: Value, description: Option<&str>) -> Value {
    if let (Some(object), Some(text)) = (schema.as_object_mut(), description) {
        object.insert("description".to_owned(), text.into());
    }
    schema
}

fn with_length(mut schema: Value, about: &ColumnDetails) -> Value {
    if let (Some(object), Some(length)) = (schema.as_object_mut(), about.max_length) {
        object.insert("maxLength".to_owned(), length.into());
    }
    schema
}

fn at_depth(details: &Details, oid: i64, depth: u8) -> Value {
    let Some(base) = details.base(oid) else {
        return json!({});
    };
    if depth == 0 {
        return json!({});
    }
    match &base.kind {
        TypeKind::Enum(labels) => json!({ "type": "string", "enum": labels }),
        TypeKind::Array(element) => json!({
            "type": "array",
            "items": nullable(at_depth(details, *element, depth - 1)),
        }),
        TypeKind::Composite(members) => {
            let properties: Map<String, Value> = members
                .iter()
                .map(|member| {
                    let schema = at_depth(details, member.type_oid, depth - 1);
                    (member.name.clone(), nullable(schema))
                })
                .collect();
            json!({ "type": "object", "properties": properties })
        }
        TypeKind::Row => json!({ "type": "object" }),
        // `base` has gone through all domains.
        TypeKind::Plain | TypeKind::Domain(_) => plain(&base.name),
    }
}

fn plain(name: &str) -> Value {
    match name {
        "boolean" => json!({ "type": "boolean" }),
        "smallint" => json!({ "type": "integer", "minimum": i16::MIN, "maximum": i16::MAX }),
        "integer" | "oid" => json!({ "type": "integer", "format": "int32" }),
        "bigint" => json!({ "type": "integer", "format": "int64" }),
        // What is no number in JSON is a string; the pattern binds strings alone.
        "real" | "double precision" | "numeric" => json!({
            "type": ["number", "string"],
            "pattern": "^(NaN|-?Infinity)$",
        }),
        "json" | "jsonb" => json!({}),
        "uuid" => json!({ "type": "string", "format": "uuid" }),
        "date" => json!({ "type": "string", "format": "date" }),
        "timestamp with time zone" => json!({ "type": "string", "format": "date-time" }),
        "record" => json!({ "type": "object" }),
        "void" => json!({ "type": "null" }),
        // Other types of Postgres are text. Of those of extensions nothing is known: they may have a
        // cast to JSON.
        other if other.contains('.') || other.starts_with("any") => json!({}),
        _ => json!({ "type": "string" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema_cache::{Member, TypeDetails};

    fn details() -> Details {
        let mut details = Details::default();
        let member = |name: &str, type_oid| Member {
            name: name.to_owned(),
            type_oid,
        };
        for (oid, name, kind) in [
            (1, "integer", TypeKind::Plain),
            (2, "api.size", TypeKind::Enum(vec!["s".into(), "l".into()])),
            (3, "api.size[]", TypeKind::Array(2)),
            (4, "api.rank", TypeKind::Domain(1)),
            (
                5,
                "api.tree",
                TypeKind::Composite(vec![member("rank", 4), member("below", 5)]),
            ),
            (6, "api.geometry", TypeKind::Plain),
            (7, "int4range", TypeKind::Plain),
        ] {
            let about = TypeDetails {
                name: name.to_owned(),
                comment: None,
                kind,
            };
            details.types.insert(oid, about);
        }
        details
    }

    #[test]
    fn types_are_described_as_their_json() {
        let details = details();
        for (oid, expected) in [
            (1, json!({ "type": "integer", "format": "int32" })),
            (4, json!({ "type": "integer", "format": "int32" })),
            (2, json!({ "type": "string", "enum": ["s", "l"] })),
            (
                3,
                json!({
                    "type": "array",
                    "items": { "type": ["string", "null"], "enum": ["s", "l", null] },
                }),
            ),
            (6, json!({})),
            (7, json!({ "type": "string" })),
            (99, json!({})),
        ] {
            assert_eq!(schema_of(&details, oid), expected, "{oid}");
        }
    }

    #[test]
    fn a_type_within_itself_comes_to_an_end() {
        let tree = schema_of(&details(), 5);
        assert_eq!(
            tree["properties"]["below"]["properties"]["rank"]["type"],
            json!(["integer", "null"])
        );
    }
}
