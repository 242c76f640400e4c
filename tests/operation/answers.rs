//! What every answer carries: CORS, Vary, the trace header, Proxy-Status.

use crate::harness::fixture::Fixture;
use crate::harness::http::Call;
use crate::harness::server::TestServer;

const PAGE: &str = "http://example.com";

fn preflight(call: Call) -> Call {
    call.header("origin", PAGE)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "X-Mine")
}

#[tokio::test]
async fn a_browser_that_asks_first_is_answered_without_token_or_database() {
    let fixture = Fixture::shared().await;
    let nowhere = fixture.uri().replace(fixture.database.name(), "nowhere");
    let server = TestServer::start_loading(nowhere, |_| {}).await;
    for url in ["/item", "/", "/nowhere", "/rpc/answer", "/auth/v1/token"] {
        let reply = preflight(server.call("OPTIONS", url)).send().await;
        assert_eq!(reply.status, 200, "{url}");
        for (name, value) in [
            ("access-control-allow-origin", Some("*")),
            ("access-control-allow-credentials", None),
            (
                "access-control-allow-methods",
                Some("GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"),
            ),
            (
                "access-control-allow-headers",
                Some("Authorization, X-Mine, Accept, Accept-Language, Content-Language"),
            ),
            ("access-control-max-age", Some("86400")),
            ("allow", None),
            ("vary", None),
            (
                "server",
                Some(concat!("rowdesk/", env!("CARGO_PKG_VERSION"))),
            ),
        ] {
            assert_eq!(reply.header(name), value, "{url} {name}");
        }
    }
}

#[tokio::test]
async fn pages_of_any_origin_may_read_answers_and_errors() {
    let server = Fixture::shared().await.serve().await;
    for url in ["/item?limit=1", "/nowhere", "/auth/v1/user"] {
        let reply = server.get(url).header("origin", PAGE).send().await;
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        let exposed = reply.header("access-control-expose-headers").expect(url);
        assert!(exposed.contains("Content-Range"), "{exposed}");
        let plain = server.get(url).send().await;
        assert_eq!(plain.header("access-control-allow-origin"), None, "{url}");
        assert_eq!(plain.header("access-control-expose-headers"), None);
    }
}

#[tokio::test]
async fn only_pages_of_allowed_origins_may_read_where_some_are_named() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| {
            config.server_cors_allowed_origins = vec!["http://a.com".into(), PAGE.into()];
        })
        .await;
    for (origin, allowed) in [
        (PAGE, Some(PAGE)),
        ("http://a.com", Some("http://a.com")),
        ("http://b.com", None),
        ("http://example.com.evil.com", None),
        ("https://example.com", None),
        ("null", None),
    ] {
        let reply = server.get("/item?limit=1").header("origin", origin);
        let reply = reply.send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("access-control-allow-origin"), allowed);
        let credentials = reply.header("access-control-allow-credentials");
        assert_eq!(credentials, allowed.map(|_| "true"), "{origin}");
    }
    let mine = preflight(server.call("OPTIONS", "/item")).send().await;
    assert_eq!(mine.header("access-control-allow-origin"), Some(PAGE));
}

#[tokio::test]
async fn answers_say_what_they_vary_by_and_errors_name_their_code() {
    let server = Fixture::shared().await.serve().await;
    for url in ["/item?limit=1", "/rpc/answer", "/rpc/touch"] {
        let reply = server.post(url).send().await;
        let reply = if reply.status.is_success() {
            reply
        } else {
            server.get(url).send().await
        };
        assert_eq!(reply.header("vary"), Some("Accept, Prefer, Range"), "{url}");
        assert_eq!(reply.header("proxy-status"), None, "{url}");
    }
    for (url, code) in [
        ("/nowhere", "PGRST205"),
        ("/item?id=eq.x", "22P02"),
        ("/item?id=foo.x", "PGRST100"),
        ("/hidden", "42501"),
    ] {
        let reply = server.head(url).send().await;
        let expected = format!("PostgREST; error={code}");
        assert_eq!(reply.header("proxy-status"), Some(expected.as_str()));
        assert_eq!(reply.header("vary"), None, "{url}");
    }
}

#[tokio::test]
async fn the_trace_header_comes_back_on_every_answer() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.server_trace_header = Some("X-Request-Id".into()))
        .await;
    for url in ["/item?limit=1", "/nowhere", "/auth/v1/user"] {
        let traced = server.get(url).header("x-request-id", "7f").send().await;
        assert_eq!(traced.header("x-request-id"), Some("7f"), "{url}");
        let untraced = server.get(url).send().await;
        assert_eq!(untraced.header("x-request-id"), Some(""), "{url}");
    }
    let asked = preflight(server.call("OPTIONS", "/item"));
    let asked = asked.header("x-request-id", "8").send().await;
    assert_eq!(asked.header("x-request-id"), Some("8"));
    let server = fixture.serve().await;
    let plain = server.get("/item?limit=1").header("x-request-id", "7f");
    assert_eq!(plain.send().await.header("x-request-id"), None);
}
