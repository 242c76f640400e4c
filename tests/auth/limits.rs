//! Guessing: how often, by account and by address.

use std::time::Duration;

use futures_util::future::join_all;
use rowdesk::config::Config;

use super::accounts::{
    ADMIN, AGENT, MANAGER, PASSWORD, number, serve, serve_with, session, sign_in, token,
};
use crate::harness::desk::{desk, execute};
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

fn few(config: &mut Config) {
    config.auth_attempts_per_account = 5;
    config.auth_attempts_per_address = 8;
    config.auth_attempts_window = Duration::from_mins(10);
}

/// The seconds to wait.
#[track_caller]
fn limited(reply: &Reply) -> u64 {
    reply.refused_sign_in(429, "over_request_rate_limit");
    let seconds = reply.header("retry-after").expect("Retry-After");
    seconds.parse().expect("whole seconds")
}

async fn guess_from(server: &TestServer, address: &str, email: &str) -> Reply {
    let body = serde_json::json!({ "email": email, "password": "guess" });
    let call = token(server, "password", &body);
    call.header("x-forwarded-for", address).send().await
}

#[tokio::test]
async fn fifty_guesses_at_once_are_no_more_than_the_limit() {
    let database = desk().await;
    let servers = [
        serve_with(&database, |config| config.auth_attempts_per_account = 7).await,
        serve_with(&database, |config| config.auth_attempts_per_account = 7).await,
    ];
    let guesses = (0..50).map(|n| sign_in(&servers[n % 2], AGENT, "guess"));
    let replies = join_all(guesses).await;
    let (wrong, limited): (Vec<_>, Vec<_>) =
        replies.into_iter().partition(|reply| reply.status == 400);
    assert_eq!(wrong.len(), 7);
    assert!(limited.iter().all(|reply| reply.status == 429));
    // what is refused is refused before any hash is computed
    let computed: u64 = servers.iter().map(|s| s.app.passwords_computed()).sum();
    assert_eq!(computed, 7);
}

#[tokio::test]
async fn an_account_that_is_guessed_at_is_closed_even_to_the_right_password() {
    let database = desk().await;
    let server = serve_with(&database, few).await;
    for email in [AGENT, "nobody@nowhere.example"] {
        execute(
            &database.connect("postgres").await,
            "truncate auth.sign_in_limits",
        )
        .await;
        for _ in 0..5 {
            let reply = sign_in(&server, email, "guess").await;
            reply.refused_sign_in(400, "invalid_credentials");
        }
        // one of five comes back after a fifth of ten minutes
        let wait = limited(&sign_in(&server, &email.to_uppercase(), PASSWORD).await);
        assert!((110..=120).contains(&wait), "{email}: {wait}");
    }
    // others are not
    execute(
        &database.connect("postgres").await,
        "update auth.sign_in_limits set full_until = now() where key_hash = auth.key_hash('address', '127.0.0.1')",
    )
    .await;
    session(&server, ADMIN).await;
}

#[tokio::test]
async fn attempts_come_back_one_after_the_other() {
    let database = desk().await;
    let server = serve_with(&database, few).await;
    let admin = database.connect("postgres").await;
    for _ in 0..5 {
        sign_in(&server, AGENT, "guess").await;
    }
    limited(&sign_in(&server, AGENT, PASSWORD).await);
    // two minutes pass
    execute(
        &admin,
        "update auth.sign_in_limits set full_until = full_until - interval '2 minutes'",
    )
    .await;
    sign_in(&server, AGENT, "guess")
        .await
        .refused_sign_in(400, "invalid_credentials");
    limited(&sign_in(&server, AGENT, PASSWORD).await);
    // all of them
    execute(
        &admin,
        "update auth.sign_in_limits set full_until = full_until - interval '1 hour'",
    )
    .await;
    session(&server, AGENT).await;
}

#[tokio::test]
async fn an_address_that_guesses_is_shut_out_of_all_accounts_and_locks_none() {
    let database = desk().await;
    let server = serve_with(&database, few).await;
    for n in 0..8 {
        let reply = sign_in(&server, &format!("nobody{n}@nowhere.example"), "guess").await;
        reply.refused_sign_in(400, "invalid_credentials");
    }
    for _ in 0..10 {
        let wait = limited(&sign_in(&server, AGENT, "guess").await);
        assert!((65..=75).contains(&wait), "{wait}");
    }
    let admin = database.connect("postgres").await;
    let counted = "select count(*) from auth.sign_in_limits
        where key_hash = auth.key_hash('account', 'tomas.vega@rowdesk.example')";
    assert_eq!(number(&admin, counted).await, 0);
}

#[tokio::test]
async fn signing_in_rightly_is_no_guessing() {
    let database = desk().await;
    let server = serve_with(&database, few).await;
    for _ in 0..12 {
        session(&server, AGENT).await;
    }
    // but it does not make up for guesses either
    for _ in 0..4 {
        sign_in(&server, AGENT, "guess")
            .await
            .refused_sign_in(400, "invalid_credentials");
        session(&server, AGENT).await;
    }
    sign_in(&server, AGENT, "guess")
        .await
        .refused_sign_in(400, "invalid_credentials");
    limited(&sign_in(&server, AGENT, PASSWORD).await);
}

#[tokio::test]
async fn only_a_trusted_proxy_says_whom_it_speaks_for() {
    let database = desk().await;
    let open = serve_with(&database, few).await;
    for n in 0..8 {
        let email = format!("nobody{n}@nowhere.example");
        let reply = guess_from(&open, &format!("198.51.100.{n}"), &email).await;
        reply.refused_sign_in(400, "invalid_credentials");
    }
    limited(&guess_from(&open, "198.51.100.99", "nobody@nowhere.example").await);

    let behind = serve_with(&database, |config| {
        few(config);
        config.server_trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    for n in 0..8 {
        let email = format!("someone{n}@nowhere.example");
        let said = format!("203.0.113.{n}, 198.51.100.7");
        let reply = guess_from(&behind, &said, &email).await;
        reply.refused_sign_in(400, "invalid_credentials");
    }
    limited(&guess_from(&behind, "198.51.100.7", "someone@nowhere.example").await);
    let other = guess_from(&behind, "198.51.100.8", "someone@nowhere.example").await;
    other.refused_sign_in(400, "invalid_credentials");
}

#[tokio::test]
async fn what_limits_nothing_any_more_is_cleared() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "insert into auth.sign_in_limits
        select sha256(n::text::bytea), now() - n * interval '1 second' from generate_series(1, 25) as n",
    )
    .await;
    for _ in 0..3 {
        sign_in(&server, AGENT, "guess").await;
    }
    // the address and the account
    assert_eq!(
        number(&admin, "select count(*) from auth.sign_in_limits").await,
        2
    );
}

#[tokio::test]
async fn many_at_once_wait_for_each_other_and_never_for_ever() {
    let database = desk().await;
    // those under way count until they succeed
    let ample = |config: &mut Config| config.auth_attempts_per_account = 60;
    let servers = [
        serve_with(&database, ample).await,
        serve_with(&database, ample).await,
    ];
    let people = [AGENT, ADMIN, MANAGER];
    let attempts = (0..60).map(|n| {
        let password = if n % 4 == 0 { "guess" } else { PASSWORD };
        sign_in(&servers[n % 2], people[n % 3], password)
    });
    for (n, reply) in join_all(attempts).await.iter().enumerate() {
        let expected = if n % 4 == 0 { 400 } else { 200 };
        assert_eq!(reply.status, expected, "{}", reply.text());
    }
}
