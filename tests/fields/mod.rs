//! Fields that are not shown, read or searched as they are stored, and those that functions compute.

mod computed;
mod domains;
mod full_text;
mod granted;
mod writes;

use serde_json::{Value, json};

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

/// A server over `schema.sql`. The database lives as long as it does.
struct Fields {
    fixture: Fixture,
    server: TestServer,
}

impl Fields {
    async fn new() -> Self {
        let fixture = Fixture::own().await;
        let schema = include_str!("schema.sql").replace("web_", &fixture.role(""));
        execute(&fixture.admin().await, &schema).await;
        let server = fixture.serve().await;
        Self { fixture, server }
    }

    /// As anonymous; `>` and spaces need no encoding.
    async fn get(&self, url: &str) -> Reply {
        let url = url.replace('>', "%3E").replace(' ', "%20");
        self.server.get(&url).send().await
    }

    /// As the role that may write.
    async fn send(&self, method: &'static str, url: &str, body: &Value) -> Reply {
        let call = self.server.call(method, url);
        let call = call.token(&self.fixture.user(json!({})));
        let call = call.header("prefer", "return=representation");
        call.json(body).send().await
    }

    async fn assert_each(&self, cases: &[(&str, Value)]) {
        for (url, expected) in cases {
            let reply = self.get(url).await;
            assert_eq!(reply.status, 200, "{url}: {}", reply.text());
            assert_eq!(reply.json(), *expected, "{url}");
        }
    }

    /// Asserts which rows each URL selects.
    async fn assert_ids(&self, cases: &[(&str, &[i64])]) {
        for (url, expected) in cases {
            let reply = self.get(&format!("{url}&select=id&order=id")).await;
            assert_eq!(reply.status, 200, "{url}: {}", reply.text());
            assert_eq!(reply.ids(), *expected, "{url}");
        }
    }
}
