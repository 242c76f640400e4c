//! `grant_type=refresh_token`: rotation, tabs that race, thieves.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;

use super::accounts::{AGENT, number, refresh, serve, serve_with, session, text};
use crate::harness::desk::{desk, execute};

/// The agent's.
const SESSIONS: &str = "auth.sessions s join auth.accounts a
    on a.id = s.account_id and a.team_member_id = 2";

fn token_of(session: &Value) -> &str {
    text(session, "refresh_token")
}

#[tokio::test]
async fn a_session_goes_on_with_a_token_after_the_other() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let first = session(&server, AGENT).await;
    let second = refresh(&server, token_of(&first)).await.ok();
    let third = refresh(&server, token_of(&second)).await.ok();
    assert_ne!(token_of(&first), token_of(&second));
    assert_ne!(token_of(&second), token_of(&third));
    assert_eq!(first["user"]["id"], third["user"]["id"]);
    assert_eq!(third["expires_in"], 900);
    let rows = server.get("/tickets?select=id&limit=1");
    rows.token(text(&third, "access_token")).send().await.ok();
    assert_eq!(
        number(&admin, &format!("select count(*) from {SESSIONS}")).await,
        1
    );
    // what became of the account shows at once
    execute(
        &admin,
        "update auth.accounts set role = 'desk_manager' where team_member_id = 2",
    )
    .await;
    let fourth = refresh(&server, token_of(&third)).await.ok();
    assert_eq!(fourth["user"]["role"], "desk_manager");
}

#[tokio::test]
async fn tabs_that_refresh_at_once_hold_the_same_token() {
    let database = desk().await;
    let servers = [serve(&database).await, serve(&database).await];
    let admin = database.connect("postgres").await;
    let first = session(&servers[0], AGENT).await;
    let tabs = (0..20).map(|n| refresh(&servers[n % 2], token_of(&first)));
    let mut tokens: Vec<String> = join_all(tabs)
        .await
        .iter()
        .map(|reply| token_of(&reply.ok()).to_owned())
        .collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    assert_eq!(
        number(
            &admin,
            &format!(
                "select count(*) from {SESSIONS} join auth.refresh_tokens on session_id = s.id"
            )
        )
        .await,
        2
    );
    refresh(&servers[0], &tokens[0]).await.ok();
}

#[tokio::test]
async fn a_used_token_that_comes_back_ends_the_session_for_both_of_its_holders() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let other = session(&server, AGENT).await;
    let first = session(&server, AGENT).await;
    let second = refresh(&server, token_of(&first)).await.ok();
    execute(
        &admin,
        "update auth.refresh_tokens set used_at = used_at - interval '11 seconds' where used_at is not null",
    )
    .await;
    let stolen = refresh(&server, token_of(&first)).await;
    stolen.refused_sign_in(400, "refresh_token_already_used");
    for token in [token_of(&first), token_of(&second)] {
        refresh(&server, token)
            .await
            .refused_sign_in(400, "session_not_found");
    }
    // the other session of the same account knows nothing of it
    refresh(&server, token_of(&other)).await.ok();
}

#[tokio::test]
async fn without_an_interval_a_token_is_good_for_once() {
    let database = desk().await;
    let server = serve_with(&database, |config| {
        config.auth_refresh_reuse_interval = Duration::ZERO;
    })
    .await;
    let first = session(&server, AGENT).await;
    refresh(&server, token_of(&first)).await.ok();
    let again = refresh(&server, token_of(&first)).await;
    again.refused_sign_in(400, "refresh_token_already_used");
}

#[tokio::test]
async fn sessions_that_have_ended_are_not_continued() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    for (change, code) in [
        (
            "update auth.sessions set expires_at = now() - interval '1 second'",
            "session_expired",
        ),
        (
            "update auth.sessions set revoked_at = now(), revoked_because = 'test'",
            "session_not_found",
        ),
        ("delete from auth.sessions", "refresh_token_not_found"),
        (
            "update auth.accounts set status = 'disabled'",
            "user_banned",
        ),
        (
            "update auth.accounts set status = 'pending'",
            "session_not_found",
        ),
        ("delete from auth.accounts", "refresh_token_not_found"),
    ] {
        execute(
            &admin,
            "update auth.accounts set status = 'active' where team_member_id = 2",
        )
        .await;
        let session = session(&server, AGENT).await;
        execute(&admin, change).await;
        let tokens = "select count(*) from auth.refresh_tokens where used_at is not null";
        let before = number(&admin, tokens).await;
        refresh(&server, token_of(&session))
            .await
            .refused_sign_in(400, code);
        assert_eq!(number(&admin, tokens).await, before, "{change}");
    }
}

#[tokio::test]
async fn a_session_that_is_continued_lives_on() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    let first = session(&server, AGENT).await;
    execute(
        &admin,
        "update auth.sessions set expires_at = now() + interval '1 minute'",
    )
    .await;
    refresh(&server, token_of(&first)).await.ok();
    let days = "select extract(day from max(expires_at) - now())::bigint from auth.sessions";
    assert!((29..=30).contains(&number(&admin, days).await));
}

#[tokio::test]
async fn what_is_no_token_is_not_found() {
    let database = desk().await;
    let server = serve(&database).await;
    let session = session(&server, AGENT).await;
    let upper = token_of(&session).to_uppercase();
    for token in [
        "x",
        "' or true --",
        upper.as_str(),
        text(&session, "access_token").get(..200).unwrap(),
    ] {
        let reply = refresh(&server, token).await;
        reply.refused_sign_in(400, "refresh_token_not_found");
    }
}
