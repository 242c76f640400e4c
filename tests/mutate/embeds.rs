//! What is related to the rows that changed, in the answer.

use serde_json::json;

use super::Writer;

#[tokio::test]
async fn related_rows_come_with_the_changed_ones() {
    let writer = Writer::with_things().await;
    let shape = "select=name,parent(id),things:thing!parent(id)&things.order=id";
    let full = "return=representation";
    let child = json!({"name": "child", "parent": 1});
    let reply = writer
        .send("POST", &format!("/thing?{shape}"), full, &child)
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let created = json!([{"name": "child", "parent": {"id": 1}, "things": []}]);
    assert_eq!(reply.json(), created);

    // Its own key is not selected, and finds its rows all the same.
    let url = "/thing?id=eq.1&select=things:thing!parent(name)";
    let reply = writer.send("PATCH", url, full, &json!({"amount": 7})).await;
    assert_eq!(reply.json(), json!([{"things": [{"name": "child"}]}]));

    let url = "/thing?name=eq.child&select=parent(name,amount)";
    let reply = writer.send("DELETE", url, full, &json!({})).await;
    assert_eq!(reply.json()[0]["parent"]["amount"], 7);
}
