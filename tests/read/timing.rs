//! `Server-Timing` (PostgREST, `observability.rst`).

use serde_json::json;

use crate::harness::fixture::Fixture;
use crate::harness::http::Reply;

/// The stages with their milliseconds.
fn stages(reply: &Reply) -> Vec<(String, f64)> {
    let header = reply.header("server-timing").expect("the header");
    let stages = header.split(", ").map(|stage| {
        let (name, duration) = stage.split_once(";dur=").expect("a duration");
        (name.to_owned(), duration.parse().expect("a number"))
    });
    stages.collect()
}

#[tokio::test]
async fn every_answer_tells_how_long_its_stages_took() {
    let fixture = Fixture::own().await;
    let server = fixture
        .serve_with(|config| config.server_timing_enabled = true)
        .await;
    let user = fixture.user(json!({}));
    let row = json!({"id": 7, "name": "seven"});
    for (call, status) in [
        (server.get("/item?id=eq.1"), 200),
        (server.head("/item"), 200),
        (
            server
                .get("/item?id=eq.1&offset=5")
                .header("prefer", "count=exact"),
            416,
        ),
        (server.post("/item").json(&row), 201),
        (
            server
                .call("PATCH", "/item?id=eq.7")
                .json(&json!({"stock": 1})),
            204,
        ),
        (server.call("PUT", "/item?id=eq.7").json(&row), 204),
        (server.call("DELETE", "/item?id=eq.7"), 204),
        (server.get("/rpc/answer"), 200),
        (server.post("/rpc/answer"), 200),
        (server.call("OPTIONS", "/item"), 200),
        (server.call("OPTIONS", "/rpc/answer"), 200),
    ] {
        let reply = call.token(&user).send().await;
        assert_eq!(reply.status, status, "{}", reply.text());
        let stages = stages(&reply);
        let names: Vec<&str> = stages.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["jwt", "parse", "plan", "transaction", "response"]);
    }
    let reply = server
        .post("/rpc/sleep")
        .json(&json!({"seconds": 0.05}))
        .send()
        .await;
    let (name, milliseconds) = &stages(&reply)[3];
    assert!(
        name == "transaction" && *milliseconds >= 50.0,
        "{milliseconds}"
    );
}

#[tokio::test]
async fn errors_and_servers_that_were_not_told_to_do_not() {
    let fixture = Fixture::shared().await;
    let silent = fixture.serve().await;
    let reply = silent.get("/item?id=eq.1").send().await;
    assert_eq!(reply.header("server-timing"), None);

    let server = fixture
        .serve_with(|config| config.server_timing_enabled = true)
        .await;
    for (url, status) in [("/item?id=5", 400), ("/no_such", 404), ("/hidden", 401)] {
        let reply = server.get(url).send().await;
        assert_eq!(reply.status, status, "{}", reply.text());
        assert_eq!(reply.header("server-timing"), None, "{url}");
    }
}
