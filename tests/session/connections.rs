//! Who takes a connection, who waits for one, and who gives it back.

use std::time::Duration;

use serde_json::json;

use crate::harness::fixture::Fixture;
use crate::harness::server::{SECRET, TestServer};

/// Occupies the only connection of `server` until it is aborted; returns when it is occupied.
async fn occupy(fixture: &Fixture, server: &TestServer) -> tokio::task::JoinHandle<()> {
    let call = server.post("/rpc/sleep").json(&json!({"seconds": 600}));
    let busy = tokio::spawn(async move {
        call.send().await;
    });
    fixture
        .wait_for("state = 'active' and query like '%sleep%'", 1)
        .await;
    busy
}

#[tokio::test]
async fn what_can_be_refused_without_the_database_takes_no_connection() {
    let fixture = Fixture::own().await;
    let server = fixture
        .serve_with(|config| {
            config.db_pool = 1;
            // Whoever waited for the connection would be answered by nobody.
            config.db_pool_acquisition_timeout = Duration::from_mins(10);
        })
        .await;
    let busy = occupy(&fixture, &server).await;
    let get = |url: &str| server.get(url).send();

    get("/item?id=noop.1").await.refused(400, "PGRST100");
    get("/item?select=id(").await.refused(400, "PGRST100");
    get("/item?limit=-1").await.refused(416, "PGRST103");
    get("/itm").await.refused(404, "PGRST205");
    get("/item/1").await.refused(404, "PGRST125");
    get("/rpc/nowhere").await.refused(404, "PGRST202");
    get("/rpc/twice?v=1").await.refused(300, "PGRST203");
    for token in [
        "nonsense",
        "a.b.c",
        &rowdesk::auth::mint(SECRET, &expired()).unwrap(),
    ] {
        let reply = server.get("/item").token(token).send().await;
        assert_eq!(reply.status, 401, "{token}");
    }
    let call = server.call("TRACE", "/item").json(&json!({}));
    call.send().await.refused(405, "PGRST117");
    assert_eq!(server.call("OPTIONS", "/item").send().await.status, 200);
    server
        .call("PUT", "/rpc/answer")
        .send()
        .await
        .refused(405, "PGRST101");
    let call = server.get("/item").header("accept", "image/png");
    call.send().await.refused(406, "PGRST107");
    let call = server.get("/item").header("accept-profile", "private");
    call.send().await.refused(406, "PGRST106");
    let call = server.get("/item").header("prefer", "handling=strict,x");
    call.send().await.refused(400, "PGRST122");
    let call = server.post("/rpc/add").body("application/json", "{");
    call.send().await.refused(400, "PGRST102");
    busy.abort();
}

fn expired() -> serde_json::Map<String, serde_json::Value> {
    std::iter::once(("exp".to_owned(), json!(1))).collect()
}

#[tokio::test]
async fn a_request_that_finds_no_free_connection_in_time_is_told_so() {
    let fixture = Fixture::own().await;
    let server = fixture
        .serve_with(|config| {
            config.db_pool = 1;
            config.db_pool_acquisition_timeout = Duration::from_millis(50);
        })
        .await;
    let busy = occupy(&fixture, &server).await;
    let reply = server.get("/item").send().await;
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(
        reply.refused(503, "PGRST003"),
        json!({
            "code": "PGRST003",
            "details": null,
            "hint": null,
            "message": "Timed out acquiring connection from connection pool.",
        })
    );
    busy.abort();
    // The hung-up client's connection is closed and another one opened in its place.
    fixture
        .wait_for("query like '%sleep%' and state = 'active'", 0)
        .await;
    let waiting = server.get("/item?select=id&id=eq.1").send().await;
    assert_eq!(waiting.ids(), [1]);
}

#[tokio::test]
async fn a_client_that_hangs_up_stops_its_statement_and_leaves_no_transaction() {
    let fixture = Fixture::own().await;
    let server = fixture.serve_with(|config| config.db_pool = 1).await;
    let user = fixture.user(json!({}));
    // Prepared or not yet, the statement is cancelled.
    for _ in 0..3 {
        let call = server
            .post("/rpc/sleep_then_note")
            .token(&user)
            .json(&json!({"seconds": 600, "body": "never"}));
        let hangs_up = tokio::spawn(call.send());
        fixture
            .wait_for("query like '%sleep_then_note%' and state = 'active'", 1)
            .await;
        hangs_up.abort();
        fixture
            .wait_for("query like '%sleep_then_note%' and state = 'active'", 0)
            .await;

        // The next caller is anonymous, and must not be inside the last one's transaction.
        let who = server.get("/rpc/who").send().await.ok();
        assert_eq!(who[0]["who"], fixture.role("anon"));
        fixture
            .wait_for("state like 'idle in transaction%'", 0)
            .await;
    }
    let quick = json!({"seconds": 0, "body": "quick"});
    let call = server
        .post("/rpc/sleep_then_note")
        .token(&user)
        .json(&quick);
    assert_eq!(call.send().await.status, 200);
    assert_eq!(
        server.get("/note?select=body").send().await.ok(),
        json!([{"body": "quick"}])
    );
}

#[tokio::test]
async fn the_pool_opens_no_more_connections_than_it_may() {
    let fixture = Fixture::own().await;
    let server = fixture.serve_with(|config| config.db_pool = 2).await;
    let calls = (0..12).map(|_| {
        let call = server.post("/rpc/sleep").json(&json!({"seconds": 0.05}));
        tokio::spawn(call.send())
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().ok(), json!("slept"));
    }
    let most = fixture.sessions("true").await;
    assert!((1..=2).contains(&most), "{most} connections");
}
