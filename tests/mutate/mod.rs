//! Changes of relations over HTTP: PostgREST's answers, and what is in the database afterwards.

mod bodies;
mod constraints;
mod delete;
mod embeds;
mod endings;
mod insert;
mod once;
mod options;
mod paths;
mod rights;
mod round_trip;
mod strictness;
mod update;
mod upsert;
mod views;

use serde_json::{Value, json};

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::{Call, Reply};
use crate::harness::server::TestServer;

const OBJECT: &str = "application/vnd.pgrst.object+json";

/// A server over a fixture of its own, and somebody who may write there.
struct Writer {
    fixture: Fixture,
    server: TestServer,
    user: String,
}

impl Writer {
    async fn new() -> Self {
        let fixture = Fixture::own().await;
        let server = fixture.serve().await;
        let user = fixture.user(json!({"name": "ann"}));
        Self {
            fixture,
            server,
            user,
        }
    }

    /// With things 1 to 5, of amounts 10 to 50.
    async fn with_things() -> Self {
        let writer = Self::new().await;
        let admin = writer.fixture.admin().await;
        execute(&admin, "alter table api.thing alter id restart with 100").await;
        let things: Vec<Value> = (1..=5)
            .map(|id| json!({"id": id, "name": format!("thing {id}"), "amount": id * 10}))
            .collect();
        let reply = writer.send("POST", "/thing", "", &json!(things)).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        writer
    }

    fn call(&self, method: &'static str, url: &str, prefer: &str) -> Call {
        let call = self.server.call(method, url).token(&self.user);
        if prefer.is_empty() {
            call
        } else {
            call.header("prefer", prefer)
        }
    }

    async fn send(&self, method: &'static str, url: &str, prefer: &str, body: &Value) -> Reply {
        self.call(method, url, prefer).json(body).send().await
    }

    async fn get(&self, url: &str) -> Value {
        self.call("GET", url, "").send().await.ok()
    }

    /// Id and amount of all things.
    async fn amounts(&self) -> Value {
        let rows = self.get("/thing?select=id,amount&order=id").await;
        let pairs = rows.as_array().expect("rows").iter();
        pairs.map(|row| json!([row["id"], row["amount"]])).collect()
    }
}

/// The things that [`Writer::with_things`] starts from.
fn untouched() -> Value {
    json!([[1, 10], [2, 20], [3, 30], [4, 40], [5, 50]])
}

/// Asserts an answer without a body.
#[track_caller]
fn assert_empty(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert!(reply.body.is_empty(), "{}", reply.text());
    assert_eq!(reply.header("content-type"), None);
}
