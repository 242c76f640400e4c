//! The same conditions in the body of a POST.

use serde_json::{Value, json};

use super::{assert_refused, get, served};
use crate::harness::desk::agent;
use crate::harness::server::TestServer;

const URL: &str = "/rpc/dashboard_overview";

async fn post(server: &TestServer, url: &str, body: &Value) -> Value {
    let call = server.post(url).token(&agent()).json(body);
    call.send().await.ok()
}

async fn refused(server: &TestServer, body: &Value) -> crate::harness::http::Reply {
    server
        .post("/rpc/team_performance")
        .token(&agent())
        .json(body)
        .send()
        .await
}

#[tokio::test]
async fn a_body_says_the_same_as_a_query_string() {
    let (_database, server) = served().await;
    for (query, body) in [
        ("", json!({})),
        (
            "priority=in.(high,urgent)",
            json!({ "priority": "in.(high,urgent)" }),
        ),
        (
            "created_at=gte.2025-03-01&created_at=lte.2025-05-31",
            json!({ "created_at": ["gte.2025-03-01", "lte.2025-05-31"] }),
        ),
        (
            "assigned_to=eq.3",
            json!({ "assigned_to": ["eq.3"], "priority": null, "tags": [] }),
        ),
        ("tags=ov.%7Bvip%7D", json!({ "tags": "ov.{vip}" })),
        ("assigned_to=is.null", json!({ "assigned_to": "is.null" })),
    ] {
        let expected = get(&server, &format!("{URL}?{query}")).await.ok();
        assert_eq!(post(&server, URL, &body).await, expected, "{body}");
    }
}

#[tokio::test]
async fn body_and_query_string_hold_together() {
    let (_database, server) = served().await;
    let expected = get(
        &server,
        &format!("{URL}?priority=eq.high&assigned_to=neq.3&created_at=gte.2025-03-01&created_at=lt.2025-06-01"),
    )
    .await
    .ok();
    let body = json!({ "assigned_to": "neq.3", "created_at": "lt.2025-06-01" });
    let url = format!("{URL}?priority=eq.high&created_at=gte.2025-03-01");
    assert_eq!(post(&server, &url, &body).await, expected);
}

#[tokio::test]
async fn a_form_says_the_same_too() {
    let (_database, server) = served().await;
    let conditions = "created_at=gte.2025-03-01&created_at=lte.2025-05-31&tags=ov.%7Bvip%2Cbilling%7D&assigned_to=not.in.(3,7)";
    let expected = get(&server, &format!("{URL}?{conditions}")).await.ok();
    let reply = server
        .post(URL)
        .token(&agent())
        .body("application/x-www-form-urlencoded", conditions)
        .send()
        .await;
    assert_eq!(reply.ok(), expected);
}

#[tokio::test]
async fn the_result_is_filtered_by_the_query_string_of_a_post() {
    let (_database, server) = served().await;
    let rows = "department=eq.support&tickets_assigned=gte.1&order=rank&limit=3";
    let url = format!("/rpc/team_performance?{rows}");
    let expected = get(&server, &format!("{url}&priority=eq.high")).await.ok();
    let got = post(&server, &url, &json!({ "priority": "eq.high" })).await;
    assert_eq!(got, expected);
    assert_eq!(got.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_body_that_is_no_condition_is_refused() {
    let (_database, server) = served().await;
    for value in [
        json!(3),
        json!(true),
        json!({ "eq": 3 }),
        json!([["eq.3"]]),
        json!(["eq.3", 4]),
    ] {
        let reply = refused(&server, &json!({ "assigned_to": value })).await;
        let message = format!(
            "\"{value}\" is not a valid value for \"assigned_to\": expected a condition as text, or a list of conditions"
        );
        let hint = r#"Write {"assigned_to": "eq.…"}"#;
        assert_refused(&reply, "RD102", &message, &Value::Null, hint);
    }
    let reply = refused(&server, &json!({ "priority": "like.high" })).await;
    assert_eq!(
        reply.refused(400, "RD100")["message"],
        r#""priority" has no operator "like""#
    );
    let reply = refused(&server, &json!({ "prioritty": "eq.high" })).await;
    assert_eq!(
        reply.refused(400, "RD101")["hint"],
        r#"Perhaps you meant "priority""#
    );
}

#[tokio::test]
async fn a_column_of_the_result_does_not_belong_into_the_body() {
    let (_database, server) = served().await;
    let reply = refused(&server, &json!({ "member_status": "eq.active" })).await;
    assert_refused(
        &reply,
        "RD100",
        r#""member_status" is a column of the result, and filters it only with an operator"#,
        &Value::Null,
        "Write member_status=eq.… in the query string",
    );
}
