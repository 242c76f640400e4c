//! Rows of other relations within the rows of one.

mod desk;
mod errors;
mod filters;
mod kinds;
mod order;
mod results;
mod rights;
mod spread;
mod views;

use serde_json::Value;

use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

async fn server() -> TestServer {
    Fixture::shared().await.serve().await
}

/// Asserts the answers of several URLs, each given as JSON.
async fn assert_answers(server: &TestServer, cases: impl IntoIterator<Item = (&str, Value)>) {
    for (url, expected) in cases {
        let reply = server.get(url).send().await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text());
        assert_eq!(reply.json(), expected, "{url}");
    }
}
