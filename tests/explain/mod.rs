//! `rowdesk explain`, as a user runs it, and the same over HTTP.

mod desk;
mod http;
mod input;
mod policies;
mod reasons;
mod statements;
mod unsaid;
mod why_empty;

use serde_json::Value;
use tokio::sync::OnceCell;

use crate::harness::fixture::Fixture;
use crate::process::program::{run, text};

const SCHEMA: &str = include_str!("schema.sql");

static SHARED: OnceCell<Fixture> = OnceCell::const_new();

/// The one of the run, for tests that change nothing.
async fn shared() -> &'static Fixture {
    SHARED.get_or_init(own).await
}

async fn own() -> Fixture {
    Fixture::own_with(SCHEMA).await
}

/// Exit code, output and errors of `rowdesk explain` on the fixture.
fn explained(fixture: &Fixture, request: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let (uri, anon) = (fixture.uri(), fixture.role("anon"));
    let admin = fixture.database.uri("postgres");
    let mut arguments = vec![
        "explain",
        request,
        "--db-uri",
        &uri,
        "--db-anon-role",
        &anon,
    ];
    arguments.extend(["--db-schemas", "api", "--admin-db-uri", &admin]);
    arguments.extend(more);
    let output = run(&arguments);
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// The explanation of a request of that role (`user`, `lead`, …), as JSON.
#[track_caller]
fn document(fixture: &Fixture, request: &str, role: &str, more: &[&str]) -> Value {
    let role = fixture.role(role);
    let arguments = [&["--role", &role, "--format", "json"], more].concat();
    let (code, stdout, stderr) = explained(fixture, request, &arguments);
    let document: Value = serde_json::from_str(&stdout)
        .unwrap_or_else(|error| unreachable!("{request}: {error}: {stdout}{stderr}"));
    let is_refused = document.get("refused").is_some();
    assert_eq!(code, Some(i32::from(is_refused)), "{request}: {stdout}");
    assert_eq!(stderr, "", "{request}");
    document
}

/// The names of the policies that bind a relation.
fn names(document: &Value, relation: &str) -> Vec<String> {
    let relations = document["relations"].as_array().expect("relations");
    let found = relations.iter().find(|it| it["name"] == relation);
    let found = found.unwrap_or_else(|| unreachable!("{relation}: {document:#}"));
    let policies = found["policies"].as_array().expect("policies").iter();
    policies
        .map(|policy| policy["name"].as_str().expect("a name").to_owned())
        .collect()
}
