//! `grant_type=password`: who gets a session, and what it is good for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::accounts::{
    ADMIN, AGENT, DISABLED, MANAGER, PASSWORD, contact, number, serve, serve_with, session,
    sign_in, state, text,
};
use crate::harness::desk::{desk, execute};
use crate::harness::server::TestServer;

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a payload");
    let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64");
    serde_json::from_slice(&payload).expect("claims")
}

async fn count(server: &TestServer, token: &str, relation: &str) -> i64 {
    let reply = server
        .head(&format!("/{relation}"))
        .token(token)
        .header("prefer", "count=exact")
        .send()
        .await;
    assert_eq!(reply.status, 200);
    let range = reply.header("content-range").expect("a range");
    range.rsplit('/').next().unwrap().parse().expect("a count")
}

#[tokio::test]
async fn everybody_signs_in_and_sees_what_is_theirs() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let (email, client) = contact(&admin).await;
    let all = number(&admin, "select count(*) from tickets").await;
    let own = format!("select count(*) from tickets where client_id = {client}");
    let own = number(&admin, &own).await;
    assert!(0 < own && own < all);
    for (email, role, link, sees) in [
        (
            email.as_str(),
            "desk_client",
            json!({ "client_id": client }),
            own,
        ),
        (AGENT, "desk_agent", json!({ "team_member_id": 2 }), all),
        (
            MANAGER,
            "desk_manager",
            json!({ "team_member_id": 10 }),
            all,
        ),
        (ADMIN, "desk_admin", json!({ "team_member_id": 1 }), all),
    ] {
        let session = session(&server, email).await;
        let token = text(&session, "access_token");
        let claims = claims(token);
        assert_eq!(claims["role"], role);
        for name in ["client_id", "team_member_id"] {
            assert_eq!(claims.get(name), link.get(name), "{email}: {name}");
        }
        assert_eq!(count(&server, token, "tickets").await, sees, "{email}");
        let widget = server
            .get("/rpc/team_performance")
            .token(token)
            .send()
            .await;
        let expected = if role == "desk_client" { 403 } else { 200 };
        assert_eq!(widget.status, expected, "{email}");
    }
}

#[tokio::test]
async fn a_session_is_what_clients_expect() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let reply = sign_in(&server, AGENT, PASSWORD).await;
    let session = reply.ok();
    assert_eq!(
        reply.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(session["token_type"], "bearer");
    assert_eq!(session["expires_in"], 900);
    let claims = claims(text(&session, "access_token"));
    assert_eq!(session["expires_at"], claims["exp"]);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        900
    );

    let row = admin
        .query_one(
            "select a.id::text, s.id::text, s.created_at = a.last_sign_in_at
            from auth.accounts a join auth.sessions s on s.account_id = a.id where a.email = $1",
            &[&AGENT],
        )
        .await
        .unwrap();
    let (account, session_id): (String, String) = (row.get(0), row.get(1));
    assert!(row.get::<_, bool>(2), "last_sign_in_at is now");
    for (name, expected) in [
        ("sub", json!(account)),
        ("session_id", json!(session_id)),
        ("aud", json!("authenticated")),
        ("iss", json!("rowdesk")),
        ("email", json!(AGENT)),
        ("aal", json!("aal1")),
        ("is_anonymous", json!(false)),
        ("user_metadata", json!({})),
    ] {
        assert_eq!(claims[name], expected, "{name}");
    }
    assert_eq!(claims["amr"][0]["method"], "password");
    assert!(claims["amr"][0]["timestamp"].is_i64());

    let user = &session["user"];
    for (name, expected) in [
        ("id", json!(account)),
        ("aud", json!("authenticated")),
        ("role", json!("desk_agent")),
        ("email", json!(AGENT)),
        ("phone", json!("")),
        ("identities", json!([])),
        ("is_anonymous", json!(false)),
        ("user_metadata", json!({})),
        (
            "app_metadata",
            json!({ "provider": "email", "providers": ["email"] }),
        ),
    ] {
        assert_eq!(user[name], expected, "{name}");
    }
    for name in [
        "created_at",
        "updated_at",
        "last_sign_in_at",
        "email_confirmed_at",
        "confirmed_at",
    ] {
        assert!(
            user[name].as_str().unwrap().ends_with("+00:00"),
            "{name}: {}",
            user[name]
        );
    }
    // the hash of the refresh token is kept, not the token
    let stored = admin
        .query_one(
            "select count(*) from auth.refresh_tokens where token_hash = sha256($1::text::bytea)",
            &[&text(&session, "refresh_token")],
        )
        .await
        .unwrap();
    assert_eq!(stored.get::<_, i64>(0), 1);
}

#[tokio::test]
async fn an_email_is_the_same_however_it_is_typed() {
    let database = desk().await;
    let server = serve(&database).await;
    for email in [
        "TOMAS.Vega@Rowdesk.EXAMPLE",
        "  tomas.vega@rowdesk.example ",
    ] {
        assert_eq!(session(&server, email).await["user"]["email"], AGENT);
    }
}

#[tokio::test]
async fn whoever_may_not_sign_in_gets_the_same_answer_after_the_same_work() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "insert into auth.accounts (email, role, client_id) values ('new@nobody.example', 'desk_client', 1)",
    )
    .await;
    let before = state(&admin).await;
    let mut answers = Vec::new();
    for (email, password) in [
        (AGENT, "rowdesk-Demo"),
        (AGENT, "rowdesk-demo "),
        (DISABLED, "wrong"),
        ("nobody@nowhere.example", PASSWORD),
        ("new@nobody.example", PASSWORD),
        ("not an email", PASSWORD),
        ("' or true --", PASSWORD),
    ] {
        let computed = server.app.passwords_computed();
        let reply = sign_in(&server, email, password).await;
        reply.refused_sign_in(400, "invalid_credentials");
        assert_eq!(server.app.passwords_computed(), computed + 1, "{email}");
        let mut headers = reply.headers.clone();
        headers.remove("date");
        answers.push((headers, reply.body));
    }
    assert!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{answers:?}"
    );
    assert_eq!(state(&admin).await, before);
}

#[tokio::test]
async fn only_the_right_password_learns_why_an_account_is_closed() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    sign_in(&server, DISABLED, PASSWORD)
        .await
        .refused_sign_in(400, "user_banned");
    for (change, code) in [
        ("email_confirmed_at = null", "email_not_confirmed"),
        (
            "email_confirmed_at = now(), status = 'disabled'",
            "user_banned",
        ),
        (
            "status = 'pending', email = 'gone@rowdesk.example', team_member_id = null",
            "account_pending",
        ),
    ] {
        let change = format!("update auth.accounts set {change} where team_member_id = 2");
        execute(&admin, &change).await;
        let is_gone = code == "account_pending";
        let email = if is_gone {
            "gone@rowdesk.example"
        } else {
            AGENT
        };
        let before = state(&admin).await;
        let right = sign_in(&server, email, PASSWORD).await;
        right.refused_sign_in(400, code);
        let wrong = sign_in(&server, email, "wrong").await;
        wrong.refused_sign_in(400, "invalid_credentials");
        assert_eq!(state(&admin).await, before, "{code}");
    }
}

#[tokio::test]
async fn a_weak_hash_is_replaced_when_its_owner_signs_in() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    // "rowdesk-demo" with 64 KiB and one pass
    let weak = "$argon2id$v=19$m=64,t=1,p=1$d2VhayBzYWx0IG9mIDE2Yg$Gd1+aR9cbA3PHQe07DmykYDZXF8JCgxUBZwHpGOUkZ4";
    let update = "update auth.accounts set password_hash = $1 where email = $2";
    admin.execute(update, &[&weak, &AGENT]).await.unwrap();
    sign_in(&server, AGENT, "wrong")
        .await
        .refused_sign_in(400, "invalid_credentials");
    let stored = "select password_hash from auth.accounts where email = $1";
    let kept: String = admin.query_one(stored, &[&AGENT]).await.unwrap().get(0);
    assert_eq!(kept, weak);
    session(&server, AGENT).await;
    let strong: String = admin.query_one(stored, &[&AGENT]).await.unwrap().get(0);
    assert!(
        strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{strong}"
    );
    session(&server, AGENT).await;
    let kept: String = admin.query_one(stored, &[&AGENT]).await.unwrap().get(0);
    assert_eq!(kept, strong);
}

#[tokio::test]
async fn the_audience_is_the_servers() {
    let database = desk().await;
    let server = serve_with(&database, |config| {
        config.jwt_aud = Some("desk".to_owned());
        config.auth_token_lifetime = std::time::Duration::from_mins(1);
    })
    .await;
    let session = session(&server, AGENT).await;
    let token = text(&session, "access_token");
    assert_eq!(claims(token)["aud"], "desk");
    assert_eq!(session["user"]["aud"], "desk");
    assert_eq!(session["expires_in"], 60);
    server
        .get("/tickets?limit=1")
        .token(token)
        .send()
        .await
        .ok();
}

#[tokio::test]
async fn nothing_of_the_accounts_is_reached_by_any_other_door() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let before = state(&admin).await;
    let session = session(&server, ADMIN).await;
    let after = state(&admin).await;
    assert_ne!(before, after);
    let token = text(&session, "access_token");
    for url in [
        "/accounts",
        "/sessions",
        "/refresh_tokens",
        "/sign_in_limits",
    ] {
        server
            .get(url)
            .token(token)
            .send()
            .await
            .refused(404, "PGRST205");
        let profile = server
            .get(url)
            .token(token)
            .header("accept-profile", "auth");
        profile.send().await.refused(406, "PGRST106");
    }
    for function in [
        "begin_sign_in",
        "complete_sign_in",
        "refresh_session",
        "unlink_accounts",
    ] {
        let call = server
            .post(&format!("/rpc/{function}"))
            .token(token)
            .json(&json!({"request": {}}));
        call.send().await.refused(404, "PGRST202");
        let call = server
            .post(&format!("/rpc/{function}"))
            .token(token)
            .json(&json!({"request": {}}));
        call.header("content-profile", "auth")
            .send()
            .await
            .refused(406, "PGRST106");
    }
    // and no token is for the role that may
    let worker = crate::harness::server::token("desk_worker", json!({}));
    server
        .get("/rpc/begin_sign_in")
        .token(&worker)
        .send()
        .await
        .refused(403, "42501");
    assert_eq!(state(&admin).await, after);
}

#[tokio::test]
async fn a_role_in_the_body_is_nobodys_business() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let (email, client) = contact(&admin).await;
    let body = json!({
        "email": email, "password": PASSWORD, "role": "desk_admin", "client_id": 2, "status": "active",
        "data": { "role": "desk_admin" }, "account": "00000000-0000-0000-0000-000000000000",
    });
    let session = super::accounts::token(&server, "password", &body)
        .send()
        .await
        .ok();
    let claims = claims(text(&session, "access_token"));
    assert_eq!(claims["role"], "desk_client");
    assert_eq!(claims["client_id"], client);
    assert_eq!(session["user"]["user_metadata"], json!({}));
}

/// Between the two halves of signing in there is time for a hash, and for somebody else.
#[tokio::test]
async fn a_password_that_is_changed_meanwhile_opens_nothing() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let begin =
        "select auth.begin_sign_in(jsonb_build_object('email', $1::text, 'address', '192.0.2.1',
        'account_attempts', 10, 'address_attempts', 10, 'window_seconds', 60))";
    let complete =
        "select auth.complete_sign_in(jsonb_build_object('email', $1::text, 'address', '192.0.2.1',
        'account_attempts', 10, 'address_attempts', 10, 'window_seconds', 60, 'session_seconds', 60,
        'refresh_token_hash', encode(sha256('a token'), 'base64')) || $2)";
    for (change, opens) in [
        ("last_sign_in_at = now()", true),
        (
            "password_set_at = clock_timestamp(), password_hash = '$argon2id$x'",
            false,
        ),
    ] {
        let begun: Value = admin.query_one(begin, &[&AGENT]).await.unwrap().get(0);
        assert!(begun["password_hash"].is_string());
        let change = format!("update auth.accounts set {change} where team_member_id = 2");
        execute(&admin, &change).await;
        let opened: Value = admin
            .query_one(complete, &[&AGENT, &begun])
            .await
            .unwrap()
            .get(0);
        assert_eq!(opened["claims"].is_object(), opens, "{opened}");
        assert_eq!(
            opened["refused"] == "invalid_credentials",
            !opens,
            "{opened}"
        );
    }
}
