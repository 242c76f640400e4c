//! The body: what is written, or the arguments of a call (PostgREST, `functions.rst`, "Calling
//! with POST"; `tables_views.rst`, "Insert").

mod csv;
mod json;
mod slip;

use std::collections::HashSet;

use bytes::Bytes;

use super::{Action, Mutation, RequestError, media_type::MediaType};

pub use json::JsonObject;

/// A body that its content type describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// One JSON object. An empty body of a call is the empty object.
    Object(JsonObject),
    /// A JSON array of objects that all have these keys. CSV becomes one, too; a body that is
    /// neither object nor array counts as the empty array, as in PostgREST.
    Array { text: String, keys: Vec<String> },
    /// JSON that was not looked into, because `columns` says which keys count.
    Unread(String),
    /// A form, as arguments of a call.
    Form(Vec<(String, String)>),
    /// Text, XML or bytes, for a function with a single unnamed parameter.
    Raw(Bytes),
}

impl Payload {
    /// The names of the columns or arguments, in the order of the body, each once.
    #[must_use]
    pub fn keys(&self) -> Vec<&str> {
        match self {
            Self::Object(object) => object.members.iter().map(|(key, _)| key.as_str()).collect(),
            Self::Array { keys, .. } => keys.iter().map(String::as_str).collect(),
            Self::Form(params) => {
                let mut seen = HashSet::new();
                let keys = params.iter().map(|(key, _)| key.as_str());
                keys.filter(|key| seen.insert(*key)).collect()
            }
            Self::Unread(_) | Self::Raw(_) => Vec::new(),
        }
    }
}

/// Each field costs far more memory than the three bytes it may have on the wire.
const MOST_FIELDS: usize = 10_000;

/// The body of a request that has one: a mutation that is no DELETE, or a call by POST.
pub(super) fn parse(
    body: &Bytes,
    content_type: &MediaType,
    action: Action,
    columns: Option<&[String]>,
) -> Result<Option<Payload>, RequestError> {
    let is_call = match action {
        Action::Call { safe: false, .. } => true,
        Action::Mutate(Mutation::Create | Mutation::Update | Mutation::Upsert) => false,
        _ => return Ok(None),
    };
    let skips_reading = columns.is_some() && action != Action::Mutate(Mutation::Upsert);
    let payload = match content_type {
        MediaType::Json if skips_reading => Payload::Unread(json::text(body)?.to_owned()),
        MediaType::Json if body.is_empty() && is_call => Payload::Object(JsonObject::empty()),
        MediaType::Json => json::parse(body)?,
        MediaType::Csv => csv::parse(body)?,
        MediaType::UrlEncoded if is_call => Payload::Form(form(body)?),
        MediaType::UrlEncoded => json::from_form(form(body)?),
        MediaType::TextPlain | MediaType::TextXml | MediaType::OctetStream if is_call => {
            Payload::Raw(body.clone())
        }
        other => {
            return Err(RequestError::Body(format!(
                "Content-Type not acceptable: {other}"
            )));
        }
    };
    Ok(Some(payload))
}

/// `a=5&b=x+y`: a key without `=` has the empty value.
fn form(body: &[u8]) -> Result<Vec<(String, String)>, RequestError> {
    let body = str::from_utf8(body).ok();
    let params = body.and_then(super::query_string::decode::pairs);
    let params = params.ok_or_else(|| RequestError::Body("Form is not valid UTF-8".to_owned()))?;
    if params.len() > MOST_FIELDS {
        return Err(RequestError::Body(format!(
            "Form has more than {MOST_FIELDS} fields"
        )));
    }
    Ok(params
        .into_iter()
        .map(|(key, value)| (key, value.unwrap_or_default()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Action = Action::Call {
        head: false,
        safe: false,
    };
    const CREATE: Action = Action::Mutate(Mutation::Create);

    fn read(body: &str, content_type: &str, action: Action) -> Result<Payload, String> {
        let body = Bytes::copy_from_slice(body.as_bytes());
        match parse(&body, &MediaType::parse(content_type), action, None) {
            Ok(payload) => Ok(payload.expect("the action has a body")),
            Err(error) => Err(error.to_string()),
        }
    }

    fn object(members: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        members.iter().map(owned).collect()
    }

    #[test]
    fn a_call_keeps_order_and_text_of_its_arguments() {
        let body = r#"{"z": 1.50, "a": {"x" : [1, 2]}, "b": "\u00e9\n"}"#;
        let Ok(Payload::Object(read)) = read(body, "application/json", CALL) else {
            panic!("not an object");
        };
        assert_eq!(read.text, body);
        assert_eq!(
            read.members,
            object(&[
                ("z", "1.50"),
                ("a", r#"{"x" : [1, 2]}"#),
                ("b", r#""\u00e9\n""#)
            ])
        );
    }

    #[test]
    fn of_a_repeated_key_the_last_value_counts() {
        let Ok(Payload::Object(read)) = read(r#"{"a":1,"b":2,"a":3}"#, "application/json", CALL)
        else {
            panic!("not an object");
        };
        assert_eq!(read.members, object(&[("a", "3"), ("b", "2")]));
    }

    #[test]
    fn an_empty_call_has_no_arguments() {
        assert_eq!(
            read("", "application/json", CALL),
            Ok(Payload::Object(JsonObject::empty()))
        );
        let refused = Err("Empty or invalid json".to_owned());
        assert_eq!(read("", "application/json", CREATE), refused);
    }

    #[test]
    fn arrays_need_the_same_keys() {
        let array = |text: &str, keys: &[&str]| {
            Ok(Payload::Array {
                text: text.to_owned(),
                keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            })
        };
        let differ = Err("All object keys must match".to_owned());
        let invalid = Err("Empty or invalid json".to_owned());
        for (body, expected) in [
            (
                r#"[{"a":1,"b":2},{"b":3,"a":4}]"#,
                array(r#"[{"a":1,"b":2},{"b":3,"a":4}]"#, &["a", "b"]),
            ),
            ("[]", array("[]", &[])),
            ("null", array("[]", &[])),
            ("\"text\"", array("[]", &[])),
            (r#"[{"a":1},{"b":1}]"#, differ.clone()),
            (r#"[{"a":1},{"a":1,"b":1}]"#, differ.clone()),
            (r#"[{"a":1},5]"#, differ.clone()),
            ("[5]", differ),
            ("}{ x = 2", invalid.clone()),
            (r#"{"a":1"#, invalid.clone()),
            (r#"{"a":1} x"#, invalid.clone()),
            (r#"{"a":nope}"#, invalid),
        ] {
            assert_eq!(read(body, "application/json", CREATE), expected, "{body}");
        }
    }

    #[test]
    fn a_deeply_nested_body_does_not_overflow_the_stack() {
        let deep = "[".repeat(100_000);
        assert!(read(&deep, "application/json", CALL).is_err());
        let deep = format!("{{\"a\":{deep}}}");
        assert!(read(&deep, "application/json", CALL).is_err());
    }

    #[test]
    fn a_body_may_be_nested_so_deep_and_no_deeper() {
        let nested = |levels| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&nested(999), "application/json", CALL).is_ok());
        assert_eq!(
            read(&nested(1_000), "application/json", CALL),
            Err("The JSON is nested more than 1000 levels deep".to_owned())
        );
        let text = format!("{{\"a\":\"\\\"{}\"}}", "[".repeat(5_000));
        assert!(
            read(&text, "application/json", CALL).is_ok(),
            "inside a text"
        );
    }

    #[test]
    fn forms_are_arguments_or_a_row() {
        let form = "a=5&b=x+y%26&c&a=6";
        let media_type = "application/x-www-form-urlencoded";
        assert_eq!(
            read(form, media_type, CALL),
            Ok(Payload::Form(object(&[
                ("a", "5"),
                ("b", "x y&"),
                ("c", ""),
                ("a", "6")
            ])))
        );
        let Ok(Payload::Object(row)) = read(form, media_type, CREATE) else {
            panic!("not an object");
        };
        assert_eq!(row.text, r#"{"a":"6","b":"x y&","c":""}"#);
    }

    #[test]
    fn csv_is_an_array() {
        let Ok(Payload::Array { text, keys }) =
            read("a,b\r\n1,\"x, \"\"y\"\"\"\nNULL,", "text/csv", CREATE)
        else {
            panic!("not an array");
        };
        assert_eq!(text, r#"[{"a":"1","b":"x, \"y\""},{"a":null,"b":""}]"#);
        assert_eq!(keys, ["a", "b"]);
        assert_eq!(
            read("a,b\nfoo,bar\nbaz", "text/csv", CREATE),
            Err("All lines must have same number of fields".to_owned())
        );
    }

    #[test]
    fn raw_bodies_are_for_calls() {
        let raw = Payload::Raw(Bytes::from_static(b"hello"));
        assert_eq!(read("hello", "text/plain", CALL), Ok(raw));
        for (content_type, action) in [("text/plain", CREATE), ("image/png", CALL)] {
            assert_eq!(
                read("hello", content_type, action),
                Err(format!("Content-Type not acceptable: {content_type}"))
            );
        }
    }

    #[test]
    fn reading_requests_have_no_body() {
        for action in [
            Action::Read { head: false },
            Action::Call {
                head: false,
                safe: true,
            },
            Action::Mutate(Mutation::Delete),
        ] {
            let body = Bytes::from_static(b"{}");
            assert_eq!(parse(&body, &MediaType::Json, action, None), Ok(None));
        }
    }
}
