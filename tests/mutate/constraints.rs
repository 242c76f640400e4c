//! What the database refuses, with its status, and nothing left of it.

use serde_json::json;

use super::{Writer, untouched};

#[tokio::test]
async fn what_a_constraint_refuses_leaves_nothing() {
    let writer = Writer::with_things().await;
    let slug = writer
        .send("PATCH", "/thing?id=eq.1", "", &json!({"slug": "taken"}))
        .await;
    assert_eq!(slug.status, 204);
    for (body, status, code) in [
        (json!({"name": null}), 400, "23502"),
        (json!({"amount": -1}), 400, "23514"),
        (json!({"rank": 0}), 400, "23514"),
        (json!({"slug": "taken"}), 409, "23505"),
        (json!({"parent": 12345}), 409, "23503"),
        (json!({"label": "abcdef"}), 400, "22001"),
        (json!({"amount": "many"}), 400, "22P02"),
        (json!({"amount": 4.5}), 400, "22P02"),
        (json!({"amount": 99_999_999_999_i64}), 400, "22003"),
        (json!({"price": 123_456}), 400, "22003"),
        (json!({"size": "huge"}), 400, "22P02"),
        (json!({"due": "never"}), 400, "22007"),
        (json!({"due": "2025-02-30"}), 400, "22008"),
        (json!({"code": "x"}), 400, "22P02"),
        (json!({"done": "perhaps"}), 400, "22P02"),
        (json!({"tags": "{"}), 400, "22P02"),
        (json!({"doubled": 4}), 400, "428C9"),
    ] {
        // Prepared from the second time on, and pipelined from the third.
        for _ in 0..3 {
            let reply = writer.send("PATCH", "/thing?id=eq.2", "", &body).await;
            reply.refused(status, code);
            let mut row = json!({"name": "new"});
            row.as_object_mut()
                .expect("an object")
                .extend(body.as_object().expect("an object").clone());
            let reply = writer
                .send("POST", "/thing", "", &json!([{"name": "good"}]))
                .await;
            assert_eq!(reply.status, 201);
            let reply = writer.send("POST", "/thing", "", &row).await;
            reply.refused(status, code);
            let reply = writer
                .call("DELETE", "/thing?name=eq.good", "")
                .send()
                .await;
            assert_eq!(reply.status, 204);
        }
    }
    assert_eq!(writer.amounts().await, untouched());
}

#[tokio::test]
async fn of_many_rows_one_bad_one_refuses_all() {
    let writer = Writer::with_things().await;
    let rows = json!([{"name": "a", "amount": 1}, {"name": "b", "amount": -1}]);
    let reply = writer.send("POST", "/thing", "", &rows).await;
    let refused = reply.refused(400, "23514");
    let message = refused["message"].as_str().expect("text");
    assert!(message.contains("thing_amount_check"), "{message}");
    assert_eq!(writer.amounts().await, untouched());
}

#[tokio::test]
async fn a_trigger_chooses_its_status_and_words() {
    let writer = Writer::new().await;
    let open = writer
        .send("POST", "/guarded", "", &json!({"id": 1, "state": "open"}))
        .await;
    assert_eq!(open.status, 201);
    for (method, url, body) in [
        (
            "POST",
            "/guarded",
            json!([{"id": 2, "state": "x"}, {"id": 3, "state": "locked"}]),
        ),
        ("PATCH", "/guarded?id=eq.1", json!({"state": "locked"})),
        (
            "PUT",
            "/guarded?id=eq.1",
            json!({"id": 1, "state": "locked"}),
        ),
    ] {
        for prefer in ["", "return=representation"] {
            let reply = writer.send(method, url, prefer, &body).await;
            assert_eq!(
                reply.refused(409, "PT409"),
                json!({
                    "code": "PT409",
                    "message": "is locked",
                    "details": "the detail",
                    "hint": "the hint",
                })
            );
        }
    }
    let rows = writer.get("/guarded").await;
    assert_eq!(rows, json!([{"id": 1, "state": "open"}]));
}
