//! QUERY: GET whose query string goes on in the body.

use serde_json::json;

use crate::harness::fixture::Fixture;
use crate::harness::http::{Call, Reply};
use crate::harness::server::TestServer;

const FORM: &str = "application/x-www-form-urlencoded";

fn query(server: &TestServer, url: &str, body: &str) -> Call {
    server.call("QUERY", url).body(FORM, body.to_owned())
}

/// Everything that clients see, without the clock.
fn shown(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let headers = reply.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| {
        let value = value.to_str().expect("text").to_owned();
        (name.to_string(), value)
    });
    (
        reply.status.as_u16(),
        headers.collect(),
        reply.text().to_owned(),
    )
}

#[tokio::test]
async fn it_answers_as_get_does_with_all_parameters_in_the_url() {
    let server = Fixture::shared().await.serve().await;
    for (path, url, body) in [
        ("/item", "", "select=id&id=in.(1,3)&order=id.desc"),
        ("/item", "select=id,name", "id=gt.2&order=id&limit=2"),
        (
            "/item",
            "select=id&id=gt.2",
            "or=(id.eq.4,name.eq.Banana)&order=id",
        ),
        ("/item", "select=id", "name=eq.%C3%9Cn%C3%AFcode+%E2%98%83"),
        ("/item", "select=id&limit=1", ""),
        ("/item", "limit=1", "limit=2&select=id&order=id"),
        ("/item", "select=id", "offset=99"),
        ("/item", "", "id=5"),
        ("/item", "", "no_such=eq.5"),
        ("/nowhere", "", "id=eq.5"),
        ("/hidden", "", "select=*"),
        ("/rpc/add", "a=1", "b=2"),
        ("/rpc/items", "min_price=2", "select=id&order=id&limit=1"),
        ("/rpc/join_words", "words=a", "words=b&words=c"),
        ("/rpc/add", "", "a=one"),
        ("/rpc/nowhere", "", "a=one"),
        ("/rpc/add_note", "", "body=written"),
        ("/a/b", "", "c=d"),
    ] {
        let joined = server.get(&format!("{path}?{url}&{body}"));
        let sent = query(&server, &format!("{path}?{url}"), body);
        for prefer in ["count=exact", "handling=strict, no-such=1"] {
            for (name, value) in [("range", "0-0"), ("accept", "text/csv"), ("x", "y")] {
                let with = |call: &Call| {
                    let call = call.clone().header("prefer", prefer);
                    call.header(name, value).send()
                };
                let (get, query) = (with(&joined).await, with(&sent).await);
                assert_eq!(shown(&get), shown(&query), "{path}?{url} {body} {name}");
            }
        }
    }
}

#[tokio::test]
async fn it_carries_what_no_url_can() {
    let server = Fixture::shared().await.serve().await;
    let numbers: Vec<String> = (2..150_000).map(|number| number.to_string()).collect();
    let body = format!("select=id&order=id&limit=2&id=in.({})", numbers.join(","));
    assert!(body.len() > 900_000);
    let reply = query(&server, "/item", &body).send().await;
    assert_eq!(reply.ids(), [2, 3]);
    // Where the answer could be found by GET, if a URL could be so long.
    assert_eq!(reply.header("content-location"), None);
    assert_eq!(reply.header("content-range"), Some("0-1/*"));
}

#[tokio::test]
async fn it_writes_nothing_and_shows_nothing_more() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({"name": "ann"}));
    query(&server, "/rpc/add_note", "body=written")
        .token(&user)
        .send()
        .await
        .refused(405, "25006");
    assert_eq!(
        server.get("/note").token(&user).send().await.ok(),
        json!([])
    );

    let reply = query(&server, "/owned", "select=id").token(&user).send();
    assert_eq!(reply.await.ids(), [1, 2]);
    query(&server, "/owned", "select=id")
        .send()
        .await
        .refused(401, "42501");
    query(&server, "/hidden", "secret=like.*")
        .token(&user)
        .send()
        .await
        .refused(403, "42501");
    let names = |body: &'static str| {
        let token = fixture.user(json!({"name": "bob"}));
        query(&server, "/rpc/setting", body).token(&token).send()
    };
    assert_eq!(names("name=transaction_read_only").await.ok(), json!("on"));
    assert_eq!(names("name=request.method").await.ok(), json!("QUERY"));
}

#[tokio::test]
async fn another_body_is_refused_with_what_is_taken() {
    let server = Fixture::shared().await.serve().await;
    for (url, call) in [
        (
            "/item",
            server.call("QUERY", "/item").json(&json!({"id": "eq.1"})),
        ),
        ("/item", server.call("QUERY", "/item").bytes("id=eq.1")),
        (
            "/rpc/add",
            server.call("QUERY", "/rpc/add").body("text/plain", "a=1"),
        ),
        (
            "/item",
            server
                .call("QUERY", "/item")
                .body("application/sql", "select 1"),
        ),
    ] {
        let reply = call.send().await;
        reply.refused(415, "RD110");
        assert_eq!(reply.header("accept-query"), Some(FORM), "{url}");
    }
    let form = format!("{FORM}; charset=utf-8");
    let call = server
        .call("QUERY", "/item")
        .body(&form, "id=eq.1&select=id");
    assert_eq!(call.send().await.ids(), [1]);
    let call = server.call("QUERY", "/item").body(FORM, &b"id=eq.\xff"[..]);
    call.send().await.refused(400, "PGRST102");
    query(&server, "/", "select=id")
        .send()
        .await
        .refused(405, "PGRST117");
    for (url, accepted) in [
        ("/item", Some(FORM)),
        ("/rpc/answer", Some(FORM)),
        ("/rpc/touch", None),
        ("/", None),
    ] {
        let reply = server.call("OPTIONS", url).send().await;
        assert_eq!(reply.header("accept-query"), accepted, "{url}");
    }
}

#[tokio::test]
async fn too_much_of_anything_is_refused() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.server_max_body_bytes = 1_000_000)
        .await;
    let long = "a".repeat(1_000_001);
    query(&server, "/item", &long)
        .send()
        .await
        .refused(413, "RD103");
    let many = |text: &str, joint: &str, times| vec![text; times].join(joint);
    let reply = query(&server, "/item", &many("id=gt.0", "&", 70_000))
        .send()
        .await;
    reply.refused(413, "RD111");
    for body in [
        format!("select=id&or=({})", many("id.eq.1", ",", 70_000)),
        format!("select={}", many("id", ",", 70_000)),
        format!("order={}", many("id", ",", 70_000)),
        format!("select=id&{}", many("id=gt.0", "&", 20_000)),
        many("a=1", "&", 200_000),
        many("and=(", "", 100_000),
        many("select=a(", "", 100_000),
        many("x.limit=1", "&", 80_000),
    ] {
        let reply = query(&server, "/item", &body).send().await;
        assert_ne!(reply.status, 503, "{}", reply.text());
    }
    assert_eq!(
        server.get("/item?select=id&id=eq.1").send().await.ids(),
        [1]
    );
}
