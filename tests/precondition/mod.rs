//! `ETag`, `If-Match` and 412, with the setting `db-version-column`.

mod changes;
mod conditions;
mod reading;
mod refusals;

use serde_json::{Value, json};

use crate::harness::fixture::Fixture;
use crate::harness::http::{Call, Reply};
use crate::harness::server::TestServer;

const SCRIPT: &str = include_str!("../fixtures/versions.sql");
const OBJECT: &str = "application/vnd.pgrst.object+json";
const COLUMNS: &str = "select=id,body,version";

/// A server that tells versions apart, and somebody who may not read every column.
struct Desk {
    fixture: Fixture,
    server: TestServer,
    user: String,
}

impl Desk {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut rowdesk::config::Config)) -> Self {
        let fixture = Fixture::own_with(SCRIPT).await;
        let server = fixture
            .serve_with(|config| {
                config.db_version_column = Some("version".to_owned());
                change(config);
            })
            .await;
        let user = fixture.user(json!({"name": "ann"}));
        Self {
            fixture,
            server,
            user,
        }
    }

    fn call(&self, method: &'static str, url: &str) -> Call {
        self.server.call(method, url).token(&self.user)
    }

    /// One row, as it is.
    async fn note(&self, id: i32) -> Reply {
        let url = format!("/memo?id=eq.{id}&{COLUMNS}");
        self.call("GET", &url).header("accept", OBJECT).send().await
    }

    async fn body(&self, id: i32) -> Value {
        self.note(id).await.ok()["body"].clone()
    }

    async fn tag(&self, id: i32) -> String {
        tag(&self.note(id).await)
    }

    /// Changes a note behind everybody's back, and gives the tag that it had.
    async fn outdated(&self, id: i32) -> String {
        let tag = self.tag(id).await;
        let changed = self.call("PATCH", &format!("/memo?id=eq.{id}"));
        let changed = changed.json(&json!({"body": "of another"})).send().await;
        assert_eq!(changed.status, 204, "{}", changed.text());
        tag
    }

    fn patch(&self, url: &str, tag: &str, body: &str) -> Call {
        let call = self.call("PATCH", url).header("if-match", tag);
        call.json(&json!({ "body": body }))
    }
}

#[track_caller]
fn tag(reply: &Reply) -> String {
    reply.header("etag").expect("an ETag").to_owned()
}

/// Asserts the refusal that tells the row as it is.
#[track_caller]
fn is_outdated(reply: &Reply) -> Value {
    let error = reply.refused(412, "RD114");
    assert_eq!(reply.header("content-range"), None);
    error["details"].clone()
}
