//! What functions raise, as HTTP.

use serde_json::json;

use crate::harness::fixture::Fixture;

#[tokio::test]
async fn the_sqlstate_decides_the_status() {
    let server = Fixture::shared().await.serve().await;
    for (code, status) in [
        ("PT402", 402),
        ("PT404", 404),
        ("PT200", 200),
        ("PT599", 599),
        ("PT999", 500),
        ("P0001", 400),
        ("P0002", 500),
        ("23505", 409),
        ("23503", 409),
        ("22023", 400),
        ("25006", 405),
        ("42501", 401),
        ("42883", 404),
        ("42P01", 404),
        ("42P17", 500),
        ("53400", 500),
        ("53100", 503),
        ("54001", 500),
        ("57014", 500),
        ("08000", 503),
        ("40001", 500),
        ("28000", 403),
    ] {
        let reply = server
            .post("/rpc/refuse")
            .json(&json!({"code": code, "message": "said"}))
            .send()
            .await;
        assert_eq!(reply.status, status, "{code}: {}", reply.text());
        assert_eq!(
            reply.json(),
            json!({
                "code": code,
                "details": "the detail",
                "hint": "the hint",
                "message": "said",
            })
        );
        let proxy_status = format!("PostgREST; error={code}");
        assert_eq!(reply.header("proxy-status"), Some(&*proxy_status));
    }
}

#[tokio::test]
async fn internal_errors_of_the_database_stay_inside() {
    let server = Fixture::shared().await.serve().await;
    for code in ["XX000", "XX001", "58P01"] {
        let reply = server
            .post("/rpc/refuse")
            .json(&json!({"code": code, "message": "said"}))
            .send()
            .await;
        let expected = json!({
            "code": code,
            "details": null,
            "hint": null,
            "message": "Internal error of the database",
        });
        assert_eq!(reply.refused(500, code), expected);
    }
}

#[tokio::test]
async fn a_plain_exception_is_the_callers_fault() {
    let server = Fixture::shared().await.serve().await;
    let reply = server.post("/rpc/just_fail").send().await;
    assert_eq!(
        reply.refused(400, "P0001"),
        json!({
            "code": "P0001",
            "details": "Pretty simple",
            "hint": "Nothing to be done",
            "message": "I refuse!",
        })
    );
    assert_eq!(
        reply.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert_eq!(reply.header("content-range"), None);
    let divided = server.get("/rpc/divide?a=1&b=0").send().await;
    assert_eq!(divided.refused(400, "22012")["message"], "division by zero");
}

#[tokio::test]
async fn a_function_that_may_not_be_called_is_refused() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let call = server
        .post("/rpc/add_two_notes")
        .json(&json!({"body": "x"}));
    let refused = call.clone().send().await.refused(401, "42501");
    assert_eq!(
        refused["message"],
        "permission denied for function add_two_notes"
    );
    let stranger = crate::harness::server::token(&fixture.role("stranger"), json!({}));
    call.token(&stranger).send().await.refused(403, "42501");
}
