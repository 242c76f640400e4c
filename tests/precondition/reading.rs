//! Which answers say the version of their row, and which are not sent again.

use serde_json::json;

use super::{COLUMNS, Desk, OBJECT, tag};
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn one_row_carries_its_version_the_same_for_everybody() {
    let desk = Desk::new().await;
    let tag_of = desk.tag(1).await;
    for url in [
        "/memo?id=eq.1&select=at:version",
        "/memo_age?id=eq.1",
        "/memo?id=eq.1&select=version,reply(id)",
    ] {
        for method in ["GET", "HEAD"] {
            let reply = desk.call(method, url).header("accept", OBJECT).send().await;
            assert_eq!(
                reply.header("etag"),
                Some(tag_of.as_str()),
                "{method} {url}"
            );
            assert_eq!(reply.header("vary"), Some("Accept, Prefer, Range"));
        }
    }
    // The zone of who asks is not that of the version.
    let call = desk
        .call("GET", "/memo_age?id=eq.1")
        .header("accept", OBJECT);
    let reply = call.header("prefer", "timezone=Asia/Tokyo").send().await;
    assert!(reply.text().contains("09:00:00+09:00"), "{}", reply.text());
    assert_eq!(tag(&reply), tag_of);
    let call = desk.call("GET", "/tally?id=eq.1").header("accept", OBJECT);
    assert_eq!(tag(&call.send().await), "\"1\"");
    let call = desk
        .call("POST", &format!("/memo?{COLUMNS}"))
        .header("accept", OBJECT);
    let call = call.header("prefer", "return=representation");
    let reply = call.json(&json!({"id": 6, "body": "new"})).send().await;
    assert_eq!(reply.status, 201);
    assert_eq!(tag(&reply), tag_of);
}

#[tokio::test]
async fn what_shows_no_version_or_several_rows_carries_none() {
    let desk = Desk::new().await;
    for (url, accept, prefer) in [
        ("/memo?id=eq.1&select=version", "application/json", ""),
        ("/memo?id=eq.1&select=id", OBJECT, ""),
        ("/memo?id=eq.1&select=version::text", OBJECT, ""),
        ("/reply?id=eq.1", OBJECT, ""),
    ] {
        let call = desk.call("GET", url).header("accept", accept);
        let reply = call.header("prefer", prefer).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("etag")),
            (200, None),
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_page_of_another_origin_may_read_the_tag() {
    let desk = Desk::new().await;
    let call = desk.call("GET", "/tally?id=eq.1").header("accept", OBJECT);
    let reply = call.header("origin", "http://example.com").send().await;
    let exposed = reply.header("access-control-expose-headers").unwrap();
    assert!(exposed.split(", ").any(|name| name == "ETag"), "{exposed}");
}

#[tokio::test]
async fn without_the_setting_nothing_of_it_is_there() {
    let fixture = Fixture::own_with(super::SCRIPT).await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({"name": "ann"}));
    let call = server.get("/memo?id=eq.1&select=id,version").token(&user);
    let call = call
        .header("accept", OBJECT)
        .header("origin", "http://example.com");
    let reply = call.header("if-none-match", "*").send().await;
    assert_eq!((reply.status.as_u16(), reply.header("etag")), (200, None));
    let exposed = reply.header("access-control-expose-headers").unwrap();
    assert!(!exposed.contains("ETag"), "{exposed}");
    for (method, url, matching) in [
        ("PATCH", "/memo?id=eq.1", "\"x\""),
        ("PATCH", "/memo?id=eq.1", "nonsense"),
        ("PATCH", "/memo?id=eq.1&version=eq.2020-01-01", "*"),
        ("POST", "/memo", "\"x\""),
        ("PUT", "/memo?id=eq.7", "*"),
        ("DELETE", "/memo?id=eq.2", "\"x\""),
    ] {
        let call = server
            .call(method, url)
            .token(&user)
            .header("if-match", matching);
        let id = if method == "PUT" { 7 } else { 6 };
        let body = if method == "PATCH" {
            json!({"body": "b"})
        } else {
            json!({"id": id, "body": "b"})
        };
        let reply = call.json(&body).send().await;
        assert!(
            reply.status.is_success(),
            "{method} {url}: {}",
            reply.text()
        );
    }
}

#[tokio::test]
async fn the_description_says_what_has_versions() {
    let desk = Desk::new().await;
    let call = desk.call("GET", "/");
    let version = "application/vnd.oai.openapi+json;version=3.1";
    let described = call.header("accept", version).send().await.ok();
    for (path, has_versions) in [("/tally", true), ("/reply", false)] {
        for (method, may) in [
            ("patch", true),
            ("delete", true),
            ("put", true),
            ("post", false),
        ] {
            let operation = &described["paths"][path][method];
            let parameters = operation["parameters"].as_array().expect("parameters");
            let is_told = parameters.iter().any(|it| it["name"] == "If-Match");
            assert_eq!(is_told, has_versions && may, "{method} {path}");
            assert_eq!(operation["responses"]["412"].is_object(), is_told);
        }
    }
}
