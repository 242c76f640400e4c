//! What an answer says beside its body: negotiation, location, schema, HEAD.

use serde_json::json;

use crate::harness::fixture::Fixture;
use crate::harness::http::Reply;

/// The names of the headers, without those of the transport.
fn names(reply: &Reply) -> Vec<&str> {
    let mut names: Vec<&str> = reply
        .headers
        .keys()
        .map(hyper::header::HeaderName::as_str)
        .filter(|name| !["date", "content-length", "connection"].contains(name))
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_plain_answer_has_these_headers_and_no_others() {
    let server = Fixture::shared().await.serve().await;
    let reply = server.get("/item?id=eq.1&select=id").send().await;
    assert_eq!(
        names(&reply),
        [
            "content-location",
            "content-range",
            "content-type",
            "server",
            "vary",
            "x-content-type-options"
        ]
    );
    assert_eq!(
        reply.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert_eq!(reply.header("vary"), Some("Accept, Prefer, Range"));
    assert_eq!(reply.header("content-length"), Some("10"));
}

#[tokio::test]
async fn head_answers_as_get_but_without_a_body() {
    let server = Fixture::shared().await.serve().await;
    for (url, accept, prefer) in [
        ("/item?select=id&order=id&limit=2", "*/*", "count=exact"),
        (
            "/item?select=id&order=id&limit=3&offset=2",
            "*/*",
            "count=none",
        ),
        ("/item", "text/csv", "count=none"),
        (
            "/item?id=eq.1",
            "application/vnd.pgrst.object+json",
            "count=none",
        ),
        (
            "/item?select=id",
            "application/vnd.pgrst.object+json",
            "count=none",
        ),
        ("/item?offset=100", "*/*", "count=exact"),
        ("/nowhere", "*/*", "count=none"),
        ("/item?nope=eq.1", "*/*", "count=none"),
    ] {
        let get = server
            .get(url)
            .header("accept", accept)
            .header("prefer", prefer);
        let head = server
            .head(url)
            .header("accept", accept)
            .header("prefer", prefer);
        let (get, head) = (get.send().await, head.send().await);
        assert_eq!(head.status, get.status, "{url}");
        assert!(head.body.is_empty(), "{url}");
        assert_eq!(names(&head), names(&get), "{url}");
        for name in names(&get) {
            assert_eq!(head.header(name), get.header(name), "{url} {name}");
        }
    }
}

#[tokio::test]
async fn head_knows_no_range_header() {
    let server = Fixture::shared().await.serve().await;
    let reply = server.head("/item").header("range", "0-1").send().await;
    assert_eq!(reply.header("content-range"), Some("0-5/*"));
}

#[tokio::test]
async fn the_best_type_that_both_know_is_sent() {
    let server = Fixture::shared().await.serve().await;
    for (accept, content_type) in [
        ("*/*", "application/json; charset=utf-8"),
        ("application/json", "application/json; charset=utf-8"),
        ("text/csv", "text/csv; charset=utf-8"),
        (
            "text/csv;q=0.5, application/json;q=0.6",
            "application/json; charset=utf-8",
        ),
        ("text/html, text/csv;q=0.1", "text/csv; charset=utf-8"),
        (
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/json; charset=utf-8",
        ),
        (
            "application/vnd.pgrst.array+json",
            "application/json; charset=utf-8",
        ),
    ] {
        let reply = server
            .get("/item?limit=1")
            .header("accept", accept)
            .send()
            .await;
        assert_eq!(reply.status, 200, "{accept}: {}", reply.text());
        assert_eq!(reply.header("content-type"), Some(content_type), "{accept}");
    }
    for accept in ["text/html", "image/png", "application/vnd.unknown"] {
        let error = server
            .get("/item")
            .header("accept", accept)
            .send()
            .await
            .refused(406, "PGRST107");
        assert_eq!(
            error["message"],
            format!("None of these media types are available: {accept}")
        );
    }
}

#[tokio::test]
async fn content_location_is_the_same_request_in_one_order() {
    let server = Fixture::shared().await.serve().await;
    for (url, location) in [
        ("/item", "/item"),
        ("/item?select=id&id=eq.1", "/item?id=eq.1&select=id"),
        (
            "/item?order=id&limit=1&id=gt.0",
            "/item?id=gt.0&limit=1&order=id",
        ),
        ("/rest/v1/item?select=id", "/item?select=id"),
        ("/Odd%20Name?limit=1", "/Odd%20Name?limit=1"),
        ("/%E8%A1%A8", "/%E8%A1%A8"),
    ] {
        let reply = server.get(url).send().await;
        assert_eq!(reply.status, 200, "{url}");
        assert_eq!(reply.header("content-location"), Some(location), "{url}");
    }
}

#[tokio::test]
async fn the_same_api_stands_below_the_prefix_of_supabase() {
    let server = Fixture::shared().await.serve().await;
    for url in ["/item?select=id&order=id", "/rpc/add?a=1&b=2"] {
        let plain = server.get(url).send().await.ok();
        let prefixed = server.get(&format!("/rest/v1{url}")).send().await.ok();
        assert_eq!(plain, prefixed, "{url}");
    }
    server
        .get("/rest/v1/nowhere")
        .send()
        .await
        .refused(404, "PGRST205");
    server
        .get("/rest/v2/item")
        .send()
        .await
        .refused(404, "PGRST125");
}

#[tokio::test]
async fn a_profile_header_chooses_the_schema() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.db_schemas = vec!["api".to_owned(), "other".to_owned()])
        .await;
    for (profile, rows, schema) in [
        (None, 6, "api"),
        (Some("api"), 6, "api"),
        (Some("other"), 1, "other"),
    ] {
        let mut call = server.get("/item?select=id");
        if let Some(profile) = profile {
            call = call.header("accept-profile", profile);
        }
        let reply = call.send().await;
        assert_eq!(reply.ids().len(), rows, "{profile:?}");
        assert_eq!(reply.header("content-profile"), Some(schema), "{profile:?}");
    }

    // Reading heeds one header, POST the other.
    let call = server
        .get("/rpc/where_am_i")
        .header("accept-profile", "other");
    assert_eq!(call.send().await.ok(), json!("other"));
    let call = server
        .post("/rpc/where_am_i")
        .header("content-profile", "other");
    assert_eq!(call.send().await.ok(), json!("other"));
    server
        .post("/rpc/where_am_i")
        .header("accept-profile", "other")
        .send()
        .await
        .refused(404, "PGRST202");
    let call = server.get("/lonely").header("content-profile", "other");
    call.send().await.refused(404, "PGRST205");

    let error = server
        .get("/vault")
        .header("accept-profile", "private")
        .send()
        .await
        .refused(406, "PGRST106");
    assert_eq!(
        error,
        json!({
            "code": "PGRST106",
            "details": null,
            "hint": "Only the following schemas are exposed: api, other",
            "message": "Invalid schema: private",
        })
    );
}

#[tokio::test]
async fn with_one_schema_no_profile_is_told_unless_asked() {
    let server = Fixture::shared().await.serve().await;
    let reply = server.get("/item?limit=1").send().await;
    assert_eq!(reply.header("content-profile"), None);
    let call = server.get("/item?limit=1").header("accept-profile", "api");
    assert_eq!(call.send().await.header("content-profile"), Some("api"));
    let call = server.get("/item").header("accept-profile", "other");
    call.send().await.refused(406, "PGRST106");
}
