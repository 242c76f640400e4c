//! A client's data as one document, and a client that is erased.

mod export;
mod figures;
mod later;
mod races;
pub mod reach;
mod sessions;
pub mod traces;

use serde_json::json;

use crate::harness::http::Reply;
use crate::harness::server::{TestServer, token};

/// A token of an admin.
fn admin() -> String {
    token("desk_admin", json!({ "team_member_id": 1 }))
}

async fn export(server: &TestServer, token: &str, client: i32) -> Reply {
    let url = format!("/rpc/export_client?client={client}");
    server.get(&url).token(token).send().await
}

async fn erase(server: &TestServer, token: &str, client: i32) -> Reply {
    let call = server.post("/rpc/erase_client").token(token);
    call.json(&json!({ "client": client })).send().await
}
