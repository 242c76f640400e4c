//! Bodies and parameters of writes.

use bytes::Bytes;
use serde_json::json;

use super::still_answers;
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn what_cannot_be_written_is_refused_and_changes_nothing() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({}));
    let row = json!({"id": 1, "name": "first"});
    let call = server.post("/thing").token(&user).json(&row);
    assert_eq!(call.send().await.status, 201);
    let many_keys: Vec<String> = (0..50_000).map(|n| format!("\"k{n}\":1")).collect();
    for (query, body) in [
        ("", "[".repeat(1_000_000)),
        ("", "{\"data\":".repeat(100_000)),
        (
            "",
            format!("{{\"data\":{}1{}}}", "[".repeat(2_000), "]".repeat(2_000)),
        ),
        ("", format!("{{{}}}", many_keys.join(","))),
        ("", format!("{{\"{}\":1}}", "k".repeat(100_000))),
        ("", "{\"na\\u0000me\": \"x\"}".to_owned()),
        ("", "{\"name\": \"\\u0000\"}".to_owned()),
        ("", "{\"name\": \"\\ud800\"}".to_owned()),
        ("", "{\"name\": \"x\", \"amount\": 1e400}".to_owned()),
        ("", "{\"name\": \"x\", \"ratio\": 1e400}".to_owned()),
        ("", "{\"name\": \"x\", \"price\": 1e200000}".to_owned()),
        (
            "",
            "{\"name\": \"x\", \"due\": \"99999999-01-01\"}".to_owned(),
        ),
        ("", "{\"name\": \"x\", \"tags\": [[1], [1, 2]]}".to_owned()),
        ("", "{\"name\": NaN}".to_owned()),
        ("columns=name", "{\"name\": \"x\"".to_owned()),
        ("columns=name", "[".repeat(100_000)),
        ("columns=%22", "{\"name\": \"x\"}".to_owned()),
        ("columns=", "{\"name\": \"x\"}".to_owned()),
        ("select=id(", "{\"name\": \"x\"}".to_owned()),
    ] {
        for (method, filter) in [("POST", ""), ("PATCH", "id=eq.1&"), ("PUT", "id=eq.1&")] {
            let url = format!("/thing?{filter}{query}");
            let call = server.call(method, &url).token(&user);
            let reply = call.body("application/json", body.clone()).send().await;
            let shown: String = body.chars().take(40).collect();
            let status = reply.status.as_u16();
            assert!(
                (400..500).contains(&status),
                "{method} {query} {shown}: {status} {}",
                reply.text()
            );
            assert!(reply.json()["code"].is_string(), "{shown}");
            assert!(reply.text().len() < 3_000, "{} bytes", reply.text().len());
        }
        still_answers(&server).await;
    }
    for conflict in ["%22", "nonsense", "name"] {
        let url = format!("/thing?on_conflict={conflict}");
        let call = server.post(&url).token(&user);
        let call = call.header("prefer", "resolution=merge-duplicates");
        let reply = call.json(&json!({"id": 1, "name": "x"})).send().await;
        assert_eq!(reply.status, 400, "{conflict}: {}", reply.text());
    }
    let rows = server.get("/thing?select=id,name").send().await.ok();
    assert_eq!(rows, json!([row]));
}

#[tokio::test]
async fn bytes_that_are_no_text_are_not_written() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({}));
    for (content_type, body) in [
        ("application/json", b"{\"name\": \"\xff\"}" as &[u8]),
        ("application/json", b"\xff\xfe{\x00}\x00"),
        ("application/x-www-form-urlencoded", b"name=%FF"),
        ("application/x-www-form-urlencoded", b"name=%00"),
        ("text/csv", b"name\n\xff"),
        ("text/csv", b"name\n\x00"),
    ] {
        for url in ["/thing", "/thing?columns=name"] {
            let body = Bytes::copy_from_slice(body);
            let call = server.post(url).token(&user).body(content_type, body);
            let reply = call.send().await;
            let status = reply.status.as_u16();
            assert!(
                (400..500).contains(&status),
                "{url}: {status} {}",
                reply.text()
            );
        }
    }
    still_answers(&server).await;
    assert_eq!(server.get("/thing").send().await.ok(), json!([]));
}
