//! Which signatures are believed.

use rowdesk::config::Secret;
use serde_json::{Value, json};

use super::signer::{Ec, Rsa, base64, hmac_sha256, hs256, now, sign};
use crate::harness::fixture::Fixture;
use crate::harness::server::{SECRET, TestServer};

async fn serve(fixture: &Fixture, secret: &str) -> TestServer {
    let secret = Secret::new(secret);
    fixture
        .serve_with(|config| config.jwt_secret = Some(secret))
        .await
}

fn claims(fixture: &Fixture) -> Value {
    json!({"role": fixture.role("user"), "exp": now() + 600})
}

/// Asserts that the token's role is the one in force.
async fn is_let_in(fixture: &Fixture, server: &TestServer, token: &str) {
    let who = server.get("/rpc/who").token(token).send().await.ok();
    assert_eq!(who[0]["who"], fixture.role("user"), "{token}");
}

/// Asserts a 401, and gives message and details.
async fn is_refused(server: &TestServer, token: &str, code: &str) -> (String, Value) {
    let reply = server.get("/rpc/who").token(token).send().await;
    let refused = reply.refused(401, code);
    let message = refused["message"].as_str().expect("a message").to_owned();
    assert_eq!(
        reply.header("www-authenticate"),
        Some(&*format!(
            "Bearer error=\"invalid_token\", error_description=\"{message}\""
        ))
    );
    let proxy_status = format!("PostgREST; error={code}");
    assert_eq!(reply.header("proxy-status"), Some(&*proxy_status));
    (message, refused["details"].clone())
}

#[tokio::test]
async fn a_shared_secret() {
    let fixture = Fixture::shared().await;
    let server = serve(fixture, SECRET).await;
    let token = hs256(SECRET.as_bytes(), &claims(fixture));
    is_let_in(fixture, &server, &token).await;
    // From the cache, too, and whatever the scheme's case.
    is_let_in(fixture, &server, &token).await;
    let call = server
        .get("/rpc/who")
        .header("authorization", &format!("bEaReR {token}"));
    assert_eq!(call.send().await.ok()[0]["who"], fixture.role("user"));

    let other = hs256(b"another secret of thirty-two bytes", &claims(fixture));
    let key = "None of the keys was able to decode the JWT";
    assert_eq!(
        is_refused(&server, &other, "PGRST301").await,
        ("No suitable key or wrong key type".to_owned(), json!(key))
    );
    // Another's claims under a signature that was right for the first.
    let (_, signature) = token.rsplit_once('.').unwrap();
    let forged = json!({"role": "postgres", "exp": now() + 600}).to_string();
    let forged = format!(
        "{}.{}.{signature}",
        base64(r#"{"alg":"HS256"}"#),
        base64(forged)
    );
    is_refused(&server, &forged, "PGRST301").await;
}

#[tokio::test]
async fn keys_of_a_set_are_chosen_by_their_name() {
    let fixture = Fixture::shared().await;
    let (rsa, ec, other) = (Rsa::new(), Ec::new(), Rsa::new());
    let set = json!({"keys": [rsa.jwk("first"), ec.jwk("second")]}).to_string();
    let server = serve(fixture, &set).await;
    let claims = claims(fixture);
    for token in [
        rsa.sign(&json!({"alg": "RS256", "kid": "first"}), &claims),
        rsa.sign(&json!({"alg": "RS256"}), &claims),
        ec.sign(&json!({"alg": "ES256", "kid": "second"}), &claims),
        ec.sign(&json!({"alg": "ES256"}), &claims),
    ] {
        is_let_in(fixture, &server, &token).await;
    }
    for token in [
        // unknown name, another's name, unknown key
        rsa.sign(&json!({"alg": "RS256", "kid": "third"}), &claims),
        rsa.sign(&json!({"alg": "RS256", "kid": "second"}), &claims),
        other.sign(&json!({"alg": "RS256", "kid": "first"}), &claims),
        other.sign(&json!({"alg": "RS256"}), &claims),
        // a key of its own making
        other.sign(&json!({"alg": "RS256", "jwk": other.jwk("first")}), &claims),
        // HS256 with what everybody knows
        sign(
            &json!({"alg": "HS256", "kid": "first"}),
            &claims,
            |message| hmac_sha256(&rsa.public(), message),
        ),
        sign(&json!({"alg": "HS256"}), &claims, |message| {
            hmac_sha256(set.as_bytes(), message)
        }),
    ] {
        is_refused(&server, &token, "PGRST301").await;
    }
}

#[tokio::test]
async fn a_single_key() {
    let fixture = Fixture::shared().await;
    let (rsa, ec) = (Rsa::new(), Ec::new());
    for (key, token) in [
        (
            rsa.jwk("a"),
            rsa.sign(&json!({"alg": "RS256"}), &claims(fixture)),
        ),
        (
            ec.jwk("a"),
            ec.sign(&json!({"alg": "ES256"}), &claims(fixture)),
        ),
        (
            json!({"kty": "oct", "k": base64(SECRET)}),
            hs256(SECRET.as_bytes(), &claims(fixture)),
        ),
    ] {
        let server = serve(fixture, &key.to_string()).await;
        is_let_in(fixture, &server, &token).await;
    }
}

#[tokio::test]
async fn what_is_no_token_is_told_so() {
    let fixture = Fixture::shared().await;
    let server = serve(fixture, SECRET).await;
    let unsigned = sign(&json!({"alg": "none"}), &claims(fixture), |_| Vec::new());
    let oversize = hs256(
        SECRET.as_bytes(),
        &json!({"role": fixture.role("user"), "padding": "x".repeat(20_000)}),
    );
    let undecodable = "JWT cryptographic operation failed";
    for (token, message, details) in [
        ("", "Empty JWT is sent in Authorization header", Value::Null),
        ("a.b", "Expected 3 parts in JWT; got 2", Value::Null),
        ("nonsense", "Expected 3 parts in JWT; got 1", Value::Null),
        ("a.b.c.d.e", "Expected 3 parts in JWT; got 5", Value::Null),
        ("a.b.c", undecodable, Value::Null),
        (
            "quifquirndsjagnrgniur.fonvoienqhhdj.iuqvnvhojah",
            undecodable,
            Value::Null,
        ),
        (
            &unsigned,
            "Wrong or unsupported encoding algorithm",
            json!("JWT is unsecured but expected 'alg' was not 'none'"),
        ),
        (&oversize, "JWT is larger than 16384 bytes", Value::Null),
    ] {
        let expected = (message.to_owned(), details);
        assert_eq!(is_refused(&server, token, "PGRST301").await, expected);
    }
    // Another scheme is none of ours: the caller is anonymous.
    let call = server.get("/rpc/who").header("authorization", "Basic YTpi");
    assert_eq!(call.send().await.ok()[0]["who"], fixture.role("anon"));
}

#[tokio::test]
async fn without_a_key_no_token_is_believed() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve_with(|config| config.jwt_secret = None).await;
    let token = hs256(SECRET.as_bytes(), &claims(fixture));
    let reply = server.get("/rpc/who").token(&token).send().await;
    let refused = reply.refused(500, "PGRST300");
    assert_eq!(refused["message"], "Server lacks JWT secret");
    assert_eq!(server.get("/rpc/who").send().await.status, 200);
}
