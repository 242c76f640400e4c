//! The description of the API: what it says, to whom, and that it is true.

mod rights;
mod root;
mod schemathesis;
mod swagger;

use rowdesk::config::Config;
use serde_json::{Value, json};

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

/// The fixture with a schema `zoo` beside the others.
async fn zoo() -> Fixture {
    let fixture = Fixture::own().await;
    let prefix = format!("{}_", fixture.database.name());
    let script = include_str!("zoo.sql").replace("web_", &prefix);
    execute(&fixture.admin().await, &script).await;
    fixture
}

async fn serve(fixture: &Fixture, change: impl FnOnce(&mut Config)) -> TestServer {
    fixture
        .serve_with(|config| {
            config.db_schemas = vec!["zoo".to_owned(), "api".to_owned()];
            change(config);
        })
        .await
}

/// The description for the anonymous role.
async fn of_anonymous(server: &TestServer) -> Value {
    server.get("/").send().await.ok()
}

/// The description for the user role.
async fn of_user(server: &TestServer, fixture: &Fixture) -> Value {
    let token = fixture.user(json!({}));
    server.get("/").token(&token).send().await.ok()
}

fn paths(document: &Value) -> Vec<&str> {
    let paths = document["paths"].as_object().unwrap();
    paths.keys().map(String::as_str).collect()
}
