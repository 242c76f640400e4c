//! The keys that sign: published, rotated, and worth nothing to those who only know them.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rowdesk::auth::KeyFile;
use rowdesk::config::Config;
use serde_json::{Value, json};

use super::accounts::{AGENT, refresh, serve_with, session, text};
use super::signer;
use crate::harness::desk::desk;
use crate::harness::server::TestServer;

/// A file of keys, deleted in the end.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let name = format!("keys-{name}-{}.json", std::process::id());
        Self(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name))
    }

    fn set(&self) -> impl FnOnce(&mut Config) {
        let path = self.0.clone();
        move |config| config.auth_keys_file = Some(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn published(server: &TestServer) -> Value {
    server
        .get("/auth/v1/.well-known/jwks.json")
        .send()
        .await
        .ok()
}

fn header(token: &str) -> Value {
    let header = token.split('.').next().expect("a header");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).expect("base64")).expect("JSON")
}

async fn status(server: &TestServer, token: &str) -> u16 {
    let reply = server.get("/tickets?select=id&limit=1").token(token);
    reply.send().await.status.as_u16()
}

#[tokio::test]
async fn tokens_are_signed_with_a_key_that_everybody_can_verify_with() {
    let database = desk().await;
    let file = File::new("verified");
    let server = serve_with(&database, file.set()).await;
    let session = session(&server, AGENT).await;
    let token = text(&session, "access_token");
    assert_eq!(status(&server, token).await, 200);
    let keys = published(&server).await;
    let header = header(token);
    assert_eq!(header["alg"], "ES256");
    assert_eq!(header["kid"], keys["keys"][0]["kid"]);
    for key in keys["keys"].as_array().expect("keys") {
        let mut names: Vec<_> = key.as_object().expect("a key").keys().collect();
        names.sort();
        assert_eq!(
            names,
            ["alg", "crv", "key_ops", "kid", "kty", "use", "x", "y"]
        );
    }
    // somebody else's server verifies with nothing but what is published
    let elsewhere = TestServer::start(database.uri("desk_authenticator"), |config| {
        config.jwt_secret = None;
        config.jwt_jwks_url = Some(format!("{}/auth/v1/.well-known/jwks.json", server.base));
    })
    .await;
    assert_eq!(status(&elsewhere, token).await, 200);
    refresh(&server, text(&session, "refresh_token")).await.ok();
}

#[tokio::test]
async fn what_is_published_signs_nothing() {
    let database = desk().await;
    let file = File::new("forged");
    let server = serve_with(&database, file.set()).await;
    let keys = published(&server).await;
    let claims = json!({ "role": "desk_admin", "team_member_id": 1, "exp": signer::now() + 600 });
    let key = &keys["keys"][0];
    let point = |name: &str| URL_SAFE_NO_PAD.decode(text(key, name)).expect("base64");
    for secret in [
        key.to_string().into_bytes(),
        text(key, "x").as_bytes().to_vec(),
        point("x"),
        [vec![4], point("x"), point("y")].concat(),
    ] {
        let header = json!({ "alg": "HS256", "kid": key["kid"] });
        let forged = signer::sign(&header, &claims, |message| {
            signer::hmac_sha256(&secret, message)
        });
        assert_eq!(status(&server, &forged).await, 401);
    }
    let other = File::new("others");
    let stranger = serve_with(&database, other.set()).await;
    let theirs = session(&stranger, AGENT).await;
    let theirs = text(&theirs, "access_token");
    assert_eq!(status(&stranger, theirs).await, 200);
    assert_eq!(status(&server, theirs).await, 401);
}

#[tokio::test]
async fn a_rotation_interrupts_nobody() {
    let database = desk().await;
    let file = File::new("rotated");
    let before = serve_with(&database, file.set()).await;
    let first = session(&before, AGENT).await;
    KeyFile::rotate(&file.0).expect("a file of keys");
    let after = serve_with(&database, file.set()).await;
    let second = session(&after, AGENT).await;
    let (first, second) = (text(&first, "access_token"), text(&second, "access_token"));
    assert_ne!(header(first)["kid"], header(second)["kid"]);
    // also a server that has not reloaded yet knows the key that signs now
    for server in [&before, &after] {
        for token in [first, second] {
            assert_eq!(status(server, token).await, 200);
        }
    }
    KeyFile::rotate(&file.0).expect("a file of keys");
    let later = serve_with(&database, file.set()).await;
    assert_eq!(status(&later, first).await, 401);
    assert_eq!(status(&later, second).await, 200);
}

#[tokio::test]
async fn a_secret_is_never_published() {
    let database = desk().await;
    let server = serve_with(&database, |_| {}).await;
    assert_eq!(published(&server).await, json!({ "keys": [] }));
    let token = session(&server, AGENT).await;
    assert_eq!(header(text(&token, "access_token"))["alg"], "HS256");
}
