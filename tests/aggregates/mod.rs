//! Aggregate functions against the same sums, written by hand.

mod answers;
mod having;
mod percentiles;
mod periods;
mod refusals;
mod spread;
mod writes;

use serde_json::Value;

use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

async fn server() -> TestServer {
    let fixture = Fixture::shared().await;
    fixture
        .serve_with(|config| config.db_aggregates_enabled = true)
        .await
}

/// What the query returns, as JSON that keeps every digit.
async fn brute_force(query: &str) -> Value {
    let admin = Fixture::shared().await.admin().await;
    let query = format!("select coalesce(json_agg(found.*), '[]')::text from ({query}) as found");
    let row = admin.query_one(&query, &[]).await.unwrap();
    serde_json::from_str(row.get(0)).unwrap()
}

/// Asserts that each URL answers what its query returns. An order is compared where the URL has one.
async fn assert_same(server: &TestServer, cases: &[(&str, &str)]) {
    for (url, query) in cases {
        let reply = server.get(&url.replace('>', "%3E")).send().await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text());
        let (mut found, mut expected) = (reply.json(), brute_force(query).await);
        if !url.contains("order=") {
            sort(&mut found);
            sort(&mut expected);
        }
        assert_eq!(found, expected, "{url}");
    }
}

fn sort(rows: &mut Value) {
    if let Value::Array(rows) = rows {
        rows.sort_by_key(ToString::to_string);
    }
}
