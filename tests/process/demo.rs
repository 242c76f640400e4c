//! `rowdesk demo`, and who can sign in to it.

use rustix::process::Signal;
use serde_json::{Value, json};

use super::program::{Serving, run, text};
use crate::auth::accounts::number;
use crate::harness::cluster::TestDb;
use crate::harness::http::{Call, Reply};

/// The URL of the line that signs in, its body, and the emails beside it.
fn signing_in(log: &[String]) -> (String, Value, Vec<String>) {
    let line = log.iter().find(|line| line.contains("/auth/v1/token"));
    let line = line.expect("a line that signs in");
    let quoted: Vec<&str> = line.split('\'').collect();
    let body = serde_json::from_str(quoted[5]).expect("a body");
    let kinds = ["admin", "agent", "client", "manager"];
    let email = |kind: &&str| {
        let words = log.iter().map(|line| line.split_whitespace());
        let mut of_kind = words.filter(|words| words.clone().nth(1) == Some(kind));
        of_kind.next()?.nth(2).map(str::to_owned)
    };
    let emails: Vec<String> = kinds.iter().filter_map(email).collect();
    assert_eq!(emails.len(), kinds.len(), "{log:?}");
    (quoted[1].to_owned(), body, emails)
}

async fn post(url: &str, body: &Value) -> Reply {
    Call::new("", "POST", url).json(body).send().await
}

#[tokio::test]
async fn its_accounts_sign_in_at_every_start() {
    let database = TestDb::empty().await;
    let (admin, login) = (database.uri("postgres"), database.uri("desk_authenticator"));
    let migrated = run(&["migrate", "--admin-db-uri", &admin]);
    assert!(migrated.status.success(), "{}", text(&migrated.stderr));
    let client = database.connect("postgres").await;
    let accounts = "select count(*) from auth.accounts";
    assert_eq!(number(&client, accounts).await, 0);

    let arguments = ["demo", "--admin-db-uri", &admin, "--db-uri", &login];
    let arguments = [&arguments, &["--tickets", "20", "--server-port", "0"][..]].concat();
    for _ in 0..2 {
        let mut demo = Serving::run(&arguments);
        demo.wait_for("/auth/v1/token");
        let (url, mut body, emails) = signing_in(&demo.log);
        let mut roles = Vec::new();
        for email in emails {
            body["email"] = json!(email);
            let session = post(&url, &body).await.ok();
            roles.push(session["user"]["role"].as_str().expect("a role").to_owned());
            let (base, _) = url.split_once("/auth/").expect("a base");
            let token = session["access_token"].as_str().expect("a token");
            let rows = Call::new(base, "GET", "/tickets?limit=1").token(token);
            rows.send().await.ok();
        }
        assert_eq!(
            roles,
            ["desk_admin", "desk_agent", "desk_client", "desk_manager"]
        );
        demo.signal(Signal::INT);
        assert_eq!(demo.finish().0, Some(0));
    }

    // whoever changed the passwords is not told the old one
    let change = "update auth.accounts set password_hash = replace(password_hash, '$T', '$U')";
    client.execute(change, &[]).await.expect("a change");
    let mut demo = Serving::run(&arguments);
    demo.wait_for("Without a token");
    demo.signal(Signal::INT);
    let (_, log) = demo.finish();
    assert!(
        !log.iter().any(|line| line.contains("/auth/v1/token")),
        "{log:?}"
    );
}

/// In the table that the demo names, by the role that it names.
#[tokio::test]
async fn a_ticket_that_is_sent_again_with_its_key_is_one() {
    let database = crate::harness::desk::desk().await;
    let (admin, login) = (database.uri("postgres"), database.uri("desk_authenticator"));
    let arguments = ["demo", "--admin-db-uri", &admin, "--db-uri", &login];
    let mut demo = Serving::run(&[&arguments, &["--server-port", "0"][..]].concat());
    demo.wait_for("/auth/v1/token");
    let (url, mut body, emails) = signing_in(&demo.log);
    body["email"] = json!(emails[2]);
    let session = post(&url, &body).await.ok();
    let token = session["access_token"].as_str().expect("a token");
    let (base, _) = url.split_once("/auth/").expect("a base");
    let client = database.connect("postgres").await;
    let tickets = "select count(*) from public.tickets where title = 'Sent twice'";
    let of = format!(
        "select client_id::bigint from auth.accounts where email = '{}'",
        emails[2]
    );
    let ticket = json!({
        "client_id": number(&client, &of).await,
        "ticket_type_id": 1,
        "title": "Sent twice",
    });
    let mut ids = Vec::new();
    for is_replayed in [false, true] {
        let call = Call::new(base, "POST", "/tickets?select=id").token(token);
        let call = call.header("idempotency-key", "8e03978e-40d5-43dd-bc93-6894a57f9324");
        let call = call.header("prefer", "return=representation");
        let reply = call.json(&ticket).send().await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        assert_eq!(reply.header("idempotency-replayed").is_some(), is_replayed);
        ids.push(reply.text().to_owned());
        assert_eq!(number(&client, tickets).await, 1);
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn no_password_and_no_token_of_a_session_reaches_the_log() {
    let database = crate::harness::desk::desk().await;
    let secret = "a secret of more than thirty-two bytes";
    let login = database.uri("desk_authenticator");
    let arguments = ["serve", "--db-uri", &login, "--auth-role", "desk_worker"];
    let more = [
        "--server-host",
        "127.0.0.1",
        "--server-port",
        "0",
        "--log-level",
        "debug",
    ];
    let mut serving = Serving::run(&[&arguments, &more[..], &["--jwt-secret", secret]].concat());
    let base = serving.base();
    let url = format!("{base}/auth/v1/token?grant_type=password");
    let right = json!({ "email": crate::auth::accounts::AGENT, "password": "rowdesk-demo" });
    let session = post(&url, &right).await.ok();
    let access_token = session["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let refresh_token = session["refresh_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let wrong = json!({ "email": crate::auth::accounts::AGENT, "password": "hush-hush" });
    post(&url, &wrong).await.refused(400, "invalid_credentials");
    let broken =
        Call::new("", "POST", &url).body("application/json", "{\"password\":\"hush-hush\"");
    broken.send().await.refused(400, "bad_json");
    let refresh = format!("{base}/auth/v1/token?grant_type=refresh_token");
    let next = post(&refresh, &json!({ "refresh_token": refresh_token }))
        .await
        .ok();
    let next = next["refresh_token"].as_str().expect("a token").to_owned();
    post(&refresh, &json!({ "refresh_token": "hush-hush" }))
        .await
        .refused(400, "refresh_token_not_found");
    serving.signal(Signal::TERM);
    let (_, log) = serving.finish();
    assert!(
        log.iter().any(|line| line.contains("invalid_credentials")),
        "{log:?}"
    );
    for hidden in [
        "rowdesk-demo",
        "hush-hush",
        "argon2",
        &access_token,
        &refresh_token,
        &next,
    ] {
        assert!(
            !log.iter().any(|line| line.contains(hidden)),
            "{hidden}: {log:?}"
        );
    }
}
