//! However the statements travel, a write happens once and whole.

use rowdesk::config::{Config, RequestPath};
use serde_json::json;

use super::{Writer, untouched};
use crate::harness::desk::execute;
use crate::harness::server::TestServer;

const WAYS: [fn(&mut Config); 3] = [
    |_| {},
    |config| config.db_prepared_statements = false,
    |config| config.request_path = RequestPath::Naive,
];

/// One connection, so that every request meets the last one's statements.
async fn serve(writer: &Writer, way: fn(&mut Config)) -> TestServer {
    writer
        .fixture
        .serve_with(|config| {
            config.db_pool = 1;
            way(config);
        })
        .await
}

#[tokio::test]
async fn every_way_writes_right() {
    for way in WAYS {
        let writer = Writer::with_things().await;
        let server = serve(&writer, way).await;
        // Prepared from the second time on, and pipelined from the third.
        for round in 0..4 {
            for (method, url, prefer, body, status) in [
                (
                    "POST",
                    "/thing",
                    "return=headers-only",
                    json!({"name": "n", "amount": 7}),
                    201,
                ),
                (
                    "PATCH",
                    "/thing?amount=eq.7",
                    "count=exact",
                    json!({"amount": 8}),
                    204,
                ),
                (
                    "PATCH",
                    "/thing?id=gt.5",
                    "handling=strict, max-affected=0",
                    json!({"amount": 9}),
                    400,
                ),
                (
                    "PUT",
                    "/thing?id=eq.77",
                    "",
                    json!({"id": 77, "name": "p"}),
                    204,
                ),
                (
                    "POST",
                    "/thing",
                    "resolution=merge-duplicates",
                    json!({"id": 77, "name": "q"}),
                    200,
                ),
                (
                    "PUT",
                    "/thing?id=eq.77",
                    "",
                    json!({"id": 78, "name": "p"}),
                    400,
                ),
                (
                    "DELETE",
                    "/thing?id=eq.77",
                    "return=representation",
                    json!({}),
                    200,
                ),
                ("DELETE", "/thing?amount=eq.8", "", json!({}), 204),
                ("POST", "/thing", "", json!({"name": null}), 400),
            ] {
                let call = server.call(method, url).token(&writer.user);
                let reply = call.header("prefer", prefer).json(&body).send().await;
                assert_eq!(
                    reply.status,
                    status,
                    "{round} {method} {url} {}",
                    reply.text()
                );
            }
        }
        assert_eq!(writer.amounts().await, untouched());
    }
}

#[tokio::test]
async fn a_write_whose_statement_was_lost_happens_once() {
    let writer = Writer::with_things().await;
    let server = serve(&writer, WAYS[0]).await;
    // What a count in the table itself tells: each request adds exactly one.
    for expected in 1..=5 {
        let call = server.post("/no_key").token(&writer.user);
        let reply = call.json(&json!({"a": "once"})).send().await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let call = server.post("/rpc/forget").send().await;
        assert_eq!(call.status, 200);
        let rows = writer.get("/no_key").await;
        assert_eq!(rows.as_array().map(Vec::len), Some(expected));
    }
    for round in 1..=4 {
        let call = server.call("PATCH", "/thing?id=eq.1&select=amount");
        let call = call
            .token(&writer.user)
            .header("prefer", "return=representation");
        let reply = call.json(&json!({"amount": round})).send().await;
        assert_eq!(reply.ok(), json!([{"amount": round}]));
        server.post("/rpc/forget").send().await.ok();
    }
}

#[tokio::test]
async fn a_write_to_a_table_that_changed_its_shape_happens_once() {
    let writer = Writer::new().await;
    let server = serve(&writer, WAYS[0]).await;
    let admin = writer.fixture.admin().await;
    for round in 1..=4 {
        for _ in 0..3 {
            let call = server.post("/no_key").token(&writer.user);
            let call = call.header("prefer", "return=representation");
            let reply = call.json(&json!({"a": "x"})).send().await;
            assert_eq!(reply.status, 201, "{}", reply.text());
        }
        let change = format!("alter table api.no_key add column more_{round} int");
        execute(&admin, &change).await;
        let rows = writer.get("/no_key").await;
        assert_eq!(rows.as_array().map(Vec::len), Some(round * 3));
    }
}
