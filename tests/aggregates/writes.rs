//! What changed, added up.

use serde_json::{Value, json};

use crate::harness::fixture::Fixture;

#[tokio::test]
async fn changes_return_groups_and_are_counted_by_rows() {
    let fixture = Fixture::own().await;
    let server = fixture
        .serve_with(|config| config.db_aggregates_enabled = true)
        .await;
    let token = fixture.user(json!({}));
    let call = |method, url: &str, prefer: &str, body: Value| {
        let prefer = format!("return=representation, {prefer}");
        let call = server
            .call(method, url)
            .token(&token)
            .header("prefer", &prefer);
        call.json(&body).send()
    };
    let patched = call(
        "PATCH",
        "/sale?id=lt.5&select=product,pieces.sum()&order=product",
        "count=exact",
        json!({"pieces": 2}),
    )
    .await;
    assert_eq!(
        patched.ok(),
        json!([{"product": "apple", "sum": 2}, {"product": "pear", "sum": 4}, {"product": "plum", "sum": 2}])
    );
    assert_eq!(patched.header("content-range"), Some("0-3/4"));
    let by_outlet = call(
        "PATCH",
        "/sale?id=lt.5&select=pieces.max(),...outlet(rent.sum())",
        "",
        json!({"pieces": 9}),
    )
    .await;
    assert_eq!(by_outlet.ok(), json!([{"max": 9, "sum": 650}]));

    let too_many = call(
        "DELETE",
        "/sale?id=lt.5&select=count()",
        "handling=strict, max-affected=3",
        json!({}),
    )
    .await;
    too_many.refused(400, "PGRST124");
    let deleted = call(
        "DELETE",
        "/sale?id=lt.5&select=count()",
        "handling=strict, max-affected=4",
        json!({}),
    )
    .await;
    assert_eq!(deleted.ok(), json!([{"count": 4}]));
    let one = server
        .call("DELETE", "/sale?id=lt.7&select=count()")
        .token(&token)
        .header("prefer", "return=representation")
        .header("accept", "application/vnd.pgrst.object+json");
    assert_eq!(one.send().await.ok(), json!({"count": 2}));
}
