//! Who may write what, and that the answer needs no right beyond what it shows.

use serde_json::{Value, json};

use super::{Writer, assert_empty, untouched};

async fn contents(writer: &Writer, table: &str) -> i64 {
    let admin = writer.fixture.admin().await;
    let query = format!("select count(*) from {table}");
    admin.query_one(&query, &[]).await.expect("a count").get(0)
}

#[tokio::test]
async fn whoever_may_only_read_changes_nothing() {
    let writer = Writer::with_things().await;
    let stranger = crate::harness::server::token(&writer.fixture.role("stranger"), json!({}));
    for (method, url, body) in [
        ("POST", "/thing", json!({"name": "x"})),
        ("POST", "/thing", json!([])),
        ("POST", "/thing", json!({})),
        ("PATCH", "/thing?id=eq.1", json!({"amount": 0})),
        ("PATCH", "/thing?id=eq.99", json!({"amount": 0})),
        ("PUT", "/thing?id=eq.1", json!({"id": 1, "name": "x"})),
        ("DELETE", "/thing", json!({})),
        ("POST", "/thing_view", json!({"name": "x"})),
        ("DELETE", "/thing_view", json!({})),
    ] {
        for prefer in ["", "return=representation", "return=headers-only"] {
            let call = writer.server.call(method, url).header("prefer", prefer);
            let anonymous = call.clone().json(&body).send().await;
            let refused = anonymous.refused(401, "42501");
            assert_eq!(anonymous.header("www-authenticate"), Some("Bearer"));
            let message = refused["message"].as_str().expect("text");
            assert!(message.starts_with("permission denied for"), "{message}");
            let reply = call.token(&stranger).json(&body).send().await;
            reply.refused(403, "42501");
        }
    }
    assert_eq!(writer.amounts().await, untouched());
}

#[tokio::test]
async fn writing_takes_no_right_to_read() {
    let writer = Writer::new().await;
    for (prefer, status) in [
        ("", 201),
        ("return=minimal", 201),
        ("return=representation", 403),
        ("return=headers-only", 403),
    ] {
        let reply = writer
            .send("POST", "/letter_box", prefer, &json!({"letter": "dear"}))
            .await;
        assert_eq!(reply.status, status, "{prefer}: {}", reply.text());
    }
    assert_eq!(contents(&writer, "api.letter_box").await, 2);
    let reply = writer
        .send(
            "POST",
            "/letter_box",
            "resolution=ignore-duplicates",
            &json!([{"letter": "a"}, {"letter": "b"}]),
        )
        .await;
    // Looking for duplicates is reading.
    reply.refused(403, "42501");
    let reply = writer
        .send(
            "PATCH",
            "/letter_box",
            "count=exact",
            &json!({"letter": "x"}),
        )
        .await;
    assert_empty(&reply, 204);
    assert_eq!(reply.header("content-range"), Some("0-1/2"));
    let reply = writer
        .send(
            "PATCH",
            "/letter_box?letter=eq.x",
            "",
            &json!({"letter": "y"}),
        )
        .await;
    reply.refused(403, "42501");
    let reply = writer
        .send("PATCH", "/letter_box", "", &json!({"secret": "x"}))
        .await;
    reply.refused(403, "42501");
    let reply = writer.call("DELETE", "/letter_box", "").send().await;
    assert_empty(&reply, 204);
    assert_eq!(contents(&writer, "api.letter_box").await, 0);
}

#[tokio::test]
async fn what_comes_back_takes_the_right_to_read_just_that() {
    let writer = Writer::new().await;
    let row = json!({"body": "b"});
    let full = "return=representation";
    for (url, prefer, status) in [
        ("/half_open?select=body", "return=headers-only", 201),
        ("/half_open", "return=headers-only", 403),
        ("/half_open?select=body", full, 201),
        ("/half_open?select=body&order=id", full, 201),
        ("/half_open", full, 403),
        ("/half_open?select=body,secret", full, 403),
        ("/half_open?select=body&order=secret", full, 403),
    ] {
        let reply = writer.send("POST", url, prefer, &row).await;
        assert_eq!(reply.status, status, "{url} {}", reply.text());
        if prefer != full && status == 201 {
            assert_eq!(reply.header("location"), Some("/half_open?id=eq.1"));
        }
    }
    assert_eq!(contents(&writer, "api.half_open").await, 3);
    let url = "/half_open?id=eq.1&select=id,body";
    let reply = writer.send("PATCH", url, full, &json!({"body": "c"})).await;
    assert_eq!(reply.ok(), json!([{"id": 1, "body": "c"}]));
    for body in [json!({"secret": "s"}), json!({"id": 7, "body": "c"})] {
        writer
            .send("POST", "/half_open", "", &body)
            .await
            .refused(403, "42501");
        writer
            .send("PATCH", "/half_open?id=eq.1", "", &body)
            .await
            .refused(403, "42501");
    }
    let url = "/half_open?secret=eq.x";
    writer
        .send("PATCH", url, "", &json!({"body": "d"}))
        .await
        .refused(403, "42501");
    assert_eq!(
        contents(&writer, "api.half_open where body = 'd' or secret <> 'x'").await,
        0
    );
}

async fn mine(writer: &Writer) -> Vec<Value> {
    let admin = writer.fixture.admin().await;
    let rows = admin
        .query("select id, owner, body from api.mine order by id", &[])
        .await;
    let read = |row: &tokio_postgres::Row| {
        json!([
            row.get::<_, i32>(0),
            row.get::<_, String>(1),
            row.get::<_, Option<String>>(2)
        ])
    };
    rows.expect("rows").iter().map(read).collect()
}

#[tokio::test]
async fn policies_choose_the_rows_and_refuse_others_values() {
    let writer = Writer::new().await;
    let before = mine(&writer).await;
    // What a policy hides is not there: nothing is refused, and nothing happens.
    for (method, body) in [("PATCH", json!({"body": "x"})), ("DELETE", json!({}))] {
        let reply = writer
            .send(method, "/mine?id=eq.3", "count=exact", &body)
            .await;
        assert_empty(&reply, 204);
        assert_eq!(reply.header("content-range"), Some("*/0"));
    }
    for (method, url, body) in [
        ("POST", "/mine", json!({"id": 9, "owner": "bob"})),
        (
            "POST",
            "/mine",
            json!([{"id": 8, "owner": "ann"}, {"id": 9, "owner": "bob"}]),
        ),
        ("PATCH", "/mine?id=eq.1", json!({"owner": "bob"})),
        ("PUT", "/mine?id=eq.1", json!({"id": 1, "owner": "bob"})),
        // Another's row is in the way: neither taken over nor shown.
        (
            "PUT",
            "/mine?id=eq.3",
            json!({"id": 3, "owner": "ann", "body": "taken"}),
        ),
    ] {
        for prefer in ["", "return=representation", "resolution=merge-duplicates"] {
            for _ in 0..2 {
                let reply = writer.send(method, url, prefer, &body).await;
                let refused = reply.refused(403, "42501");
                let message = refused["message"].as_str().expect("text");
                assert!(message.contains("row-level security policy"), "{message}");
                assert!(!reply.text().contains("three"), "{}", reply.text());
            }
        }
    }
    assert_eq!(mine(&writer).await, before);
    let reply = writer
        .send(
            "PATCH",
            "/mine",
            "return=representation",
            &json!({"body": "x"}),
        )
        .await;
    assert_eq!(reply.ids(), [1, 2]);
    let nobody = writer.fixture.user(json!({}));
    for (method, body) in [("PATCH", json!({"body": "y"})), ("DELETE", json!({}))] {
        let call = writer.server.call(method, "/mine").token(&nobody);
        assert_empty(&call.json(&body).send().await, 204);
    }
    let expected = [
        json!([1, "ann", "x"]),
        json!([2, "ann", "x"]),
        json!([3, "bob", "three"]),
    ];
    assert_eq!(mine(&writer).await, expected);
}

#[tokio::test]
async fn rows_are_dropped_off_where_no_policy_shows_them() {
    let writer = Writer::new().await;
    for (prefer, status) in [
        ("", 201),
        ("return=minimal, count=exact", 201),
        ("return=headers-only", 403),
        ("return=representation", 403),
    ] {
        let reply = writer
            .send("POST", "/drop_off", prefer, &json!({"body": "b"}))
            .await;
        assert_eq!(reply.status, status, "{prefer}: {}", reply.text());
    }
    assert_eq!(contents(&writer, "api.drop_off").await, 2);
    for (method, body) in [("PATCH", json!({"body": "x"})), ("DELETE", json!({}))] {
        let reply = writer.send(method, "/drop_off", "count=exact", &body).await;
        assert_empty(&reply, 204);
        assert_eq!(reply.header("content-range"), Some("*/0"));
    }
    assert_eq!(contents(&writer, "api.drop_off where body = 'b'").await, 2);
}

#[tokio::test]
async fn schemas_that_are_not_exposed_are_not_written() {
    let writer = Writer::new().await;
    for method in ["POST", "PATCH", "PUT", "DELETE"] {
        let call = writer
            .call(method, "/vault", "")
            .header("content-profile", "private");
        call.json(&json!({"secret": "x"}))
            .send()
            .await
            .refused(406, "PGRST106");
        let reply = writer
            .send(method, "/vault", "", &json!({"secret": "x"}))
            .await;
        reply.refused(404, "PGRST205");
        let reply = writer
            .send(method, "/private.vault", "", &json!({"secret": "x"}))
            .await;
        reply.refused(404, "PGRST205");
    }
}
