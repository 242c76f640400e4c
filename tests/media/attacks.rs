//! A handler shows nothing that its caller may not read.

use serde_json::json;

use super::{assert_answer, get, serve, serve_with, shared};

#[tokio::test]
async fn a_column_without_a_grant_stays_hidden() {
    let server = serve(shared().await).await;
    for accept in ["text/html", "pg/record", "text/csv"] {
        let reply = get(&server, "/partly", accept).await;
        reply.refused(401, "42501");
        assert!(!reply.text().contains("do not tell"), "{accept}");
    }
    let reply = get(&server, "/partly?select=id", "pg/record").await;
    assert_answer(&reply, "pg/record", "(1)\n");
}

#[tokio::test]
async fn rows_of_others_stay_hidden() {
    let fixture = shared().await;
    let server = serve(fixture).await;
    let call = server.get("/owned").header("accept", "text/html");
    let ann = fixture.user(json!({"name": "ann"}));
    assert_answer(&call.token(&ann).send().await, "text/html", "ann");
}

#[tokio::test]
async fn an_aggregate_without_the_right_to_call_it_is_refused() {
    let server = serve(shared().await).await;
    get(&server, "/locked", "text/html")
        .await
        .refused(401, "42501");
}

#[tokio::test]
async fn a_plan_needs_the_rights_of_the_request() {
    let server = serve_with(shared().await, |config| config.db_plan_enabled = true).await;
    let plan = "application/vnd.pgrst.plan+json";
    for url in ["/partly", "/owned", "/partly?select=id&secret=eq.x"] {
        get(&server, url, plan).await.refused(401, "42501");
    }
    let of_handler = format!("{plan}; for=\"text/html\"");
    get(&server, "/locked", &of_handler)
        .await
        .refused(401, "42501");
}
