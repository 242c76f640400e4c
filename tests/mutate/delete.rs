//! DELETE.

use serde_json::json;

use super::{Writer, assert_empty, untouched};

#[tokio::test]
async fn the_filtered_rows_go_and_no_others() {
    let writer = Writer::with_things().await;
    let reply = writer.call("DELETE", "/thing?id=eq.1", "").send().await;
    assert_empty(&reply, 204);
    assert_eq!(reply.header("content-range"), Some("*/*"));
    assert_eq!(reply.header("content-length"), None);
    // Clients send a body that says nothing.
    let reply = writer
        .send(
            "DELETE",
            "/thing?id=eq.2&select=nonsense",
            "return=minimal, count=exact",
            &json!({}),
        )
        .await;
    assert_empty(&reply, 204);
    assert_eq!(reply.header("content-range"), Some("*/1"));
    let applied = reply.header("preference-applied");
    assert_eq!(applied, Some("return=minimal, count=exact"));
    let expected = json!([[3, 30], [4, 40], [5, 50]]);
    assert_eq!(writer.amounts().await, expected);

    let reply = writer.call("DELETE", "/thing", "").send().await;
    assert_empty(&reply, 204);
    assert_eq!(writer.amounts().await, json!([]));
}

#[tokio::test]
async fn the_deleted_rows_come_back_in_the_asked_shape() {
    let writer = Writer::with_things().await;
    let url = "/thing?id=in.(1,2,3)&select=key:id::text,name&order=id.desc&limit=1";
    let prefer = "return=representation, count=exact";
    let reply = writer.send("DELETE", url, prefer, &json!({})).await;
    assert_eq!(
        reply.ok(),
        json!([
            {"key": "3", "name": "thing 3"},
            {"key": "2", "name": "thing 2"},
            {"key": "1", "name": "thing 1"},
        ])
    );
    assert_eq!(reply.header("content-range"), Some("*/3"));
    assert_eq!(writer.amounts().await, json!([[4, 40], [5, 50]]));

    let reply = writer
        .send(
            "DELETE",
            "/thing?id=eq.1",
            "return=representation",
            &json!({}),
        )
        .await;
    assert_eq!(reply.ok(), json!([]));
    assert_eq!(reply.header("content-range"), Some("*/*"));
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_deletes_nothing() {
    let writer = Writer::with_things().await;
    for (query, status, code) in [
        ("id=1", 400, "PGRST100"),
        ("id=eq.one", 400, "22P02"),
        ("nonsense=eq.1", 400, "42703"),
        ("other.id=eq.1", 400, "PGRST108"),
        ("limit=-1", 416, "PGRST103"),
    ] {
        let url = format!("/thing?{query}");
        let reply = writer.call("DELETE", &url, "").send().await;
        reply.refused(status, code);
    }
    assert_eq!(writer.amounts().await, untouched());
}
