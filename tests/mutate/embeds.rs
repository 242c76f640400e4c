//! What is embedded in the answer to a write.

use serde_json::{Value, json};

use super::{Writer, assert_empty};
use crate::harness::desk::execute;

const FULL: &str = "return=representation";

/// Somebody who may write parts and what belongs to them.
async fn writer() -> Writer {
    let writer = Writer::new().await;
    let grant = format!(
        "grant insert, update, delete on api.part, api.drawing, api.part_tag, api.poem to {}",
        writer.fixture.role("user")
    );
    execute(&writer.fixture.admin().await, &grant).await;
    writer
}

async fn answered(writer: &Writer, method: &'static str, url: &str, body: &Value) -> Value {
    let reply = writer.send(method, url, FULL, body).await;
    assert!(reply.status.is_success(), "{}", reply.text());
    reply.json()
}

#[tokio::test]
async fn changed_rows_come_with_what_belongs_to_them() {
    let writer = writer().await;
    for (method, url, body, expected) in [
        (
            "PATCH",
            "/part?id=eq.2&select=name,maker(name),tag(word),manual(pages)&tag.order=word.desc",
            json!({"name": "Pointer"}),
            json!([{
                "name": "Pointer",
                "maker": {"name": "Basso"},
                "tag": [{"word": "small"}, {"word": "brass"}],
                "manual": null,
            }]),
        ),
        // The new row's, not the old one's.
        (
            "PATCH",
            "/part?id=eq.2&select=name,...maker(by:name)",
            json!({"maker": 1}),
            json!([{"name": "Pointer", "by": "Alto"}]),
        ),
        (
            "PATCH",
            "/part?id=in.(1,3,5)&select=id,tag(word)&tag.word=eq.brass&order=id.desc",
            json!({"price": 1}),
            json!([{"id": 5, "tag": []}, {"id": 3, "tag": []}, {"id": 1, "tag": [{"word": "brass"}]}]),
        ),
        (
            "POST",
            "/part?select=name,maker(name,country)&order=maker(name).desc",
            json!([{"id": 8, "name": "a", "maker": 1}, {"id": 9, "name": "b", "maker": 3}]),
            json!([
                {"name": "b", "maker": {"name": "Coro", "country": null}},
                {"name": "a", "maker": {"name": "Alto", "country": "AT"}},
            ]),
        ),
        (
            "PUT",
            "/part?id=eq.8&select=id,name,maker(name)",
            json!({"id": 8, "name": "c", "maker": 2}),
            json!([{"id": 8, "name": "c", "maker": {"name": "Basso"}}]),
        ),
        (
            "DELETE",
            "/drawing?id=eq.7&select=title,part(name,maker(name))",
            json!({}),
            json!([{"title": "Front", "part": {"name": "Pointer", "maker": {"name": "Alto"}}}]),
        ),
    ] {
        assert_eq!(
            answered(&writer, method, url, &body).await,
            expected,
            "{url}"
        );
    }
}

#[tokio::test]
async fn an_inner_embed_hides_changed_rows_and_spares_none() {
    let writer = writer().await;
    let url = "/part?id=in.(1,5)&select=id,maker!inner(name)";
    let rows = answered(&writer, "PATCH", url, &json!({"price": 9})).await;
    assert_eq!(rows, json!([{"id": 1, "maker": {"name": "Alto"}}]));
    let changed = writer.get("/part?price=eq.9&select=id&order=id").await;
    assert_eq!(changed, json!([{"id": 1}, {"id": 5}]));
}

/// As in PostgREST, no limit cuts what a write answers.
#[tokio::test]
async fn what_belongs_to_a_changed_row_comes_whole() {
    let writer = writer().await;
    let all = writer.get("/part?id=eq.2&select=tag(word)").await;
    assert!(all[0]["tag"].as_array().unwrap().len() > 1, "{all}");
    let url = "/part?id=eq.2&select=tag(word)&tag.limit=1&nowhere.limit=1";
    let limited = writer
        .fixture
        .serve_with(|config| config.db_max_rows = Some(1))
        .await;
    for server in [&writer.server, &limited] {
        let call = server.call("PATCH", url).token(&writer.user);
        let call = call.header("prefer", FULL).json(&json!({"price": 4}));
        assert_eq!(call.send().await.ok(), all);
    }
}

#[tokio::test]
async fn what_cannot_be_embedded_changes_nothing() {
    let writer = writer().await;
    let before = writer.get("/part?order=id").await;
    for (query, status, code) in [
        ("select=id,nowhere(id)", 400, "PGRST200"),
        ("select=id,cost(amount)", 403, "42501"),
        ("select=id,maker(nonsense)", 400, "42703"),
        ("maker.name=eq.Alto", 400, "PGRST108"),
        // A filter of the rows that change is about their own columns.
        ("select=id,tag(word)&tag=is.null", 400, "42703"),
    ] {
        for (method, body) in [("PATCH", json!({"price": 0})), ("DELETE", json!({}))] {
            let url = format!("/part?id=eq.5&{query}");
            let reply = writer.send(method, &url, FULL, &body).await;
            reply.refused(status, code);
        }
    }
    assert_eq!(writer.get("/part?order=id").await, before);
    // What is not shown is not read, either.
    let url = "/part?id=eq.5&select=id,cost(amount)";
    let reply = writer.send("PATCH", url, "", &json!({"price": 0})).await;
    assert_empty(&reply, 204);
}

#[tokio::test]
async fn a_view_knows_the_key_of_its_table() {
    let writer = Writer::new().await;
    let reply = writer
        .send(
            "POST",
            "/thing_view",
            "return=headers-only",
            &json!({"name": "a"}),
        )
        .await;
    assert_empty(&reply, 201);
    assert_eq!(reply.header("location"), Some("/thing_view?id=eq.1"));
    let prefer = "resolution=merge-duplicates, return=representation";
    let row = json!({"id": 1, "name": "b"});
    let reply = writer
        .send("POST", "/thing_view?select=id,name", prefer, &row)
        .await;
    assert_eq!(reply.ok(), json!([row]));
    let row = json!({"id": 1, "name": "c", "amount": 3});
    let reply = writer.send("PUT", "/thing_view?id=eq.1", FULL, &row).await;
    assert_eq!(reply.ok(), json!([row]));
    let reply = writer.send("PUT", "/thing_view?id=eq.2", "", &row).await;
    reply.refused(400, "PGRST115");
}
