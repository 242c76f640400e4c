//! PUT, and POST that meets rows which exist already.

use serde_json::{Value, json};

use super::{OBJECT, Writer, assert_empty};

async fn pairs(writer: &Writer) -> Value {
    writer.get("/pair_key?order=k1,k2").await
}

async fn with_pairs() -> Writer {
    let writer = Writer::new().await;
    let rows = json!([{"k1": 1, "k2": "a", "extra": 10}, {"k1": 2, "k2": "b", "extra": 20}]);
    let reply = writer.send("POST", "/pair_key", "", &rows).await;
    assert_eq!(reply.status, 201);
    writer
}

#[tokio::test]
async fn duplicates_are_merged_into_what_is_there() {
    let writer = with_pairs().await;
    let prefer = "resolution=merge-duplicates, return=representation";
    for (rows, status) in [
        (
            json!([{"k1": 1, "k2": "a", "extra": 11}, {"k1": 3, "k2": "c", "extra": 30}]),
            201,
        ),
        (
            json!([{"k1": 1, "k2": "a", "extra": 12}, {"k1": 2, "k2": "b", "extra": 22}]),
            200,
        ),
        (json!([]), 200),
    ] {
        let reply = writer.send("POST", "/pair_key", prefer, &rows).await;
        assert_eq!(reply.status, status, "{}", reply.text());
        assert_eq!(reply.json(), rows);
        assert_eq!(reply.header("preference-applied"), Some(prefer));
    }
    assert_eq!(
        pairs(&writer).await,
        json!([
            {"k1": 1, "k2": "a", "extra": 12},
            {"k1": 2, "k2": "b", "extra": 22},
            {"k1": 3, "k2": "c", "extra": 30},
        ])
    );
    // Again on the same connection: the count of new rows is of one request.
    for status in [201, 200, 200] {
        let row = json!({"k1": 9, "k2": "z"});
        let reply = writer
            .send("POST", "/pair_key", "resolution=merge-duplicates", &row)
            .await;
        assert_empty(&reply, status);
    }
}

#[tokio::test]
async fn duplicates_are_ignored_if_asked() {
    let writer = with_pairs().await;
    let prefer = "resolution=ignore-duplicates, return=representation";
    let rows = json!([{"k1": 1, "k2": "a", "extra": 11}, {"k1": 3, "k2": "c", "extra": 30}]);
    let reply = writer.send("POST", "/pair_key", prefer, &rows).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json(), json!([{"k1": 3, "k2": "c", "extra": 30}]));
    let reply = writer.send("POST", "/pair_key", prefer, &rows).await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.json(), json!([]));
    let first = writer.get("/pair_key?k1=eq.1&select=extra").await;
    assert_eq!(first, json!([{"extra": 10}]));
}

#[tokio::test]
async fn another_key_can_say_what_is_a_duplicate() {
    let writer = Writer::new().await;
    let row = |name: &str| json!({"name": name, "slug": "s"});
    let url = "/thing?on_conflict=slug&select=id,name";
    let prefer = "resolution=merge-duplicates, return=representation";
    let reply = writer.send("POST", url, prefer, &row("a")).await;
    assert_eq!(reply.status, 201);
    let reply = writer.send("POST", url, prefer, &row("b")).await;
    assert_eq!(reply.ok(), json!([{"id": 1, "name": "b"}]));

    let url = "/thing?on_conflict=amount";
    let reply = writer.send("POST", url, prefer, &row("c")).await;
    reply.refused(400, "42P10");
    let reply = writer.send("POST", "/thing", "", &row("d")).await;
    reply.refused(409, "23505");
}

#[tokio::test]
async fn without_a_key_there_are_no_duplicates() {
    let writer = Writer::new().await;
    for _ in 0..2 {
        let reply = writer
            .send(
                "POST",
                "/no_key",
                "resolution=merge-duplicates",
                &json!({"a": "x"}),
            )
            .await;
        assert_empty(&reply, 201);
        assert_eq!(reply.header("preference-applied"), None);
    }
    let rows = writer.get("/no_key?select=a").await;
    assert_eq!(rows, json!([{"a": "x"}, {"a": "x"}]));
    for (prefer, status, rows) in [
        ("merge", 201, json!([{"id": 1}, {"id": 2}])),
        ("merge", 200, json!([{"id": 1}, {"id": 2}])),
        ("ignore", 201, json!([])),
    ] {
        let prefer = format!("return=representation, resolution={prefer}-duplicates");
        let body = json!([{"id": 1}, {"id": 2}]);
        let reply = writer.send("POST", "/only_key", &prefer, &body).await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.json(), rows);
    }
}

#[tokio::test]
async fn put_creates_or_replaces_the_row_that_its_url_names() {
    let writer = with_pairs().await;
    let url = "/pair_key?k1=eq.7&k2=eq.g";
    let row = |extra: i32| json!({"k1": 7, "k2": "g", "extra": extra});
    let full = "return=representation";
    let reply = writer.send("PUT", url, full, &row(1)).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json(), json!([row(1)]));
    assert_eq!(reply.header("content-range"), None);
    assert_eq!(reply.header("preference-applied"), Some(full));
    let reply = writer.send("PUT", url, full, &row(2)).await;
    assert_eq!(reply.ok(), json!([row(2)]));
    for prefer in ["", "return=minimal", "return=headers-only"] {
        let reply = writer.send("PUT", url, prefer, &json!([row(3)])).await;
        assert_empty(&reply, 204);
    }
    let call = writer.call("PUT", url, full).header("accept", OBJECT);
    assert_eq!(call.json(&row(4)).send().await.ok(), row(4));
    // Of several rows the one that is meant.
    let rows = json!([row(5), {"k1": 8, "k2": "h", "extra": 1}]);
    let reply = writer.send("PUT", url, full, &rows).await;
    assert_eq!(reply.ok(), json!([row(5)]));
    assert_eq!(pairs(&writer).await.as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn put_that_does_not_name_its_row_changes_nothing() {
    let writer = with_pairs().await;
    let before = pairs(&writer).await;
    let row = json!({"k1": 1, "k2": "a", "extra": 99});
    for (url, status, code) in [
        ("/pair_key", 405, "PGRST105"),
        ("/pair_key?k1=eq.1", 405, "PGRST105"),
        ("/pair_key?k1=eq.1&k2=eq.a&extra=eq.1", 405, "PGRST105"),
        ("/pair_key?k1=not.eq.1&k2=eq.a", 405, "PGRST105"),
        ("/pair_key?k1=in.(1)&k2=eq.a", 405, "PGRST105"),
        ("/pair_key?and=(k1.eq.1,k2.eq.a)", 405, "PGRST105"),
        ("/no_key?a=eq.1", 405, "PGRST105"),
        ("/pair_key?k1=eq.1&k2=eq.a&limit=1", 400, "PGRST114"),
        ("/pair_key?k1=eq.1&k2=eq.a&offset=1", 400, "PGRST114"),
        ("/pair_key?k1=eq.2&k2=eq.b", 400, "PGRST115"),
        ("/pair_key?k1=eq.5&k2=eq.e", 400, "PGRST115"),
    ] {
        let body = if url.starts_with("/no_key") {
            json!({"a": "1"})
        } else {
            row.clone()
        };
        for _ in 0..2 {
            let reply = writer.send("PUT", url, "", &body).await;
            reply.refused(status, code);
        }
    }
    assert_eq!(pairs(&writer).await, before);
}
