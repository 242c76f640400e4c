//! Keys that are published at a URL, and rotated there.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rowdesk::config::Config;
use serde_json::{Value, json};

use super::signer::{Ec, Rsa, hs256, now};
use crate::harness::fixture::Fixture;
use crate::harness::server::{SECRET, TestServer, token};

/// Answers every request with the same status and body, until it is told others.
#[derive(Clone)]
struct Publisher {
    url: String,
    answer: Arc<Mutex<(String, String)>>,
    asked: Arc<AtomicUsize>,
}

impl Publisher {
    fn of(set: &Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let publisher = Self {
            url: format!("http://{address}/.well-known/jwks.json"),
            answer: Arc::new(Mutex::new(("200 OK".to_owned(), set.to_string()))),
            asked: Arc::default(),
        };
        let serving = publisher.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a client");
                let _ = stream.read(&mut [0; 4096]);
                serving.asked.fetch_add(1, Ordering::SeqCst);
                let (status, body) = serving.answer.lock().expect("an answer").clone();
                let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\nlocation: /other");
                let length = body.len();
                let _ = write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}");
            }
        });
        publisher
    }

    fn publish(&self, status: &str, body: &str) {
        *self.answer.lock().expect("an answer") = (status.to_owned(), body.to_owned());
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn set(keys: &[Value]) -> Value {
    json!({ "keys": keys })
}

async fn serve(fixture: &Fixture, url: &str, max_age_seconds: u64) -> TestServer {
    fixture
        .serve_with(|config: &mut Config| {
            config.jwt_jwks_url = Some(url.to_owned());
            config.jwt_jwks_max_age = Duration::from_secs(max_age_seconds);
        })
        .await
}

fn claims(fixture: &Fixture) -> Value {
    json!({"role": fixture.role("user"), "exp": now() + 600})
}

async fn status(server: &TestServer, token: &str) -> u16 {
    server
        .get("/rpc/who")
        .token(token)
        .send()
        .await
        .status
        .as_u16()
}

#[tokio::test]
async fn a_new_key_is_found_and_an_old_one_forgotten_at_once() {
    let fixture = Fixture::shared().await;
    let (old, new) = (Rsa::new(), Ec::new());
    let publisher = Publisher::of(&set(&[old.jwk("old")]));
    let server = serve(fixture, &publisher.url, 8).await;
    let claims = claims(fixture);
    let by_old = old.sign(&json!({"alg": "RS256", "kid": "old"}), &claims);
    let by_new = new.sign(&json!({"alg": "ES256", "kid": "new"}), &claims);
    let unnamed = new.sign(&json!({"alg": "ES256"}), &claims);
    assert_eq!(status(&server, &by_old).await, 200);
    assert_eq!(status(&server, &by_new).await, 401);

    publisher.publish("200 OK", &set(&[new.jwk("new")]).to_string());
    tokio::time::sleep(Duration::from_millis(2100)).await;
    // Remembered as verified, until a look at the URL.
    assert_eq!(status(&server, &by_old).await, 200);
    assert_eq!(status(&server, &by_new).await, 200);
    assert_eq!(status(&server, &unnamed).await, 200);
    assert_eq!(status(&server, &by_old).await, 401);
    // The secret holds beside the keys.
    let own = token(&fixture.role("user"), json!({}));
    assert_eq!(status(&server, &own).await, 200);
}

#[tokio::test]
async fn keys_are_fetched_again_when_they_are_old() {
    let fixture = Fixture::shared().await;
    let key = Rsa::new();
    let publisher = Publisher::of(&set(&[key.jwk("a")]));
    let server = serve(fixture, &publisher.url, 1).await;
    let token = key.sign(&json!({"alg": "RS256", "kid": "a"}), &claims(fixture));
    assert_eq!(status(&server, &token).await, 200);
    // Withdrawn, and nobody asks for another.
    publisher.publish("200 OK", &set(&[]).to_string());
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(status(&server, &token).await, 401);
}

#[tokio::test]
async fn what_is_no_set_of_public_keys_leaves_the_last_one() {
    let fixture = Fixture::shared().await;
    let (key, other) = (Rsa::new(), Rsa::new());
    let publisher = Publisher::of(&set(&[key.jwk("a")]));
    let server = serve(fixture, &publisher.url, 1).await;
    let header = json!({"alg": "RS256", "kid": "a"});
    let claims = claims(fixture);
    let good = key.sign(&header, &claims);
    assert_eq!(status(&server, &good).await, 200);
    let page = "<html>a page of more than thirty-two bytes</html>";
    let published = "a published secret of more than 32 bytes";
    let symmetric = json!({"kty": "oct", "k": super::signer::base64(published)});
    let large = format!("{}{}", " ".repeat(300_000), set(&[other.jwk("a")]));
    for (status_line, body) in [
        (
            "500 Internal Server Error",
            set(&[other.jwk("a")]).to_string(),
        ),
        ("302 Found", set(&[other.jwk("a")]).to_string()),
        ("200 OK", page.to_owned()),
        ("200 OK", other.jwk("a").to_string()),
        ("200 OK", set(&[symmetric]).to_string()),
        ("200 OK", large),
    ] {
        publisher.publish(status_line, &body);
        let before = publisher.asked();
        while publisher.asked() < before + 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        let first: String = body.chars().take(40).collect();
        assert_eq!(status(&server, &good).await, 200, "{status_line} {first}");
        for bad in [
            other.sign(&header, &claims),
            hs256(body.as_bytes(), &claims),
            hs256(published.as_bytes(), &claims),
        ] {
            assert_eq!(status(&server, &bad).await, 401, "{status_line} {first}");
        }
    }
}

#[tokio::test]
async fn unknown_keys_do_not_make_the_server_ask_again_and_again() {
    let fixture = Fixture::shared().await;
    let (key, other) = (Rsa::new(), Ec::new());
    let publisher = Publisher::of(&set(&[key.jwk("a")]));
    let server = serve(fixture, &publisher.url, 300).await;
    let claims = claims(fixture);
    for n in 0..30 {
        let token = other.sign(&json!({"alg": "ES256", "kid": n.to_string()}), &claims);
        assert_eq!(status(&server, &token).await, 401);
    }
    assert_eq!(publisher.asked(), 1);
}

#[tokio::test]
async fn keys_alone_are_enough_and_a_dead_url_lets_nobody_in() {
    let fixture = Fixture::shared().await;
    let key = Rsa::new();
    let publisher = Publisher::of(&set(&[key.jwk("a")]));
    let url = publisher.url.clone();
    let server = fixture
        .serve_with(|config| {
            config.jwt_secret = None;
            config.jwt_jwks_url = Some(url);
            config.jwt_jwks_max_age = Duration::from_mins(5);
        })
        .await;
    let token = key.sign(&json!({"alg": "RS256"}), &claims(fixture));
    assert_eq!(status(&server, &token).await, 200);
    let by_secret = hs256(SECRET.as_bytes(), &claims(fixture));
    assert_eq!(status(&server, &by_secret).await, 401);

    let dead = serve(fixture, "http://127.0.0.1:9/keys", 300).await;
    assert_eq!(status(&dead, &token).await, 401);
    assert_eq!(dead.get("/rpc/who").send().await.status, 200);
}
