//! One question, and all that can be seen of its answer.

use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::worlds::World;
use crate::harness::http::Reply;

/// A request that can be sent to both worlds.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Value>,
    /// False for plans: their estimates depend on all rows, as they do in Postgres. Marks are looked for all
    /// the same.
    pub compares: bool,
}

impl Ask {
    pub fn new(method: &'static str, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            body: None,
            compares: true,
        }
    }

    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn prefer(self, value: &str) -> Self {
        self.header("prefer", value)
    }

    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub fn estimated(mut self) -> Self {
        self.compares = false;
        self
    }

    /// Everything that whoever asks has said themselves.
    pub fn said(&self) -> String {
        let decoded = percent_encoding::percent_decode_str(&self.url).decode_utf8_lossy();
        let body = self.body.as_ref().map(Value::to_string);
        format!("{decoded} {:?} {}", self.headers, body.unwrap_or_default())
    }

    pub async fn send(&self, world: &World, token: Option<&str>) -> Answer {
        let mut call = world.server.call(self.method, &self.url);
        if let Some(token) = token {
            call = call.token(token);
        }
        for (name, value) in &self.headers {
            call = call.header(name, value);
        }
        if let Some(body) = &self.body {
            call = call.json(body);
        }
        Answer::of(&call.send().await)
    }
}

/// Status line, headers and body, without the clock and without the order of rows, which nobody asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub text: String,
}

impl Answer {
    fn of(reply: &Reply) -> Self {
        let mut lines: Vec<_> = reply
            .headers
            .iter()
            .filter(|(name, _)| !["date", "content-length"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        lines.sort();
        let body = if let Ok(json) = serde_json::from_slice(&reply.body) {
            timeless(json).to_string()
        } else {
            let text = String::from_utf8_lossy(&reply.body);
            let mut lines: Vec<_> = text.lines().collect();
            lines.sort_unstable();
            lines.join("\n")
        };
        Self {
            status: reply.status.as_u16(),
            text: format!("{}\n{}\n\n{body}", reply.status, lines.join("\n")),
        }
    }
}

/// Without the times of the last minutes, which are those of writing, and with rows in an order of their own.
fn timeless(json: Value) -> Value {
    match json {
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(time) if time > Timestamp::now() - 10.minutes() => "now".into(),
            _ => Value::String(text),
        },
        Value::Array(values) => {
            let mut values: Vec<_> = values.into_iter().map(timeless).collect();
            values.sort_by_cached_key(Value::to_string);
            Value::Array(values)
        }
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key, timeless(value)))
            .collect(),
        other => other,
    }
}
