//! Rows of other relations within the rows of one.

mod chains;
mod computed;
mod desk;
mod errors;
mod filters;
mod kinds;
mod order;
mod results;
mod rights;
mod spread;
mod views;

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

async fn server() -> TestServer {
    Fixture::shared().await.serve().await
}

/// The fixture with more ways from one relation to another.
async fn related() -> &'static Fixture {
    static RELATED: OnceCell<Fixture> = OnceCell::const_new();
    let script = include_str!("../fixtures/related.sql");
    RELATED.get_or_init(|| Fixture::own_with(script)).await
}

/// Asserts the answers to a user, who may read every column.
async fn assert_user_reads(cases: impl IntoIterator<Item = (&str, Value)>) {
    let fixture = related().await;
    let schemas = vec!["api".to_owned(), "other".to_owned()];
    let server = fixture
        .serve_with(|config| config.db_schemas = schemas)
        .await;
    let user = fixture.user(json!({}));
    for (url, expected) in cases {
        let reply = server.get(url).token(&user).send().await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text());
        assert_eq!(reply.json(), expected, "{url}");
    }
}

/// Asserts the answers of several URLs, each given as JSON.
async fn assert_answers(server: &TestServer, cases: impl IntoIterator<Item = (&str, Value)>) {
    for (url, expected) in cases {
        let reply = server.get(url).send().await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text());
        assert_eq!(reply.json(), expected, "{url}");
    }
}
