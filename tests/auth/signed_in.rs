//! `/user` and `/logout`: what an access token is good for beside the API.

use serde_json::json;

use super::accounts::{AGENT, number, refresh, serve, session, text};
use crate::harness::desk::{self, desk, execute};
use crate::harness::http::Reply;
use crate::harness::server::{TestServer, token};

async fn user(server: &TestServer, token: &str) -> Reply {
    server.get("/auth/v1/user").token(token).send().await
}

async fn sign_out(server: &TestServer, token: &str, query: &str) -> Reply {
    let call = server.post(&format!("/auth/v1/logout{query}")).token(token);
    call.send().await
}

#[tokio::test]
async fn the_user_is_who_signed_in_as_the_account_is_now() {
    let database = desk().await;
    let server = serve(&database).await;
    let session = session(&server, AGENT).await;
    let access_token = text(&session, "access_token");
    assert_eq!(user(&server, access_token).await.ok(), session["user"]);
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "update auth.accounts set role = 'desk_manager' where team_member_id = 2",
    )
    .await;
    let now = user(&server, access_token).await.ok();
    assert_eq!(now["role"], "desk_manager");
}

#[tokio::test]
async fn signing_out_ends_the_sessions_that_the_scope_names() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    for (query, ended) in [
        ("?scope=local", [true, false, false]),
        ("?scope=others", [false, true, true]),
        ("?scope=global", [true, true, true]),
        ("", [true, true, true]),
    ] {
        let sessions = [
            session(&server, AGENT).await,
            session(&server, AGENT).await,
            session(&server, AGENT).await,
        ];
        let reply = sign_out(&server, text(&sessions[0], "access_token"), query).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        assert_eq!(reply.text(), "");
        for (session, has_ended) in sessions.iter().zip(ended) {
            let found = user(&server, text(session, "access_token")).await;
            let continued = refresh(&server, text(session, "refresh_token")).await;
            if has_ended {
                found.refused_sign_in(403, "session_not_found");
                continued.refused_sign_in(400, "session_not_found");
            } else {
                found.ok();
                continued.ok();
            }
        }
    }
    // nobody else's
    let others = "select count(*) from auth.sessions s join auth.accounts a on a.id = s.account_id
        where a.team_member_id is distinct from 2 and s.revoked_at is not null";
    assert_eq!(number(&admin, others).await, 0);
}

#[tokio::test]
async fn tokens_that_have_no_session_are_nobodys() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let session = session(&server, AGENT).await;
    let open = "select count(*) from auth.sessions where revoked_at is null";
    let before = number(&admin, open).await;
    let row = admin
        .query_one(
            "select a.id::text, s.id::text from auth.sessions s, auth.accounts a
            where a.team_member_id = 3 and s.account_id <> a.id limit 1",
            &[],
        )
        .await
        .unwrap();
    let (other, session_id): (String, String) = (row.get(0), row.get(1));
    for claims in [
        json!({}),
        json!({ "sub": other }),
        json!({ "sub": other, "session_id": session_id }),
        json!({ "sub": other, "session_id": "' or true --" }),
        json!({ "sub": other, "session_id": ["x"] }),
        json!({ "sub": "a\u{0}b", "session_id": session_id }),
        json!({ "sub": 1, "session_id": 2 }),
    ] {
        let token = token("desk_agent", claims);
        let reply = user(&server, &token).await;
        reply.refused_sign_in(403, "session_not_found");
        let reply = sign_out(&server, &token, "").await;
        reply.refused_sign_in(403, "session_not_found");
    }
    for token in ["x", "a.b.c", "sb_publishable_x"] {
        let reply = user(&server, token).await;
        reply.refused_sign_in(403, "bad_jwt");
        let reply = sign_out(&server, token, "").await;
        reply.refused_sign_in(403, "bad_jwt");
    }
    let access_token = text(&session, "access_token");
    for (method, path, allowed) in [
        ("GET", "/auth/v1/user", "GET, PUT"),
        ("POST", "/auth/v1/logout", "POST"),
    ] {
        let call = server.call(method, path);
        let reply = call.clone().send().await;
        reply.refused_sign_in(401, "no_authorization");
        let basic = call.header("authorization", "Basic x").send().await;
        basic.refused_sign_in(401, "no_authorization");
        let reply = server.call("PATCH", path).token(access_token).send().await;
        reply.refused_sign_in(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), Some(allowed));
    }
    let wrong = sign_out(&server, access_token, "?scope=all").await;
    wrong.refused_sign_in(400, "validation_failed");
    assert_eq!(number(&admin, open).await, before);

    let off = desk::serve(&database).await;
    let reply = user(&off, access_token).await;
    reply.refused_sign_in(404, "not_found");
}

#[tokio::test]
async fn whoever_is_disabled_is_no_user_any_more() {
    let database = desk().await;
    let server = serve(&database).await;
    let session = session(&server, AGENT).await;
    execute(
        &database.connect("postgres").await,
        "update auth.accounts set status = 'disabled' where team_member_id = 2",
    )
    .await;
    let reply = user(&server, text(&session, "access_token")).await;
    reply.refused_sign_in(403, "session_not_found");
}
