//! Bytes on the wire: heads that are no HTTP, and requests hidden in requests.

use super::{raw, statuses, still_answers};
use crate::harness::fixture::Fixture;

#[tokio::test]
async fn heads_that_are_no_http() {
    let server = Fixture::shared().await.serve().await;
    for request in [
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET /item\r\n\r\n",
        "GET /item HTTP/9.9\r\nhost: x\r\n\r\n",
        "GET /it em HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET item HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /item HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /item HTTP/1.1\r\nspace : x\r\n\r\n",
        "GET /item HTTP/1.1\r\nfolded: a\r\n b\r\nhost: x\r\n\r\n",
        "GET /item HTTP/1.1\r\nnul: a\0b\r\n\r\n",
        "POST /rpc/answer HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        "POST /rpc/answer HTTP/1.1\r\nhost: x\r\ncontent-length: +2\r\n\r\n{}",
        "POST /rpc/answer HTTP/1.1\r\nhost: x\r\ncontent-length: 2, 3\r\n\r\n{}",
        "POST /rpc/answer HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        "POST /rpc/answer HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n{}",
        "POST /rpc/answer HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /rpc/answer HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /rpc/answer HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n\r\n",
    ] {
        let answer = raw(&server, request).await;
        let found = statuses(&answer);
        let is_refused = found.iter().all(|status| status.starts_with('4'));
        assert!(is_refused && found.len() <= 1, "{request:?}: {answer}");
        still_answers(&server).await;
    }
    let headers = "a: b\r\n".repeat(5_000);
    let answer = raw(&server, format!("GET /item HTTP/1.1\r\n{headers}\r\n")).await;
    assert_eq!(statuses(&answer), ["431"], "{answer}");
    let answer = raw(
        &server,
        format!("GET /item HTTP/1.1\r\na: {}\r\n\r\n", "x".repeat(1_000_000)),
    )
    .await;
    let found = statuses(&answer);
    assert!(found.is_empty() || found == ["431"], "{found:?}");
    still_answers(&server).await;
}

/// A request that one reader of the connection sees and another does not: it is never answered as a
/// request of its own.
#[tokio::test]
async fn a_request_inside_another_is_not_answered() {
    let server = Fixture::shared().await.serve().await;
    let hidden = "GET /rpc/echo_text?v=smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
    let both = |first: &str, second: &str| {
        format!(
            "POST /rpc/answer HTTP/1.1\r\nhost: x\r\n{first}\r\n{second}\r\n\r\n0\r\n\r\n{hidden}"
        )
    };
    let length = format!("content-length: {}", 5 + hidden.len());
    let chunked = "transfer-encoding: chunked";
    for request in [
        both(&length, chunked),
        both(chunked, &length),
        both("content-length: 5", chunked),
        both(chunked, "content-length: 0"),
        both("content-length: 0", "Transfer-Encoding : chunked"),
        both("content-length: 0", "transfer-encoding: xchunked"),
        both("content-length: 0\r\ncontent-length: 5", "x: y"),
        both("transfer-encoding: chunked", "transfer-encoding: identity"),
    ] {
        let answer = raw(&server, &request).await;
        assert!(!answer.contains("smuggled"), "{request:?}: {answer}");
        assert!(statuses(&answer).len() <= 1, "{request:?}: {answer}");
        still_answers(&server).await;
    }
}

#[tokio::test]
async fn lines_that_end_in_a_newline_only_are_one_request() {
    let server = Fixture::shared().await.serve().await;
    let request = "GET /rpc/answer HTTP/1.1\nhost: x\nconnection: close\n\n";
    let answer = raw(&server, request).await;
    let found = statuses(&answer);
    assert!(found == ["200"] || found == ["400"], "{answer}");
    // A lone carriage return ends nothing.
    let request = "GET /rpc/answer HTTP/1.1\r\nx: a\rhidden: b\r\nconnection: close\r\n\r\n";
    let answer = raw(&server, request).await;
    assert_eq!(statuses(&answer), ["400"], "{answer}");
    still_answers(&server).await;
}

#[tokio::test]
async fn requests_that_follow_each_other_are_answered_in_their_order() {
    let server = Fixture::shared().await.serve().await;
    let one = |value: &str, more: &str| {
        format!("GET /rpc/echo_text?v={value} HTTP/1.1\r\nhost: x\r\n{more}\r\n")
    };
    let requests = one("first", "") + &one("second", "") + &one("third", "connection: close\r\n");
    let answer = raw(&server, requests).await;
    assert_eq!(statuses(&answer), ["200", "200", "200"], "{answer}");
    let places: Vec<_> = ["first", "second", "third"]
        .map(|word| answer.find(word))
        .into();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{answer}"
    );
}

#[tokio::test]
async fn odd_paths_name_nothing() {
    let server = Fixture::shared().await.serve().await;
    for path in [
        "//item",
        "/item/",
        "/./item",
        "/../item",
        "/item/../item",
        "/%2Fitem",
        "/rpc",
        "/rpc/",
        "/rpc//answer",
        "/rpc/answer/",
        "/rest/v1/rest/v1/item",
        "*",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = raw(&server, request).await;
        let found = statuses(&answer);
        assert!(found == ["404"] || found == ["400"], "{path}: {answer}");
    }
    still_answers(&server).await;
}

#[tokio::test]
async fn the_database_chooses_the_words_of_the_status_line_and_nothing_behind_them() {
    let server = Fixture::shared().await.serve().await;
    let ask = async |function: &str, body: &str| {
        let length = body.len();
        let request = format!(
            "POST /rpc/{function} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        raw(&server, request).await
    };
    let raised = r#"{"message": "{\"code\": \"1\", \"message\": \"M\"}",
        "detail": "{\"status\": 419, \"status_text\": \"TEXT\", \"headers\": {}}"}"#;
    let answer = ask("raise_json", &raised.replace("TEXT", "Page Expired")).await;
    assert!(
        answer.starts_with("HTTP/1.1 419 Page Expired\r\n"),
        "{answer}"
    );
    let chosen = ask("refuse", r#"{"code": "PT402", "message": "Pay first"}"#).await;
    assert!(chosen.starts_with("HTTP/1.1 402 Pay first\r\n"), "{chosen}");
    for answer in [
        ask(
            "raise_json",
            &raised.replace("TEXT", r"a\\r\\nSet-Cookie: b=1"),
        )
        .await,
        ask(
            "refuse",
            r#"{"code": "PT402", "message": "a\r\nSet-Cookie: b=1"}"#,
        )
        .await,
    ] {
        let (head, _) = answer.split_once("\r\n\r\n").expect("an answer");
        assert!(!head.contains("Set-Cookie"), "{answer}");
    }
}
