//! URLs with characters that should be percent-encoded and, typed by hand, are not.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{raw, statuses, still_answers};
use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

const CLOSE: &str = "connection: close\r\n";

fn get(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: x\r\n{headers}\r\n")
}

fn echo(body: &str, headers: &str) -> String {
    let length = body.len();
    format!(
        "POST /rpc/echo_text HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n{body}"
    )
}

/// The bodies of whole answers, one after the other, as JSON.
fn bodies(answer: &str) -> Vec<Value> {
    let answers = answer.split("HTTP/1.1 2").skip(1);
    let body = |text: &str| {
        let (_, body) = text.split_once("\r\n\r\n").expect("a head");
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
    };
    answers.map(body).collect()
}

/// The same, each byte in a packet of its own.
async fn byte_by_byte(server: &TestServer, request: &str) -> String {
    let address = server.base.strip_prefix("http://").expect("an address");
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("an option");
    let (mut answers, mut requests) = stream.into_split();
    let sent = request.to_owned();
    let sending = tokio::spawn(async move {
        for byte in sent.as_bytes() {
            if requests.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        requests
    });
    let mut answer = String::new();
    let _ = answers.read_to_string(&mut answer).await;
    let _ = sending.await;
    answer
}

#[tokio::test]
async fn a_url_may_be_written_as_it_is_meant() {
    let server = Fixture::shared().await.serve().await;
    let filter = json!([{"id": 1}]);
    for (target, expected) in [
        (
            "/item?select=id,b:data->a->>b&id=eq.1",
            json!([{"id": 1, "b": "x"}]),
        ),
        ("/item?select=id&data->a->>b=eq.x", filter.clone()),
        (r#"/item?select=id&name=in.("Apple","<`>")"#, filter.clone()),
        ("/item?select=id&data=cs.{\"a\":{\"n\":1}}", filter),
        ("/item?select=id&name=eq.Ünïcode%20☃", json!([{"id": 5}])),
        // What follows a # counts as much as what stands before it.
        ("/item?select=id&name=eq.Apple#&id=eq.1", json!([])),
        ("/rpc/echo_text?v=<>\"`#|^\\{}[]", json!("<>\"`#|^\\{}[]")),
    ] {
        let request = get(target, CLOSE);
        for answer in [
            raw(&server, &request).await,
            byte_by_byte(&server, &request).await,
        ] {
            assert_eq!(statuses(&answer), ["200"], "{target}: {answer}");
            assert_eq!(bodies(&answer), std::slice::from_ref(&expected), "{target}");
        }
    }
    let answer = raw(&server, get("/no<such>", CLOSE)).await;
    assert!(
        answer.contains("no<such>") && answer.contains("PGRST205"),
        "{answer}"
    );
    let answer = raw(
        &server,
        b"GET /item?name=eq.\xff HTTP/1.1\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert!(answer.contains("PGRST100"), "{answer}");
}

#[tokio::test]
async fn bodies_and_headers_stay_what_they_are() {
    let server = Fixture::shared().await.serve().await;
    let hidden = get("/rpc/echo_text?v=>smuggled", "");
    let text = json!({ "v": hidden });
    let raw_body = format!("{{\"v\": \"x\"\n\n{}}}", " ".repeat(50));
    let chunk = text.to_string();
    let chunked = format!(
        "POST /rpc/echo_text HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\n{CLOSE}\r\n{:x}\r\n{chunk}\r\n0\r\n\r\n",
        chunk.len()
    );
    let again = get("/rpc/echo_text?v=->>", CLOSE);
    for (request, expected) in [
        (echo(&text.to_string(), CLOSE), vec![json!(hidden)]),
        // One after the other on a connection, sent without waiting.
        (
            echo(&text.to_string(), "") + &echo(&raw_body, "") + &again,
            vec![json!(hidden), json!("x"), json!("->>")],
        ),
        (
            echo(&raw_body, "expect: 100-continue\r\n") + &again,
            vec![json!("x"), json!("->>")],
        ),
        (
            get("/rpc/echo_text?v=a>", "") + &hidden + &again,
            vec![json!("a>"), json!(">smuggled"), json!("->>")],
        ),
        (chunked, vec![json!(hidden)]),
        (
            get(
                "/rpc/setting?name=request.headers",
                "x: GET /> HTTP/1.1\r\nconnection: close\r\n",
            ),
            vec![json!(
                r#"{"host":"x","x":"GET /> HTTP/1.1","connection":"close"}"#
            )],
        ),
    ] {
        for answer in [
            raw(&server, &request).await,
            byte_by_byte(&server, &request).await,
        ] {
            assert_eq!(bodies(&answer), expected, "{request}: {answer}");
        }
    }
    still_answers(&server).await;
}

/// A body that is refused before it was read does not begin a request.
#[tokio::test]
async fn a_body_that_nobody_reads_is_no_request() {
    let server = Fixture::shared().await.serve().await;
    let hidden = get("/rpc/echo_text?v=>smuggled", "");
    for padding in [0, 100, 1_000_000] {
        let body = format!("{}\r\n\r\n{hidden}", " ".repeat(padding));
        let length = body.len();
        for first in [
            "DELETE /no_such",
            "GET /item?id=eq.1",
            "POST /a/b/c",
            "QUERY /a/b/c",
        ] {
            let request = format!(
                "{first} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}{}",
                get("/rpc/echo_text?v=->>", CLOSE)
            );
            let answer = raw(&server, &request).await;
            assert!(!answer.contains("smuggled"), "{first}: {answer}");
        }
    }
    still_answers(&server).await;
}

/// The server waits for a request that never comes whole only so long as for any other.
#[tokio::test]
async fn a_client_that_hangs_up_within_its_first_line_is_forgotten() {
    let server = Fixture::shared().await.serve().await;
    for part in [
        "G",
        "GET /item?a=>",
        "\r\n",
        "GET /item?a=> HTTP/1.1\r\nx: y",
    ] {
        let address = server.base.strip_prefix("http://").expect("an address");
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(part.as_bytes()).await.expect("sent");
        stream.shutdown().await.expect("half closed");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("the end");
        assert!(
            statuses(&answer).iter().all(|it| *it == "400"),
            "{part}: {answer}"
        );
    }
    still_answers(&server).await;
}
