//! Links that give a code, which only the browser that asked for them can exchange (RFC 7636).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use super::accounts::{AGENT, serve, state, text};
use crate::harness::desk::{desk, execute};
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

const VERIFIER: &str = "a verifier that is known to one browser alone, and to no mail";

fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The code of a link that was asked for with this challenge, and followed.
async fn code(server: &TestServer, admin: &Client, challenge: &str, method: &str) -> String {
    let body =
        json!({ "email": AGENT, "code_challenge": challenge, "code_challenge_method": method });
    server
        .post("/auth/v1/recover")
        .json(&body)
        .send()
        .await
        .ok();
    let sql =
        "select substring(body from 'token=([^&]+)') from ops.outbox order by id desc limit 1";
    let token: String = admin.query_one(sql, &[]).await.expect(sql).get(0);
    let followed = server
        .get(&format!("/auth/v1/verify?token={token}&type=recovery"))
        .send()
        .await;
    assert_eq!(followed.status, 303);
    let location = followed.header("location").expect("a page");
    assert!(!location.contains('#'), "{location}");
    location.split_once("code=").expect("a code").1.to_owned()
}

async fn exchange(server: &TestServer, code: &str, verifier: &str) -> Reply {
    let body = json!({ "auth_code": code, "code_verifier": verifier });
    server
        .post("/auth/v1/token?grant_type=pkce")
        .json(&body)
        .send()
        .await
}

#[tokio::test]
async fn who_asked_for_a_link_is_let_in_once() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    for (challenge, method) in [(s256(VERIFIER), "s256"), (VERIFIER.to_owned(), "plain")] {
        let code = code(&server, &admin, &challenge, method).await;
        let session: Value = exchange(&server, &code, VERIFIER).await.ok();
        assert_eq!(session["user"]["email"], AGENT);
        let user = server
            .get("/auth/v1/user")
            .token(text(&session, "access_token"));
        user.send().await.ok();
        exchange(&server, &code, VERIFIER)
            .await
            .refused_sign_in(404, "flow_state_not_found");
    }
}

#[tokio::test]
async fn who_only_saw_the_link_is_not() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let challenge = s256(VERIFIER);
    for wrong in ["", "another", challenge.as_str()] {
        let code = code(&server, &admin, &challenge, "s256").await;
        let refused = exchange(&server, &code, wrong).await;
        if wrong.is_empty() {
            refused.refused_sign_in(400, "validation_failed");
            continue;
        }
        refused.refused_sign_in(400, "bad_code_verifier");
        // nobody tries a second verifier
        exchange(&server, &code, VERIFIER)
            .await
            .refused_sign_in(404, "flow_state_not_found");
    }
}

#[tokio::test]
async fn a_code_is_no_link_and_runs_off() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    execute(&admin, "update auth.sign_in_limits set full_until = now()").await;
    let code = code(&server, &admin, &s256(VERIFIER), "S256").await;
    let before = state(&admin).await;
    for kind in ["recovery", "invite", "code"] {
        let body = json!({ "token_hash": code, "type": kind });
        let reply = server.post("/auth/v1/verify").json(&body).send().await;
        assert!(reply.status.is_client_error(), "{}", reply.text());
    }
    execute(&admin, "update auth.one_time_tokens set expires_at = now()").await;
    exchange(&server, &code, VERIFIER)
        .await
        .refused_sign_in(404, "flow_state_not_found");
    assert_eq!(state(&admin).await, before);
    let body = json!({ "email": AGENT, "code_challenge": "x", "code_challenge_method": "md5" });
    let refused = server.post("/auth/v1/recover").json(&body).send().await;
    refused.refused_sign_in(400, "validation_failed");
}
