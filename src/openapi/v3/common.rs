//! What operations share: parameters, headers, and the answers of requests that fail.

use serde_json::{Value, json};

use super::model::{Content, OrRef, Parameter, Response};
use crate::openapi::Site;
use crate::openapi::members::Members;

/// Parameters of a page, by their names in the document.
pub const PAGE: [&str; 9] = [
    "select", "order", "limit", "offset", "and", "or", "not.and", "not.or", "range",
];

/// Query parameters that are no conditions, whatever columns there are.
const RESERVED: [&str; 9] = [
    "select",
    "columns",
    "order",
    "limit",
    "offset",
    "on_conflict",
    "and",
    "or",
    "not",
];

/// Whether a condition on such a column can stand in the query string.
pub fn can_be_filtered(column: &str) -> bool {
    !RESERVED.contains(&column)
}

/// The name of a condition: quoted, where the grammar would read more in it.
pub fn filter_name(column: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_ -$".contains(c);
    if column.chars().all(is_plain) && !column.contains("->") {
        return column.to_owned();
    }
    format!("\"{}\"", column.replace('\\', "\\\\").replace('"', "\\\""))
}

pub fn parameters() -> Members<Parameter> {
    let text = || json!({ "type": "string" });
    let query = |name: &str, words: &str| Parameter::query(name, Some(words.to_owned()), text());
    // An empty list of columns is refused.
    let columns = |name: &str, words: &str| {
        let schema = json!({ "type": "string", "minLength": 1 });
        Parameter::query(name, Some(words.to_owned()), schema)
    };
    let page = |name: &str, words: &str, least: Option<u8>| {
        let mut schema = json!({ "type": "integer" });
        if let Some(least) = least {
            schema["minimum"] = least.into();
        }
        Parameter::query(name, Some(words.to_owned()), schema)
    };
    let tree = |name: &str, words: &str| {
        let words = format!("{words} Such as (a.eq.1,b.is.null).");
        let schema = json!({
            "type": "array",
            "items": { "type": "string", "pattern": "^\\(.+\\)$" },
        });
        Parameter::query(name, Some(words), schema)
    };
    let prefer = |words: &str, example: &str| Parameter {
        example: Some(example.into()),
        ..Parameter::header("Prefer", words, text())
    };
    Members::from_iter(
        [
            (
                "select",
                query(
                    "select",
                    "The columns of the answer, comma-separated: column, alias:column, column::type, \
                     column->>key, relation(columns). Everything without it.",
                ),
            ),
            (
                "order",
                columns(
                    "order",
                    "Columns to sort by, comma-separated, each with .asc or .desc, then .nullsfirst or \
                     .nullslast.",
                ),
            ),
            ("limit", page("limit", "The most rows of the answer.", Some(0))),
            ("offset", page("offset", "Rows to leave out at the beginning; none where it is negative.", None)),
            ("and", tree("and", "Conditions that must all hold.")),
            ("or", tree("or", "Conditions of which one must hold.")),
            ("not.and", tree("not.and", "Conditions of which one must not hold.")),
            ("not.or", tree("not.or", "Conditions of which none may hold.")),
            (
                "range",
                Parameter::header(
                    "Range",
                    "The first and the last row, counted from 0: another way to say offset and limit.",
                    json!({ "type": "string", "pattern": "^[0-9]+-[0-9]*$" }),
                ),
            ),
            (
                "columns",
                columns(
                    "columns",
                    "The columns that are written, comma-separated; the body may have more.",
                ),
            ),
            (
                "on_conflict",
                columns(
                    "on_conflict",
                    "Columns of a unique key by which Prefer: resolution=… finds existing rows; the \
                     primary key without it.",
                ),
            ),
            (
                "preferRead",
                prefer(
                    "Preferences, comma-separated: count=exact, count=planned or count=estimated (the \
                     total in Content-Range), timezone=…, handling=strict.",
                    "count=exact",
                ),
            ),
            (
                "preferWrite",
                prefer(
                    "Preferences, comma-separated: return=representation (the rows), \
                     return=headers-only, return=minimal (nothing, as without it), \
                     resolution=merge-duplicates or resolution=ignore-duplicates (POST), \
                     missing=default, count=exact, max-affected=…, timezone=…, handling=strict.",
                    "return=representation",
                ),
            ),
        ]
        .map(|(name, parameter)| (name.to_owned(), parameter)),
    )
}

/// The header that says which version of a row a change is of.
pub fn if_match() -> OrRef<Parameter> {
    OrRef::Inline(Parameter::header(
        "If-Match",
        "The ETag of the row as it was read: nothing changes if it is another version by now.",
        json!({ "type": "string", "pattern": "^(\\*|\"[!#-~]*\")$" }),
    ))
}

/// The header that says which schema is meant, where several are exposed.
pub fn profile(site: &Site, schema: &str, name: &str) -> Option<OrRef<Parameter>> {
    let is_default = site.schemas.first().is_some_and(|first| first == schema);
    (site.schemas.len() > 1).then(|| {
        OrRef::Inline(Parameter {
            required: !is_default,
            ..Parameter::header(
                name,
                "The schema that is meant.",
                json!({ "type": "string", "enum": [schema] }),
            )
        })
    })
}

pub fn headers() -> Members<Value> {
    let header = |words: &str| json!({ "description": words, "schema": { "type": "string" } });
    Members::from_iter([
        (
            "ContentRange".to_owned(),
            header(
                "The first and the last row, and the total, * where it was not counted: 0-24/573.",
            ),
        ),
        (
            "PreferenceApplied".to_owned(),
            header("The preferences that were heeded."),
        ),
        (
            "Location".to_owned(),
            header("Where the new row is; only with return=headers-only."),
        ),
    ])
}

/// A failed request, as every one is answered.
pub fn error_schema() -> Value {
    json!({
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {
                "type": "string",
                "description": "A code of the server (PGRST…, RD…) or an SQLSTATE of the database.",
            },
            "message": { "type": "string" },
            "details": { "description": "What was found: text, or an object or a list." },
            "hint": { "type": ["string", "null"], "description": "What to write instead." },
        },
    })
}

/// Every failure that an operation may refer to.
pub fn failures() -> Members<Response> {
    let list = [
        (
            "300",
            "Several relationships or functions fit: say which one is meant.",
        ),
        (
            "400",
            "The request cannot be understood, or a value is refused.",
        ),
        (
            "401",
            "No token, or one that is not accepted; or nobody may do this without one.",
        ),
        ("403", "The role of the token may not do this."),
        ("404", "There is no such relation, function or operator."),
        (
            "405",
            "The method does not fit: a function that changes something was asked by GET, or a PUT \
                 does not name exactly one row.",
        ),
        (
            "406",
            "None of the accepted media types can be answered, or not exactly one row was found where \
                 one was asked for.",
        ),
        ("408", "The body came too slowly."),
        ("409", "The change contradicts a key."),
        (
            "412",
            "The row is another version by now. ETag is that, and details the row as it is.",
        ),
        ("413", "The body is too large."),
        ("414", "The URL is too long."),
        ("416", "The page begins behind the last row."),
        (
            "5XX",
            "The server or the database failed, or has no connection free.",
        ),
    ];
    let content = || {
        Members::from_iter([(
            "application/json".to_owned(),
            Content {
                schema: json!({ "$ref": "#/components/schemas/Error" }),
            },
        )])
    };
    let response = |description| Response {
        description,
        content: content(),
        ..Response::default()
    };
    let list = list.map(|(status, words)| (status.to_owned(), response(words)));
    Members::from_iter(list)
}

/// The failures with these statuses, beside those of every request.
pub fn failing(responses: &mut Members<OrRef<Response>>, more: &[&str]) {
    let all = ["400", "401", "403", "404", "406", "414", "5XX"];
    let mut statuses: Vec<&str> = all.iter().chain(more).copied().collect();
    statuses.sort_unstable();
    for status in statuses {
        responses.insert(status, OrRef::to("responses", status));
    }
}

/// An answer with rows.
pub fn rows(description: &'static str, content: Members<Content>) -> Response {
    let header = |name: &str, component: &str| (name.to_owned(), OrRef::to("headers", component));
    Response {
        description,
        headers: Members::from_iter([
            header("Content-Range", "ContentRange"),
            header("Preference-Applied", "PreferenceApplied"),
        ]),
        content,
    }
}

/// A list of rows as JSON and CSV, one row as an object.
pub fn forms_of_rows(row: &Value) -> Members<Content> {
    let stripped = ";nulls=stripped";
    let (array, object) = ("application/vnd.pgrst.array+json", OBJECT);
    let list = json!({ "type": "array", "items": row });
    let content = |name: String, schema: &Value| {
        let schema = schema.clone();
        (name, Content { schema })
    };
    Members::from_iter([
        content("application/json".to_owned(), &list),
        content(format!("{array}{stripped}"), &list),
        content(object.to_owned(), row),
        content(format!("{object}{stripped}"), row),
        content("text/csv".to_owned(), &json!({ "type": "string" })),
    ])
}

pub const OBJECT: &str = "application/vnd.pgrst.object+json";
