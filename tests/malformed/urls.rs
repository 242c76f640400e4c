//! URLs.

use super::{raw, statuses, still_answers};
use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

/// Asserts a 4xx with an error object, and that the server still answers.
async fn refused(server: &TestServer, url: &str) -> (u16, String) {
    let reply = server.get(url).send().await;
    let shown: String = url.chars().take(200).collect();
    let status = reply.status.as_u16();
    assert!(
        (400..500).contains(&status),
        "{shown}: {status} {}",
        reply.text()
    );
    let error = reply.json();
    let code = error["code"].as_str().expect("a code").to_owned();
    assert!(error["message"].is_string(), "{shown}");
    still_answers(server).await;
    (status, code)
}

#[tokio::test]
async fn bytes_that_are_no_text() {
    let server = Fixture::shared().await.serve().await;
    for url in [
        "/item?name=eq.%FF",
        "/item?name=eq.%C3%28",
        "/item?%FF=eq.1",
        "/item?name=eq.%00",
        "/item?name=eq.a%00b",
        "/item?na%00me=eq.a",
        "/item?select=%00",
        "/item?order=id%00",
        "/%FF",
        "/item%00",
        "/%00",
        "/rpc/echo_text?v=%00",
        "/rpc/echo_text?v=%ED%A0%80",
        "/rpc/%FF%FE",
        "/rpc/answer%00",
        "/item?name=in.(%C3)",
    ] {
        refused(&server, url).await;
    }
}

#[tokio::test]
async fn parentheses_and_quotes_that_do_not_balance() {
    let server = Fixture::shared().await.serve().await;
    for query in [
        "or=(id.eq.1",
        "or=id.eq.1)",
        "or=((id.eq.1)",
        "or=()",
        "or=(,)",
        "or=",
        "and=(",
        "not.or=(",
        "id=in.(1,2",
        "id=in.1,2)",
        "id=in.",
        "select=id(",
        "select=a(b(c)",
        "select=%22id",
        "select=id,,name",
        "select=id-%3E",
        "order=",
        "order=,",
        "order=id.",
        "order=.desc",
        "order=%22id",
        "%22id=eq.1",
        "id=",
        "=eq.1",
        "id=eq",
        "id=not",
        "id=not.",
        "id=not.not.eq.1",
        "id=is.",
        "id=eq(some).1",
        "name=fts(.x",
        "tags=cs.%7B",
        "tags=cs.%7B%22a%7D",
        "span=cs.[1",
        "data=cs.%7B",
    ] {
        let (status, code) = refused(&server, &format!("/item?{query}")).await;
        assert_eq!(status, 400, "{query} {code}");
    }
    // What follows a whole expression is ignored, and half a quoted text is a text, as in PostgREST.
    for (query, ids) in [
        ("or=(id.eq.1))", vec![1]),
        ("or=(name.eq.%22x)", vec![]),
        ("id=in.(1,2))", vec![1, 2]),
    ] {
        let url = format!("/item?select=id)&order=id&{query}");
        assert_eq!(server.get(&url).send().await.ids(), ids, "{query}");
    }
}

#[tokio::test]
async fn numbers_out_of_all_bounds() {
    let server = Fixture::shared().await.serve().await;
    let nines = "9".repeat(5_000);
    for (query, status) in [
        ("limit=-1".to_owned(), 416),
        ("limit=-99999999999999999999".to_owned(), 416),
        (format!("limit=-{nines}"), 416),
        (format!("id=eq.{nines}"), 400),
        ("id=eq.1e400".to_owned(), 400),
        ("price=eq.1e9999999".to_owned(), 400),
        ("id=eq.NaN".to_owned(), 400),
        (format!("select=data-%3E{nines}"), 400),
        (format!("select=price::numeric({nines},2)"), 400),
        ("select=price::numeric(1001)".to_owned(), 400),
        ("released=eq.99999999-01-01".to_owned(), 400),
    ] {
        let (found, code) = refused(&server, &format!("/item?{query}")).await;
        assert_eq!(found, status, "{query} {code}");
    }
    // As large as a row number gets: an empty page, as the docs of PostgREST have it.
    for offset in ["1e18", "1000000000000000000", "9223372036854775807", &nines] {
        let url = format!("/item?select=id&offset={offset}");
        let reply = server.get(&url).send().await;
        // What is no whole number is no offset.
        let rows = if offset == "1e18" { 6 } else { 0 };
        assert_eq!(reply.ids().len(), rows, "{offset}");
        let counted = server
            .get(&url)
            .header("prefer", "count=exact")
            .send()
            .await;
        assert_eq!(
            counted.status,
            if rows == 0 { 416 } else { 200 },
            "{offset}"
        );
    }
    for limit in ["9223372036854775807", &nines] {
        let reply = server
            .get(&format!("/item?select=id&limit={limit}"))
            .send()
            .await;
        assert_eq!(reply.ids().len(), 6, "{limit}");
    }
    for range in [
        format!("0-{nines}"),
        format!("{nines}-"),
        "-1-5".to_owned(),
        "0-1,3-4".to_owned(),
    ] {
        let reply = server
            .get("/item?select=id")
            .header("range", &range)
            .send()
            .await;
        assert_eq!(reply.status, 200, "{range}");
    }
    still_answers(&server).await;
}

#[tokio::test]
async fn what_is_nested_too_deeply() {
    let server = Fixture::shared().await.serve().await;
    for depth in [100, 1_000, 5_000] {
        let tree = format!("or={}id.eq.1{}", "(and".repeat(depth), ")".repeat(depth));
        refused(&server, &format!("/item?{tree}")).await;
        let tree = format!(
            "and=({}id.eq.1{})",
            "not.and(".repeat(depth),
            ")".repeat(depth)
        );
        refused(&server, &format!("/item?{tree}")).await;
        let select = format!("select={}id{}", "a(".repeat(depth), ")".repeat(depth));
        refused(&server, &format!("/item?{select}")).await;
        let open = "(".repeat(depth);
        refused(&server, &format!("/item?or={open}")).await;
        refused(&server, &format!("/item?id=in.{open}")).await;
    }
    let path = "-%3Ea".repeat(5_000);
    let reply = server
        .get(&format!("/item?id=eq.1&select=data{path}"))
        .send()
        .await;
    let status = reply.status.as_u16();
    assert!(
        status == 200 || (400..=500).contains(&status),
        "{}",
        reply.text()
    );
    still_answers(&server).await;
}

#[tokio::test]
async fn very_many_of_everything() {
    let server = Fixture::shared().await.serve().await;
    let repeated = |text: &str, times| vec![text; times].join("&");
    let rows = server.get(&format!("/item?select=id&{}", repeated("id=gt.0", 7_000)));
    assert_eq!(rows.send().await.ids().len(), 6);
    let list = vec!["1"; 20_000].join(",");
    let rows = server
        .get(&format!("/item?select=id&id=in.({list})"))
        .send()
        .await;
    assert_eq!(rows.ids(), [1]);
    let tree = vec!["id.eq.1"; 7_000].join(",");
    let rows = server
        .get(&format!("/item?select=id&or=({tree})"))
        .send()
        .await;
    assert_eq!(rows.ids(), [1]);
    let order = vec!["id"; 15_000].join(",");
    let reply = server.get(&format!("/item?order={order}")).send().await;
    assert!(reply.status.as_u16() < 600, "{}", reply.status);
    let select = vec!["id"; 15_000].join(",");
    let reply = server.get(&format!("/item?select={select}")).send().await;
    assert!(reply.status.is_client_error() || reply.status.is_server_error());
    let arguments = repeated("a=1", 10_000);
    let reply = server.get(&format!("/rpc/add?{arguments}")).send().await;
    assert_eq!(reply.status, 200);
    let words = repeated("words=x", 7_000);
    let reply = server.get(&format!("/rpc/join_words?{words}")).send().await;
    assert_eq!(reply.text().len(), 2 * 7_000 - 1 + 2);
    let unknown: Vec<String> = (0..6_000).map(|number| format!("a{number}=1")).collect();
    refused(&server, &format!("/rpc/add?{}", unknown.join("&"))).await;
    still_answers(&server).await;
}

#[tokio::test]
async fn a_url_over_the_limit() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.server_max_url_bytes = 1_000)
        .await;
    let url = |bytes: usize| {
        let start = "/item?select=id&name=eq.";
        format!("{start}{}", "x".repeat(bytes - start.len()))
    };
    assert_eq!(server.get(&url(1_000)).send().await.status, 200);
    let reply = server.get(&url(1_001)).send().await;
    let refused = reply.refused(414, "RD104");
    assert_eq!(refused["message"], "The URL is longer than 1000 bytes");

    // Beyond what the HTTP library reads, without our words.
    let server = fixture.serve().await;
    for bytes in [70_000, 1_000_000] {
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
            url(bytes)
        );
        let answer = raw(&server, request).await;
        let found = statuses(&answer);
        assert!(
            found.is_empty() || found == ["414"] || found == ["431"],
            "{found:?}"
        );
        still_answers(&server).await;
    }
}
