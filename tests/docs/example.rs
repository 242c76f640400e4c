//! One request of the documentation.

use std::collections::HashMap;

use serde_json::Value;

use crate::harness::http::Reply;
use crate::harness::server::TestServer;

/// As written, with its variables.
#[derive(Debug, Default)]
pub struct Example {
    pub title: String,
    /// By which later requests refer to its answer.
    pub name: Option<String>,
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// What the page promises; 200 if it says nothing.
    pub status: Option<u16>,
    /// The first line of the answer that the page shows; may be empty or cut short by `…`.
    pub answer: String,
}

impl Example {
    pub fn header(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
        self.headers
            .push((name.to_owned(), value.trim().to_owned()));
    }

    /// Sends it, and asserts the status and the shape of the answer that the page shows.
    pub async fn run(&self, server: &TestServer, variables: &HashMap<String, String>) -> Reply {
        let text = |text: &str| filled(text, variables);
        let url = text(&self.url);
        let path = url.strip_prefix(&server.base);
        let path = path.unwrap_or_else(|| panic!("{}: {url} is of another server", self.title));
        // This client refuses what curl sends as it is.
        let path = path.replace('>', "%3E");
        let mut call = server.call(method(&self.method), &path);
        for (name, value) in &self.headers {
            call = call.header(name, &text(value));
        }
        if !self.body.is_empty() {
            let is_typed = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type");
            assert!(self.headers.iter().any(is_typed), "{}: no type", self.title);
            call = call.bytes(text(&self.body));
        }
        let reply = call.send().await;
        let promised = self.status.unwrap_or(200);
        assert_eq!(reply.status, promised, "{}: {}", self.title, reply.text());
        if self.answer.starts_with(['[', '{']) {
            let (shown, got) = (keys(&self.answer), names(&reply.json()));
            assert!(
                shown.iter().all(|key| got.contains(key)) && !shown.is_empty(),
                "{}: the page shows {shown:?}, the answer has {got:?}",
                self.title
            );
        }
        reply
    }
}

fn method(name: &str) -> &'static str {
    [
        "GET", "HEAD", "QUERY", "POST", "PATCH", "PUT", "DELETE", "OPTIONS",
    ]
    .into_iter()
    .find(|known| *known == name)
    .unwrap_or_else(|| panic!("no method {name}"))
}

/// `{{name}}` and `$NAME` replaced; a name in braces that is unknown fails.
fn filled(text: &str, variables: &HashMap<String, String>) -> String {
    let mut text = text.to_owned();
    for (name, value) in variables {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
        text = text.replace(&format!("${name}"), value);
    }
    assert!(!text.contains("{{"), "a variable without a value: {text}");
    text
}

/// The keys that an answer shows, also one that is cut short.
fn keys(answer: &str) -> Vec<String> {
    let quoted: Vec<&str> = answer.split('"').collect();
    let pairs = quoted.windows(2).skip(1).step_by(2);
    pairs
        .filter(|pair| matches!(pair, [_, after] if after.starts_with(':')))
        .map(|pair| {
            pair.concat()
                .split(':')
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

/// Every key at any depth.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(names).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, value)| std::iter::once(key.clone()).chain(names(value)))
            .collect(),
        _ => Vec::new(),
    }
}
