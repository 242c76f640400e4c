//! Writing: only by POST, only in volatile functions, all or nothing.

use serde_json::json;

use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

/// How many notes are committed.
async fn notes(server: &TestServer) -> usize {
    let rows = server.get("/note?select=id").send().await;
    rows.ids().len()
}

#[tokio::test]
async fn a_volatile_function_writes_by_post_and_only_by_post() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({}));
    let call = server.post("/rpc/add_note").token(&user);
    assert_eq!(
        call.json(&json!({"body": "by post"})).send().await.ok(),
        json!(1)
    );
    assert_eq!(notes(&server).await, 1);

    for method in ["GET", "HEAD"] {
        let call = server
            .call(method, "/rpc/add_note?body=by+get")
            .token(&user);
        let reply = call.send().await;
        assert_eq!(reply.status, 405, "{method}");
        if method == "GET" {
            let refused = reply.refused(405, "25006");
            assert_eq!(
                refused["message"],
                "cannot execute INSERT in a read-only transaction"
            );
        }
    }
    let sneaky = server.post("/rpc/sneaky_note").token(&user).send().await;
    sneaky.refused(405, "25006");
    assert_eq!(notes(&server).await, 1);

    let anonymous = server
        .post("/rpc/add_note")
        .json(&json!({"body": "nobody"}));
    anonymous.send().await.refused(401, "42501");
    assert_eq!(notes(&server).await, 1);
}

#[tokio::test]
async fn a_result_that_is_not_one_object_is_rolled_back() {
    let fixture = Fixture::own().await;
    for is_prepared in [true, false] {
        let server = fixture
            .serve_with(|config| config.db_prepared_statements = is_prepared)
            .await;
        let user = fixture.user(json!({}));
        // Again and again: prepared or not, on the same connection.
        for _ in 0..3 {
            let reply = server
                .post("/rpc/add_two_notes")
                .token(&user)
                .header("accept", "application/vnd.pgrst.object+json")
                .json(&json!({"body": "two"}))
                .send()
                .await;
            let refused = reply.refused(406, "PGRST116");
            assert_eq!(refused["details"], "The result contains 2 rows");
        }
        assert_eq!(notes(&server).await, 0);
    }
    let server = fixture.serve().await;
    let reply = server
        .post("/rpc/add_two_notes?limit=1&select=body")
        .token(&fixture.user(json!({})))
        .header("accept", "application/vnd.pgrst.object+json")
        .json(&json!({"body": "two"}))
        .send()
        .await;
    assert_eq!(reply.ok(), json!({"body": "two"}));
    assert_eq!(notes(&server).await, 2);
}

#[tokio::test]
async fn a_counted_write_happens_once() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    for (times, url) in [
        "/rpc/add_two_notes",
        "/rpc/add_two_notes?limit=1",
        "/rpc/add_two_notes?select=id&order=id&limit=1",
    ]
    .into_iter()
    .enumerate()
    {
        for accept in ["application/json", "text/csv"] {
            let before = notes(&server).await;
            let reply = server
                .post(url)
                .token(&fixture.user(json!({})))
                .header("prefer", "count=exact")
                .header("accept", accept)
                .json(&json!({"body": "counted"}))
                .send()
                .await;
            let expected = if times == 0 { 200 } else { 206 };
            assert_eq!(reply.status, expected, "{url}: {}", reply.text());
            assert_eq!(notes(&server).await, before + 2, "{url} {accept}");
        }
    }
}

#[tokio::test]
async fn what_a_constraint_refuses_leaves_nothing() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({}));
    let post = |function: &str, body| {
        server
            .post(&format!("/rpc/{function}"))
            .token(&user)
            .json(&body)
            .send()
    };
    let first = post("add_note", json!({"body": "one", "slug": "taken"}));
    assert_eq!(first.await.status, 200);
    // Prepared from the second time on, and pipelined from the third.
    for _ in 0..3 {
        let reply = post("add_note", json!({"body": "two", "slug": "taken"})).await;
        let refused = reply.refused(409, "23505");
        assert_eq!(refused["details"], "Key (slug)=(taken) already exists.");
        assert_eq!(
            refused["message"],
            "duplicate key value violates unique constraint \"note_slug_key\""
        );
        let reply = post("refer", json!({"note": 99})).await;
        reply.refused(409, "23503");
        let reply = post("add_note", json!({"body": "much too long for a note"})).await;
        reply.refused(400, "23514");
        let reply = post("add_note", json!({"body": null})).await;
        reply.refused(400, "23502");
    }
    assert_eq!(notes(&server).await, 1);
}

#[tokio::test]
async fn a_deferred_constraint_that_fails_at_commit_is_an_error() {
    let fixture = Fixture::own().await;
    for is_prepared in [true, false] {
        let server = fixture
            .serve_with(|config| config.db_prepared_statements = is_prepared)
            .await;
        for _ in 0..3 {
            let reply = server
                .post("/rpc/add_note")
                .token(&fixture.user(json!({})))
                .json(&json!({"body": "orphan", "parent": 12345}))
                .send()
                .await;
            let refused = reply.refused(409, "23503");
            assert_eq!(
                refused["details"],
                "Key (parent)=(12345) is not present in table \"note\"."
            );
        }
        assert_eq!(notes(&server).await, 0);
    }
}
