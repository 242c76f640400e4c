//! The contract between SQL and the server (filters.md): what the catalog says is what a URL may say.

mod bodies;
mod catalog;
mod operators;
mod own_types;
mod results;
mod values;

use serde_json::{Value, json};

use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, desk, serve};
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

/// A GET as an agent.
async fn get(server: &TestServer, url: &str) -> Reply {
    server.get(url).token(&agent()).send().await
}

/// A served desk. The database lives as long as the pair.
async fn served() -> (TestDb, TestServer) {
    let database = desk().await;
    let server = serve(&database).await;
    (database, server)
}

/// A refusal in full.
#[track_caller]
fn assert_refused(reply: &Reply, code: &str, message: &str, details: &Value, hint: &str) {
    let error = reply.refused(400, code);
    let expected = json!({ "code": code, "message": message, "details": details, "hint": hint });
    assert_eq!(error, expected);
}
