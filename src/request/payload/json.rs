//! JSON bodies: their keys, and of a single object the text of each value.
//!
//! Values stay text. A float that went through a number type would lose digits, and Postgres reads
//! the text anyway.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Payload, RequestError, slip};

/// A JSON object, read one level deep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonObject {
    /// The whole object.
    pub text: String,
    /// Key and JSON text of each value, in the order of the body. Of a key given twice the last
    /// value, as Postgres' `jsonb` has it.
    pub members: Vec<(String, String)>,
}

impl JsonObject {
    pub(super) fn empty() -> Self {
        Self {
            text: "{}".to_owned(),
            members: Vec::new(),
        }
    }
}

/// Deeper than anything that is meant, and far from where Postgres runs out of stack, which it
/// answers as an error of the server.
const MOST_LEVELS: usize = 1_000;

/// The body as text.
pub(super) fn text(body: &[u8]) -> Result<&str, RequestError> {
    let text = str::from_utf8(body).map_err(|_| RequestError::Json { hint: None })?;
    if levels(text) > MOST_LEVELS {
        return Err(RequestError::Body(format!(
            "The JSON is nested more than {MOST_LEVELS} levels deep"
        )));
    }
    Ok(text)
}

/// How deep arrays and objects are nested, if it is JSON.
fn levels(text: &str) -> usize {
    let (mut level, mut deepest) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                level += 1;
                deepest = deepest.max(level);
            }
            b']' | b'}' if !in_string => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

pub(super) fn parse(body: &[u8]) -> Result<Payload, RequestError> {
    let text = text(body)?;
    match text.trim_start().bytes().next() {
        Some(b'{') => {
            let Members(members) = serde_json::from_str(text).map_err(|_| invalid(text))?;
            Ok(Payload::Object(JsonObject {
                text: text.to_owned(),
                members,
            }))
        }
        Some(b'[') => array(text),
        _ => {
            let _: IgnoredAny = serde_json::from_str(text).map_err(|_| invalid(text))?;
            Ok(Payload::Array {
                text: "[]".to_owned(),
                keys: Vec::new(),
            })
        }
    }
}

fn array(text: &str) -> Result<Payload, RequestError> {
    let rows: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| invalid(text))?;
    let mut keys: Option<Vec<String>> = None;
    for row in rows {
        let Ok(Keys(row)) = serde_json::from_str(row.get()) else {
            return Err(differing_keys());
        };
        match &keys {
            None => keys = Some(row),
            Some(keys) if has_same_keys(keys, &row) => {}
            Some(_) => return Err(differing_keys()),
        }
    }
    Ok(Payload::Array {
        text: text.to_owned(),
        keys: keys.unwrap_or_default(),
    })
}

fn has_same_keys(one: &[String], other: &[String]) -> bool {
    // Nearly always in the same order: then no set is needed.
    one == other
        || (one.len() == other.len()
            && one.iter().collect::<HashSet<_>>() == other.iter().collect::<HashSet<_>>())
}

/// A form as the row that a relation gets: every value a string.
pub(super) fn from_form(params: Vec<(String, String)>) -> Payload {
    let texts = params
        .into_iter()
        .map(|(key, value)| (key, serde_json::Value::String(value).to_string()));
    let members = last_of_each_key(texts);
    let pairs: Vec<String> = members
        .iter()
        .map(|(key, value)| format!("{}:{value}", serde_json::Value::String(key.clone())))
        .collect();
    Payload::Object(JsonObject {
        text: format!("{{{}}}", pairs.join(",")),
        members,
    })
}

fn last_of_each_key(members: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut kept: Vec<(String, String)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (key, value) in members {
        if let Some(member) = places.get(&key).and_then(|place| kept.get_mut(*place)) {
            member.1 = value;
        } else {
            places.insert(key.clone(), kept.len());
            kept.push((key, value));
        }
    }
    kept
}

fn invalid(text: &str) -> RequestError {
    RequestError::Json {
        hint: slip::hint(text),
    }
}

fn differing_keys() -> RequestError {
    RequestError::Body("All object keys must match".to_owned())
}

/// Key and JSON text of each member.
struct Members(Vec<(String, String)>);

/// Only the keys, each once.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
                    members.push((key, value.get().to_owned()));
                }
                Ok(Members(last_of_each_key(members.into_iter())))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                let mut seen = HashSet::new();
                while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                    if seen.insert(key.clone()) {
                        keys.push(key);
                    }
                }
                Ok(Keys(keys))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
