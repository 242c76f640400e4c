//! Requests that are no request for a session, and servers that give none.

use rowdesk::accounts::Accounts;
use rowdesk::config::{Config, RoleClaimKey, Secret};
use serde_json::json;

use super::accounts::{AGENT, PASSWORD, number, serve, serve_with, sign_in, state, token};
use crate::harness::desk::{self, desk, execute};
use crate::harness::server::{SECRET, TestServer};

#[tokio::test]
async fn malformed_requests_say_what_to_send_and_count_for_nothing() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let before = state(&admin).await;
    let good = json!({ "email": AGENT, "password": PASSWORD }).to_string();
    for (url, body, code, says) in [
        (
            "/auth/v1/token",
            good.as_str(),
            "validation_failed",
            "grant_type",
        ),
        (
            "/auth/v1/token?grant_type=",
            &good,
            "validation_failed",
            "password, refresh_token or pkce",
        ),
        (
            "/auth/v1/token?grant_type=magic",
            &good,
            "validation_failed",
            "password, refresh_token or pkce",
        ),
        (
            "/auth/v1/token?grant_type=password",
            "",
            "bad_json",
            "JSON object",
        ),
        (
            "/auth/v1/token?grant_type=password",
            "{\"email\": \"a\"",
            "bad_json",
            "line 1",
        ),
        (
            "/auth/v1/token?grant_type=password",
            "\u{0}\u{1}",
            "bad_json",
            "line 1",
        ),
        (
            "/auth/v1/token?grant_type=password",
            "{}",
            "validation_failed",
            "email is missing",
        ),
        (
            "/auth/v1/token?grant_type=refresh_token",
            &good,
            "validation_failed",
            "refresh_token is missing",
        ),
    ] {
        let reply = server
            .post(url)
            .body("application/json", body.to_owned())
            .send()
            .await;
        let error = reply.refused_sign_in(400, code);
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
    }
    let latin = [b"{\"email\":\"\xe9@x\",\"password\":\"x\"}".as_slice(), &[]].concat();
    let reply = server.post("/auth/v1/token?grant_type=password");
    let reply = reply.body("application/json", latin).send().await;
    reply.refused_sign_in(400, "bad_json");
    let long = json!({ "email": AGENT, "password": "x".repeat(20_000) });
    let reply = token(&server, "password", &long).send().await;
    reply.refused_sign_in(413, "request_too_large");
    let deep = "[".repeat(5_000);
    let reply = server.post("/auth/v1/token?grant_type=password");
    let reply = reply.body("application/json", deep).send().await;
    reply.refused_sign_in(400, "bad_json");

    assert_eq!(server.app.passwords_computed(), 0);
    assert_eq!(state(&admin).await, before);
    assert_eq!(
        number(
            &admin,
            "select count(*) from auth.sign_in_limits where full_until > now()"
        )
        .await,
        0
    );
}

#[tokio::test]
async fn other_methods_and_paths_are_refused() {
    let database = desk().await;
    let server = serve(&database).await;
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let reply = server
            .call(method, "/auth/v1/token?grant_type=password")
            .send()
            .await;
        reply.refused_sign_in(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), Some("POST"));
    }
    for path in [
        "/auth/v1",
        "/auth/v1/",
        "/auth/v1/tokens",
        "/auth/v1/token/x",
        "/auth/v1/admin/users",
    ] {
        server
            .post(path)
            .send()
            .await
            .refused_sign_in(404, "not_found");
    }
    // not ours: a path of the API
    server
        .post("/auth/v10")
        .send()
        .await
        .refused(404, "PGRST125");
}

#[tokio::test]
async fn a_server_without_the_role_signs_nobody_in() {
    let database = desk().await;
    let server = desk::serve(&database).await;
    let reply = sign_in(&server, AGENT, PASSWORD).await;
    let error = reply.refused_sign_in(404, "not_found");
    assert!(
        error["message"].as_str().unwrap().contains("auth-role"),
        "{error}"
    );
}

#[tokio::test]
async fn a_key_that_came_with_the_request_changes_nothing() {
    let database = desk().await;
    let server = serve(&database).await;
    let body = json!({ "email": AGENT, "password": PASSWORD });
    for authorization in [
        "Bearer sb_publishable_x",
        "Bearer a.b.c",
        "Basic x",
        "\u{e9}",
    ] {
        let call = token(&server, "password", &body).header("apikey", "sb_publishable_x");
        call.header("authorization", authorization)
            .send()
            .await
            .ok();
    }
}

#[tokio::test]
async fn an_outage_is_never_told_as_a_refusal() {
    let database = desk().await;
    let nowhere = TestServer::start_loading(database.uri("nobody_who_exists"), |config| {
        config.auth_role = Some("desk_worker".to_owned());
    })
    .await;
    let reply = sign_in(&nowhere, AGENT, PASSWORD).await;
    let error = reply.refused_sign_in(503, "request_timeout");
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert!(!error.to_string().contains("nobody_who_exists"), "{error}");

    // a database that does not know the contract
    let server = serve_with(&database, |config| {
        config.auth_schema = "elsewhere".to_owned();
    })
    .await;
    let reply = sign_in(&server, AGENT, PASSWORD).await;
    let error = reply.refused_sign_in(500, "unexpected_failure");
    assert_eq!(error["message"], "Internal error");

    // a role that may not
    let server = serve_with(&database, |config| {
        config.auth_role = Some("desk_agent".to_owned());
    })
    .await;
    let reply = sign_in(&server, AGENT, PASSWORD).await;
    reply.refused_sign_in(500, "unexpected_failure");

    let server = serve(&database).await;
    execute(
        &database.connect("postgres").await,
        "update auth.accounts set password_hash = '$argon2id$broken'",
    )
    .await;
    let reply = sign_in(&server, AGENT, PASSWORD).await;
    reply.refused_sign_in(400, "invalid_credentials");
    assert_eq!(server.app.passwords_computed(), 1);
}

#[test]
fn settings_that_cannot_work_are_told_at_the_start() {
    let refusal = |change: &dyn Fn(&mut Config)| {
        let mut config = Config {
            auth_role: Some("signer".to_owned()),
            jwt_secret: Some(Secret::new(SECRET)),
            ..Config::default()
        };
        change(&mut config);
        Accounts::new(&config).err().map(|error| error.to_string())
    };
    assert_eq!(refusal(&|_| {}), None);
    for (change, says) in [
        (
            (&|c: &mut Config| c.jwt_secret = None) as &dyn Fn(&mut Config),
            "neither auth-keys-file nor jwt-secret",
        ),
        (
            &|c: &mut Config| c.db_schemas = vec!["api".to_owned(), "auth".to_owned()],
            "db-schemas",
        ),
        (
            &|c: &mut Config| c.db_anon_role = Some("signer".to_owned()),
            "db-anon-role",
        ),
        (
            &|c: &mut Config| c.jwt_roles = vec!["signer".to_owned()],
            "jwt-roles",
        ),
        (
            &|c: &mut Config| c.jwt_role_claim_key = RoleClaimKey::parse(".app.role").unwrap(),
            "jwt-role-claim-key",
        ),
        (
            &|c: &mut Config| c.jwt_secret = Some(Secret::new(PUBLIC_KEY)),
            "only symmetric keys",
        ),
    ] {
        let said = refusal(change).expect(says);
        assert!(
            said.starts_with("auth-role switches signing in on, but "),
            "{said}"
        );
        assert!(said.contains(says), "{said}");
    }
}

/// The example of RFC 7515, appendix A.3.
const PUBLIC_KEY: &str = r#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
