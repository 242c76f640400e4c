//! Bodies.

use bytes::Bytes;
use serde_json::json;

use super::{raw, statuses, still_answers};
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn json_that_is_a_bomb_or_broken() {
    let server = Fixture::shared().await.serve().await;
    let nested = |open: &str, close: &str, depth| {
        format!("{{\"v\": {}1{}}}", open.repeat(depth), close.repeat(depth))
    };
    for body in [
        nested("[", "]", 100_000),
        nested("{\"a\":", "}", 100_000),
        "[".repeat(1_000_000),
        "{\"v\":".repeat(100_000),
        "{\"v\": \"\\u0000\"}x".to_owned(),
        "{\"v\": \"\\ud800\"}".to_owned(),
        "{\"v\": 01}".to_owned(),
        "{\"v\": \"\u{1}\"}".to_owned(),
        "{v: 1}".to_owned(),
        "{\"v\": 1,}".to_owned(),
        "nul".to_owned(),
    ] {
        let call = server
            .post("/rpc/echo")
            .body("application/json", body.clone());
        let reply = call.send().await;
        let status = reply.status.as_u16();
        let shown: String = body.chars().take(40).collect();
        assert!(
            (400..500).contains(&status),
            "{shown}: {status} {}",
            reply.text()
        );
        assert!(reply.json()["code"].is_string(), "{shown}");
        still_answers(&server).await;
    }
}

#[tokio::test]
async fn bytes_that_are_no_text() {
    let server = Fixture::shared().await.serve().await;
    for (content_type, body) in [
        ("application/json", b"{\"v\": \"\xff\"}" as &[u8]),
        ("application/json", b"\xff\xfe{\x00}\x00"),
        ("application/json", b"\x00"),
        ("application/json", b"{\"v\": \"\\u0000\"}"),
        ("application/json", b"{\"v\x00\": 1}"),
        ("application/json", b"{\"\\u0000\": 1}"),
        ("application/x-www-form-urlencoded", b"v=%FF"),
        ("application/x-www-form-urlencoded", b"v=\xff"),
        ("application/x-www-form-urlencoded", b"v=%00"),
        ("text/csv", b"v\n\xff"),
    ] {
        let call = server.post("/rpc/echo_text");
        let reply = call
            .body(content_type, Bytes::copy_from_slice(body))
            .send()
            .await;
        let status = reply.status.as_u16();
        assert!(
            (400..500).contains(&status),
            "{body:?}: {status} {}",
            reply.text()
        );
        assert!(reply.json()["code"].is_string(), "{body:?}");
        still_answers(&server).await;
    }
}

#[tokio::test]
async fn content_types_that_no_function_takes() {
    let server = Fixture::shared().await.serve().await;
    for content_type in [
        "image/png",
        "multipart/form-data; boundary=x",
        "application/xml",
        "x",
        "",
        "/",
        "\"",
    ] {
        let reply = server
            .post("/rpc/echo")
            .body(content_type, "{}")
            .send()
            .await;
        let refused = reply.refused(400, "PGRST102");
        let message = refused["message"].as_str().expect("a message");
        assert!(
            message.starts_with("Content-Type not acceptable"),
            "{message}"
        );
    }
    // No function here takes a body as a whole.
    for content_type in ["text/plain", "text/xml", "application/octet-stream"] {
        let reply = server
            .post("/rpc/echo")
            .body(content_type, "x")
            .send()
            .await;
        reply.refused(404, "PGRST202");
    }
}

#[tokio::test]
async fn a_body_over_the_limit() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.server_max_body_bytes = 1_000)
        .await;
    let body = |bytes: usize| format!("{{\"v\":\"{}\"}}", "x".repeat(bytes - 8));
    let call = |bytes| {
        server
            .post("/rpc/echo_text")
            .body("application/json", body(bytes))
    };
    assert_eq!(call(1_000).send().await.status, 200);
    let refused = call(1_001).send().await.refused(413, "RD103");
    assert_eq!(refused["message"], "The body is larger than 1000 bytes");
    // Without a length, and with one that lies far beyond: nothing waits for the rest.
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
    let chunked = "POST /rpc/echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    let announced = "POST /rpc/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n";
    for request in [
        format!("{chunked}{}", chunk.repeat(3)),
        format!("{announced}{}", "x".repeat(2_000)),
    ] {
        let answer = raw(&server, request).await;
        assert_eq!(statuses(&answer), ["413"], "{answer}");
        still_answers(&server).await;
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_whole_does_nothing() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    let token = fixture.user(json!({}));
    let body = "{\"body\": \"cut off\"}";
    for framing in [
        "content-length: 100\r\n\r\n".to_owned(),
        format!("transfer-encoding: chunked\r\n\r\n{:x}\r\n", body.len()),
    ] {
        let address = server.base.strip_prefix("http://").unwrap();
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /rpc/add_note HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\n{framing}{body}"
        );
        tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes())
            .await
            .unwrap();
        tokio::io::AsyncWriteExt::shutdown(&mut stream)
            .await
            .unwrap();
        let mut answer = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let found = statuses(&answer);
        assert!(found.is_empty() || found == ["400"], "{answer}");
        still_answers(&server).await;
        let notes = server.get("/note?select=id").send().await;
        assert_eq!(notes.ids(), [] as [i64; 0]);
    }
}
