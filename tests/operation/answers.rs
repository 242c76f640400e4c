//! What every answer carries: CORS, Vary, the trace header, Proxy-Status.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::desk::execute;
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
async fn a_status_of_a_function_is_sent_as_it_is() {
    let fixture = Fixture::own().await;
    let say = "create function api.say(status text, headers text default '') returns void language sql as $$
        select set_config('response.status', status, true), set_config('response.headers', headers, true) $$;
        grant execute on function api.say to public";
    execute(&fixture.admin().await, say).await;
    let server = fixture.serve().await;
    let reply = server.get("/rpc/say?status=503").send().await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("retry-after")),
        (503, Some("1"))
    );
    let url = "/rpc/say?status=503&headers=[{\"Retry-After\":\"9\"}]";
    let reply = server.get(&url.replace('"', "%22")).send().await;
    let all = reply.headers.get_all("retry-after");
    assert_eq!(all.iter().collect::<Vec<_>>(), ["9"]);
    // One without a name has no reason.
    let address = server.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = "GET /rpc/say?status=299 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 299 \r\n"), "{answer}");
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

#[tokio::test]
async fn no_browser_guesses_what_an_answer_is() {
    let server = Fixture::shared().await.serve().await;
    for url in [
        "/item?limit=1",
        "/nowhere",
        "/auth/v1/user",
        "/auth/v1/settings",
    ] {
        let reply = server.get(url).send().await;
        assert_eq!(
            reply.header("x-content-type-options"),
            Some("nosniff"),
            "{url}"
        );
    }
}
