//! Tokens and headers that nobody would send, by the thousand: whatever they are, the answer is no fault of
//! the server, holds nothing of another client, and its caller is who the token says, or nobody.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::secrets::{MARK, marked_desk};
use super::tokens::{HS256, signed};
use crate::brute_force::Generator;
use crate::harness::desk::{agent, client, serve};
use crate::harness::server::TestServer;

/// So many of each kind; `SEED` says which. Another seed is another search: none has found anything.
const TIMES: usize = 700;
const SEED: u64 = 20_251_121;

/// An answer that takes longer never comes.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a client may, and three things that only staff may.
const URLS: [&str; 4] = [
    "/clients?select=id",
    "/tickets?select=id,client_id,title&limit=3",
    "/team_members?select=id,email",
    "/rpc/dashboard_overview",
];

/// Statuses and bodies of all that came back, for a header of any bytes may be several requests.
async fn ask(server: &TestServer, url: &str, headers: &[(&str, Vec<u8>)]) -> Vec<(u16, String)> {
    let mut request =
        format!("GET {url} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n").into_bytes();
    for (name, value) in headers {
        request.extend_from_slice(name.as_bytes());
        request.extend_from_slice(b": ");
        request.extend_from_slice(value);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    let address = server.base.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // a server that refuses early may close while we still write
    let _ = stream.write_all(&request).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "stuck: {}", String::from_utf8_lossy(&request));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let answers = answer.split("HTTP/1.1 ").skip(1).map(|one| {
        let status = one.get(..3).and_then(|status| status.parse().ok());
        (status.expect("a status"), one.to_owned())
    });
    answers.collect()
}

/// Asks everything, and gives how often somebody was let in.
async fn attempt(server: &TestServer, headers: &[(&str, Vec<u8>)], own: Option<i64>) -> usize {
    let mut let_in = 0;
    for url in URLS {
        let shown: Vec<_> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)))
            .collect();
        let answers = ask(server, url, headers).await;
        for (status, text) in &answers {
            let told = format!("{url} {shown:?}: {text}");
            assert!(*status < 500, "{told}");
            assert!(!text.to_lowercase().contains(MARK), "{told}");
            if *status >= 300 {
                continue;
            }
            let_in += 1;
            assert!(!url.contains("email") && !url.contains("rpc"), "{told}");
            let (_, body) = text.split_once("\r\n\r\n").expect("a body");
            let key = if url.contains("client_id") {
                "client_id"
            } else {
                "id"
            };
            if let Ok(Value::Array(rows)) = serde_json::from_str(body) {
                let others = rows.iter().filter(|row| row[key].as_i64() != own);
                assert_eq!(others.count(), 0, "{told}");
            }
        }
        assert!(!answers.is_empty(), "no answer: {url} {shown:?}");
    }
    let_in
}

fn bearer(token: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    vec![("authorization", [b"Bearer ", token].concat())]
}

/// A token that differs from a good one in its signed part or its signature.
fn mutated(generator: &mut Generator, good: &str) -> Vec<u8> {
    let mut bytes = good.as_bytes().to_vec();
    let parts: Vec<&str> = good.split('.').collect();
    let place = generator.below(bytes.len());
    match generator.below(8) {
        0 => bytes[place] ^= 1 << generator.below(8),
        1 => bytes.truncate(place),
        2 => {
            bytes.remove(place);
        }
        3 => bytes.insert(place, generator.one(b"A_-.=+/% \t\x00\x7f\xff,;\"")),
        4 => {
            let order = generator.one(&[[0, 2, 1], [1, 0, 2], [2, 1, 0], [0, 0, 2], [1, 1, 1]]);
            bytes = order.map(|part| parts[part]).join(".").into_bytes();
        }
        5 => {
            let algorithm = generator.one(&[
                "none", "NONE", "HS384", "HS512", "RS256", "ES256", "EdDSA", "", "HS256 ",
            ]);
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#));
            let signature = generator.one(&[parts[2], "", "AAAA"]);
            bytes = format!("{header}.{}.{signature}", parts[1]).into_bytes();
        }
        6 => {
            let kid = generator.one(&[
                r#""kid":"../../dev/null""#,
                r#""kid":"' or 1=1 --""#,
                r#""kid":["a"]"#,
                r#""jwk":{"kty":"oct","k":"AA"}"#,
                r#""jku":"http://127.0.0.1:1/keys""#,
                r#""x5u":"http://127.0.0.1:1/""#,
                r#""crit":["exp"]"#,
                r#""b64":false"#,
                r#""alg":"none""#,
            ]);
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"HS256",{kid}}}"#));
            bytes = format!("{header}.{}.{}", parts[1], parts[2]).into_bytes();
        }
        _ => {
            let claims =
                r#"{"role":"desk_admin","client_id":2,"team_member_id":1,"exp":4102444800}"#;
            let payload = URL_SAFE_NO_PAD.encode(claims);
            bytes = format!("{}.{payload}.{}", parts[0], parts[2]).into_bytes();
        }
    }
    bytes
}

#[tokio::test]
async fn a_token_that_was_tampered_with_lets_nobody_in() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let good = client(1);
    assert_eq!(attempt(&server, &bearer(good.as_bytes()), Some(1)).await, 2);
    let mut generator = Generator::new(SEED);
    for _ in 0..TIMES {
        let token = mutated(&mut generator, &good);
        // spaces around it are no part of it
        let trimmed = String::from_utf8_lossy(&token);
        if trimmed.trim() == good {
            continue;
        }
        let let_in = attempt(&server, &bearer(&token), None).await;
        assert_eq!(let_in, 0, "{}", String::from_utf8_lossy(&token));
    }
}

/// What an issuer may sign by mistake; here its claims are of any type, twice, nested, huge.
#[tokio::test]
async fn claims_of_any_shape_make_a_client_of_nobody_else() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let mut generator = Generator::new(SEED);
    let mut let_in = 0;
    for _ in 0..TIMES {
        let mut claims = vec![r#""role":"desk_client""#.to_owned()];
        let mut own = None;
        for _ in 0..generator.below(5) {
            let name = generator.one(&[
                "client_id",
                "client_id",
                "client\\u005fid",
                "Client_id",
                "team_member_id",
                "sub",
                "id",
                "exp",
                "aud",
                "app_metadata",
                "request.jwt.claims",
                "session_id",
                "",
            ]);
            let long = format!("\"{}\"", "x".repeat(generator.below(20_000)));
            let value = generator.one(&[
                "1",
                "1",
                "\"1\"",
                "1.0",
                "1e0",
                "[1]",
                "{\"client_id\":2}",
                "null",
                "true",
                "\"\"",
                "\"2 or true\"",
                "1e400",
                "4294967298",
                "-1",
                "\"\\u0000\"",
                "{}",
                "[]",
                "4102444800",
                "\"desk_admin\"",
                long.as_str(),
            ]);
            claims.push(format!("\"{name}\":{value}"));
            // the last of a name counts, however it is spelt
            if name == "client_id" || name == "client\\u005fid" {
                own = (value == "1").then_some(1);
            }
        }
        let token = signed(HS256, &format!("{{{}}}", claims.join(",")));
        let_in += attempt(&server, &bearer(token.as_bytes()), own).await;
    }
    assert!(let_in > TIMES / 2, "{let_in}: hardly a token was believed");
}

const NAMES: [&str; 12] = [
    "prefer",
    "accept-profile",
    "content-profile",
    "range",
    "range-unit",
    "x-forwarded-for",
    "forwarded",
    "cookie",
    "apikey",
    "accept",
    "if-none-match",
    "idempotency-key",
];

/// A piece of a header, or something that has no place in one.
fn piece(generator: &mut Generator) -> Vec<u8> {
    const PIECES: &[&str] = &[
        "count=exact",
        "return=representation",
        "handling=strict",
        "tx=commit",
        "timezone=",
        "Europe/Berlin",
        "max-affected=1",
        "params=single-object",
        "columns=granted",
        "role=desk_admin",
        "client_id=2",
        "request.jwt.claims={\"client_id\":2}",
        "public",
        "auth",
        "ops",
        "pg_catalog",
        "items=",
        "0-",
        "-1",
        "0-9",
        "99999999999999999999",
        "127.0.0.1",
        "::1",
        "for=",
        "application/json",
        "text/csv",
        "application/vnd.pgrst.object+json",
        ";q=0",
        ";for=\"x\"",
        ",",
        ";",
        "=",
        "\"",
        "'",
        "(",
        "\\",
        "%00",
        "%2e",
        "é",
        "\u{0}",
        "\t",
        "\u{7f}",
        "\r\n",
        "\n",
        "\r\n\r\n",
        "\r\nauthorization: Bearer x",
        "W/\"",
        "*",
        " ",
        "'; set role desk_admin; --",
        "Bearer ",
        "Basic ",
    ];
    match generator.below(20) {
        0 => vec![generator.one(b"\x80\xc3\xff\xfe\x01\x1b")],
        1 => vec![b'x'; generator.below(9_000)],
        // somebody else's, where no token belongs
        2 => agent().into_bytes(),
        _ => generator.one(PIECES).as_bytes().to_vec(),
    }
}

#[tokio::test]
async fn headers_of_any_bytes_make_nobody_of_anybody() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let mut generator = Generator::new(SEED);
    let good = client(1);
    let mut let_in = 0;
    for _ in 0..TIMES {
        let mut headers = Vec::new();
        // some have a token, some pieces of one
        let own = generator.chance(70).then_some(1);
        if own.is_some() {
            headers.extend(bearer(good.as_bytes()));
        } else if generator.chance(50) {
            // never a whole one of somebody: that would be no attempt
            let pieces = [piece(&mut generator), piece(&mut generator)].concat();
            if !pieces.starts_with(b"Bearer") {
                headers.push(("authorization", pieces));
            }
        }
        for _ in 0..=generator.below(3) {
            let pieces = (0..=generator.below(3)).map(|_| piece(&mut generator));
            let value: Vec<u8> = pieces.collect::<Vec<_>>().concat();
            headers.push((generator.one(&NAMES), value));
        }
        let_in += attempt(&server, &headers, own).await;
    }
    assert!(
        let_in > TIMES / 4,
        "{let_in}: hardly a request was understood"
    );
}
