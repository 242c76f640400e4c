//! Links that are mailed: who gets one, what it is good for, and what nobody learns by asking.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::accounts::{
    AGENT, DISABLED, PASSWORD, refresh, serve, serve_with, session, sign_in, text,
};
use crate::harness::desk::{desk, execute};
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

const CONTACT: &str = "new.contact@amber.example";
const STRANGER: &str = "stranger@nowhere.example";
const NEW_PASSWORD: &str = "a password of one's own";

/// Somebody on the allow-list without an account.
async fn add_contact(admin: &Client) {
    let sql = format!(
        "insert into public.client_contacts (client_id, first_name, last_name, email)
         values (1, 'New', 'Contact', '{CONTACT}')"
    );
    execute(admin, &sql).await;
}

async fn ask(server: &TestServer, path: &str, body: &Value) -> Reply {
    let path = format!("/auth/v1/{path}");
    server.post(&path).json(body).send().await
}

async fn recover(server: &TestServer, email: &str) -> Reply {
    ask(server, "recover", &json!({ "email": email })).await
}

/// The links that were mailed to somebody, the latest last.
async fn links(admin: &Client, email: &str) -> Vec<String> {
    let sql =
        "select substring(body from 'http\\S+') from ops.outbox where recipient = $1 order by id";
    let rows = admin.query(sql, &[&email]).await.expect(sql);
    rows.iter().map(|row| row.get(0)).collect()
}

fn token_of(link: &str) -> String {
    let (_, rest) = link.split_once("token=").expect("a token");
    rest.split('&').next().expect("a token").to_owned()
}

/// The token of a link that was just asked for.
async fn mailed(server: &TestServer, admin: &Client, email: &str) -> String {
    recover(server, email).await.ok();
    token_of(links(admin, email).await.last().expect("a mail"))
}

async fn verify(server: &TestServer, token: &str) -> Reply {
    let body = json!({ "token_hash": token, "type": "recovery" });
    ask(server, "verify", &body).await
}

async fn set_password(server: &TestServer, session: &Value, password: &str) -> Reply {
    let call = server
        .call("PUT", "/auth/v1/user")
        .token(text(session, "access_token"));
    call.json(&json!({ "password": password })).send().await
}

/// Follows a link as a browser does, without going on; gives where it leads.
async fn follow(server: &TestServer, query: &str) -> String {
    let reply = server.get(&format!("/auth/v1/verify?{query}")).send().await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    reply.header("location").expect("a page").to_owned()
}

#[tokio::test]
async fn whoever_is_on_the_allow_list_gets_in_by_a_link() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    add_contact(&admin).await;
    let server = serve(&database).await;
    let token = mailed(&server, &admin, CONTACT).await;
    let session = verify(&server, &token).await.ok();
    set_password(&server, &session, NEW_PASSWORD).await.ok();
    let session = sign_in(&server, CONTACT, NEW_PASSWORD).await.ok();
    let call = server.get("/tickets?select=client_id");
    let rows = call.token(text(&session, "access_token")).send().await.ok();
    let rows = rows.as_array().unwrap();
    assert!(
        !rows.is_empty() && rows.iter().all(|row| row["client_id"] == 1),
        "{rows:?}"
    );
}

#[tokio::test]
async fn nobody_learns_which_emails_there_are() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    add_contact(&admin).await;
    let server = serve_with(&database, |config| config.auth_mails_per_address = 1000).await;
    for path in ["recover", "signup"] {
        let mut answers = Vec::new();
        for email in [CONTACT, AGENT, DISABLED, STRANGER] {
            let begun = Instant::now();
            let body = json!({ "email": email, "password": NEW_PASSWORD });
            let reply = ask(&server, path, &body).await;
            assert!(
                begun.elapsed() >= Duration::from_millis(250),
                "{path} {email}"
            );
            let mut answer = reply.json();
            if let Some(id) = answer.get_mut("id") {
                let parts = id.as_str().unwrap().split('-').map(str::len);
                assert_eq!(parts.collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
                *id = json!("an id");
                answer["email"] = json!("an email");
            }
            answers.push((reply.status, answer));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{path}: {answers:?}");
        assert_eq!(answers[0].0, 200);
    }
    for (email, mails) in [(CONTACT, 2), (AGENT, 2), (DISABLED, 0), (STRANGER, 0)] {
        assert_eq!(links(&admin, email).await.len(), mails, "{email}");
    }
    let strangers = "select count(*) from auth.accounts where email = $1";
    let row = admin.query_one(strangers, &[&STRANGER]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_link_works_once_for_its_purpose_and_for_a_while() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve_with(&database, |config| config.auth_mails_per_account = 100).await;
    // once, also of ten at once
    let token = mailed(&server, &admin, AGENT).await;
    let all = (0..10).map(|_| verify(&server, &token));
    let all = futures_util::future::join_all(all).await;
    assert_eq!(all.iter().filter(|reply| reply.status == 200).count(), 1);
    for reply in all.iter().filter(|reply| reply.status != 200) {
        reply.refused(403, "otp_expired");
    }
    // not for another purpose, nor with another's email, nor without what is in it
    let token = mailed(&server, &admin, AGENT).await;
    for body in [
        json!({ "token_hash": token, "type": "invite" }),
        json!({ "token": token, "type": "recovery", "email": STRANGER }),
        json!({ "token_hash": "guessed", "type": "recovery" }),
    ] {
        ask(&server, "verify", &body)
            .await
            .refused(403, "otp_expired");
    }
    // not when it is too old
    execute(&admin, "update auth.one_time_tokens set expires_at = now()").await;
    verify(&server, &token).await.refused(403, "otp_expired");
    // not once the password was changed
    let token = mailed(&server, &admin, AGENT).await;
    let mine = session(&server, AGENT).await;
    set_password(&server, &mine, NEW_PASSWORD).await.ok();
    verify(&server, &token).await.refused(403, "otp_expired");
    // not for somebody who was disabled meanwhile
    let token = mailed(&server, &admin, AGENT).await;
    let disable = format!("update auth.accounts set status = 'disabled' where email = '{AGENT}'");
    execute(&admin, &disable).await;
    verify(&server, &token).await.refused(400, "user_banned");
}

#[tokio::test]
async fn whoever_signs_up_somebody_else_knows_no_password() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    add_contact(&admin).await;
    let server = serve(&database).await;
    let body = json!({ "email": CONTACT, "password": "known to the thief", "data": { "role": "desk_admin" } });
    ask(&server, "signup", &body).await.ok();
    let link = links(&admin, CONTACT).await.pop().expect("a mail");
    let session = verify(&server, &token_of(&link)).await.ok();
    assert_eq!(session["user"]["role"], "desk_client");
    assert_eq!(session["user"]["user_metadata"], json!({}));
    sign_in(&server, CONTACT, "known to the thief")
        .await
        .refused(400, "invalid_credentials");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let database = desk().await;
    let server = serve(&database).await;
    let mine = session(&server, AGENT).await;
    let others = session(&server, AGENT).await;
    let reply = set_password(&server, &mine, PASSWORD).await;
    reply.refused(422, "same_password");
    let reply = set_password(&server, &mine, "too short").await;
    let weak = reply.refused(422, "weak_password");
    assert_eq!(weak["weak_password"]["reasons"], json!(["length"]));
    set_password(&server, &mine, NEW_PASSWORD).await.ok();
    refresh(&server, text(&others, "refresh_token"))
        .await
        .refused(400, "session_not_found");
    refresh(&server, text(&mine, "refresh_token")).await.ok();
    sign_in(&server, AGENT, PASSWORD)
        .await
        .refused(400, "invalid_credentials");
    sign_in(&server, AGENT, NEW_PASSWORD).await.ok();
}

#[tokio::test]
async fn nobody_changes_what_others_decide_about_their_account() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let mine = session(&server, AGENT).await;
    let state = "select to_jsonb(a) - array['metadata', 'updated_at', 'last_sign_in_at'] from auth.accounts as a where email = $1";
    let before: Value = admin.query_one(state, &[&AGENT]).await.unwrap().get(0);
    let change = |body: Value| {
        let call = server
            .call("PUT", "/auth/v1/user")
            .token(text(&mine, "access_token"));
        async move { call.json(&body).send().await }
    };
    for body in [
        json!({ "email": STRANGER }),
        json!({ "phone": "1" }),
        json!({ "data": "desk_admin" }),
        json!({ "data": { "a": ["\u{0}"] } }),
        json!({ "data": { "a\u{0}": 1 } }),
        json!({ "password": 7 }),
    ] {
        change(body).await.refused(400, "validation_failed");
    }
    let much = json!({ "data": { "words": "x".repeat(9000) } });
    change(much).await.refused(413, "request_too_large");
    // what nobody asked for changes nothing
    change(json!({
        "role": "desk_admin", "status": "active", "client_id": 1, "team_member_id": 1, "app_metadata": { "role": "desk_admin" },
        "data": { "role": "desk_admin", "team_member_id": 1, "gone": null }
    }))
    .await
    .ok();
    let after: Value = admin.query_one(state, &[&AGENT]).await.unwrap().get(0);
    assert_eq!(after, before);
    let again = refresh(&server, text(&mine, "refresh_token")).await.ok();
    assert_eq!(
        again["user"]["user_metadata"],
        json!({ "role": "desk_admin", "team_member_id": 1 })
    );
    let call = server
        .post("/rpc/team_performance")
        .token(text(&again, "access_token"));
    call.json(&json!({})).send().await.ok();
    let reply = server
        .call("PUT", "/auth/v1/user")
        .json(&json!({ "password": NEW_PASSWORD }))
        .send()
        .await;
    reply.refused(401, "no_authorization");
}

#[tokio::test]
async fn mails_are_limited_by_account_and_by_address() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve_with(&database, |config| {
        config.auth_mails_per_account = 2;
        config.auth_mails_per_address = 5;
    })
    .await;
    for email in [AGENT, STRANGER] {
        recover(&server, email).await.ok();
        recover(&server, email).await.ok();
        let reply = recover(&server, email).await;
        reply.refused(429, "over_email_send_rate_limit");
        assert!(reply.header("retry-after").is_some());
    }
    recover(&server, DISABLED)
        .await
        .refused(429, "over_email_send_rate_limit");
    assert_eq!(links(&admin, AGENT).await.len(), 2);
    // signing in is counted apart
    session(&server, AGENT).await;
}

#[tokio::test]
async fn a_link_leads_to_the_site_and_nowhere_else() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve_with(&database, |config| {
        "https://desk.example/app".clone_into(&mut config.site_url);
        config.auth_mails_per_account = 100;
    })
    .await;
    for (asked, expected) in [
        (
            "https://desk.example/app/reset",
            "https://desk.example/app/reset#access_token=",
        ),
        (
            "https://evil.example/",
            "https://desk.example/app#access_token=",
        ),
        (
            "javascript:alert(1)",
            "https://desk.example/app#access_token=",
        ),
    ] {
        let encoded = crate::brute_force::encode(asked);
        let path = format!("recover?redirect_to={encoded}");
        ask(&server, &path, &json!({ "email": AGENT })).await.ok();
        let link = links(&admin, AGENT).await.pop().expect("a mail");
        // neither as it was mailed, nor as somebody changed it
        let token = token_of(&link);
        let query = format!("token={token}&type=recovery&redirect_to={encoded}");
        let landing = follow(&server, &query).await;
        assert!(landing.starts_with(expected), "{asked}: {landing}");
        assert!(
            landing.contains("&refresh_token=") && landing.ends_with("&type=recovery"),
            "{landing}"
        );
        let again = follow(&server, &query).await;
        assert!(
            again.contains("#error=access_denied&error_code=otp_expired&"),
            "{again}"
        );
    }
    for query in [
        "",
        "type=recovery",
        "token=x&type=nonsense",
        "token=%00&type=recovery",
    ] {
        let landing = follow(&server, query).await;
        assert!(
            landing.starts_with("https://desk.example/app#error=access_denied&"),
            "{landing}"
        );
    }
}

#[tokio::test]
async fn what_is_kept_of_a_link_opens_nothing() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let token = mailed(&server, &admin, AGENT).await;
    let kept =
        "select encode(token_hash, 'base64'), encode(token_hash, 'hex') from auth.one_time_tokens";
    let row = admin.query_one(kept, &[]).await.unwrap();
    for form in [row.get::<_, String>(0), row.get(1)] {
        assert!(!form.contains(&token));
        verify(&server, &form).await.refused(403, "otp_expired");
    }
    // a mail that was sent says no more what it said
    let sent = "select auth.settle_mail(jsonb_build_object('id', id)) from ops.outbox";
    execute(&admin, sent).await;
    assert!(
        admin
            .query("select from ops.outbox where body is not null", &[])
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn nobody_signs_up_where_that_is_closed() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve_with(&database, |config| {
        config.signup = rowdesk::config::Signup::Closed;
    })
    .await;
    let body = json!({ "email": AGENT, "password": NEW_PASSWORD });
    ask(&server, "signup", &body)
        .await
        .refused(422, "signup_disabled");
    assert!(links(&admin, AGENT).await.is_empty());
    let settings = server.get("/auth/v1/settings").send().await.ok();
    assert_eq!(settings["disable_signup"], true);
    // who has an account may forget the password all the same
    recover(&server, AGENT).await.ok();
    assert_eq!(links(&admin, AGENT).await.len(), 1);
}

#[tokio::test]
async fn mails_are_lent_to_one_sender_at_a_time_and_again_after_a_failure() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    recover(&server, AGENT).await.ok();
    let take = r#"select auth.take_mails('{"limit": 10}') -> 'mails'"#;
    let taken: Value = admin.query_one(take, &[]).await.unwrap().get(0);
    assert_eq!(taken[0]["recipient"], AGENT, "{taken}");
    let again: Value = admin.query_one(take, &[]).await.unwrap().get(0);
    assert_eq!(again, json!([]));
    execute(
        &admin,
        "select auth.settle_mail(jsonb_build_object('id', id, 'failure', 'no such host')) from ops.outbox;
         update ops.outbox set due_at = now()",
    )
    .await;
    let later: Value = admin.query_one(take, &[]).await.unwrap().get(0);
    assert_eq!(later[0]["body"], taken[0]["body"]);
}
