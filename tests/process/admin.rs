//! `rowdesk admin`, as whoever runs the database uses it.

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::program::{program, run, text};
use crate::auth::accounts::{
    ADMIN, AGENT, DISABLED, PASSWORD, contact, refresh, serve, session, sign_in,
};
use crate::harness::cluster::TestDb;
use crate::harness::desk::desk;

const BOSS: &str = "ann.boss@rowdesk.example";
const OWN: &str = "a password of one's own";

fn admin(database: &TestDb, arguments: &[&str]) -> Output {
    typing(database, arguments, "")
}

/// The command, with something to read. No terminal is near.
fn typing(database: &TestDb, arguments: &[&str], input: &str) -> Output {
    let uri = database.uri("postgres");
    let mut all = vec!["admin"];
    all.extend(arguments);
    all.extend(["--admin-db-uri", &uri]);
    let mut command = program(&all);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("it runs");
    let mut pipe = child.stdin.take().expect("a pipe");
    // who is refused at once reads nothing
    let _ = pipe.write_all(input.as_bytes());
    drop(pipe);
    child.wait_with_output().expect("it ends")
}

#[track_caller]
fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[track_caller]
fn refused(output: &Output, words: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(words), "{said}");
    assert_eq!(text(&output.stdout), "");
}

async fn account(admin: &Client, email: &str) -> Option<Value> {
    let sql = "select jsonb_build_array(a.role, a.status, m.role, m.display_name, a.password_hash is not null)
        from auth.accounts as a join team_members as m on m.id = a.team_member_id where a.email = $1";
    let row = admin.query_opt(sql, &[&email]).await.expect(sql);
    row.map(|row| row.get(0))
}

#[tokio::test]
async fn the_first_admin_comes_in_by_a_link_that_is_printed() {
    let database = desk().await;
    let behind = database.connect("postgres").await;
    let create = [
        "create",
        "--email",
        "Ann.Boss@rowdesk.example",
        "--name",
        "Ann Boss",
    ];
    let printed = succeeded(&admin(&database, &create));
    assert!(
        printed.starts_with(&format!("{BOSS} is an admin now.\n")),
        "{printed}"
    );
    let made = json!(["desk_admin", "active", "admin", "Ann Boss", false]);
    assert_eq!(account(&behind, BOSS).await, Some(made.clone()));
    let (_, link) = printed
        .split_once("http://127.0.0.1:3000/auth/v1/verify?token=")
        .expect("a link");
    let (token, _) = link.split_once("&type=recovery").expect("its kind");

    let server = serve(&database).await;
    let body = json!({ "token_hash": token, "type": "recovery" });
    let first = server.post("/auth/v1/verify").json(&body).send().await.ok();
    assert_eq!(first["user"]["role"], "desk_admin");
    // again: the same, and another link, for there is no password yet
    let printed = succeeded(&admin(&database, &create));
    assert!(
        printed.starts_with(&format!("{BOSS} is an admin already.\n")),
        "{printed}"
    );
    assert!(
        printed.contains("http://") && !printed.contains(token),
        "{printed}"
    );
    assert_eq!(account(&behind, BOSS).await, Some(made));

    let listed = succeeded(&admin(&database, &["list"]));
    assert!(
        listed.contains(&format!(
            "{BOSS}  Ann Boss  without a password, last signed in 20"
        )),
        "{listed}"
    );
    assert!(
        listed.contains(&format!("{ADMIN}  Mira Okonkwo  active, never signed in")),
        "{listed}"
    );
    let written = "select jsonb_agg(jsonb_build_array(action, role)) from ops.audit where relation = 'auth.accounts'";
    let written: Value = behind.query_one(written, &[]).await.expect(written).get(0);
    assert_eq!(written, json!([["create_admin", "desk_owner"]]));
}

#[tokio::test]
async fn a_password_is_read_from_the_input_and_ends_what_was_open() {
    let database = desk().await;
    let behind = database.connect("postgres").await;
    let server = serve(&database).await;
    let open = session(&server, AGENT).await;
    let create = ["create", "--email", AGENT, "--password-stdin"];
    refused(
        &typing(&database, &create, "short\n"),
        "auth-password-min-length wants 10",
    );
    refused(&typing(&database, &create, ""), "has 0 characters");
    let before = account(&behind, AGENT).await.expect("an account");
    assert_eq!(before[0], "desk_agent");

    let printed = succeeded(&typing(&database, &create, &format!("{OWN}\nnot this\n")));
    assert_eq!(
        printed,
        format!("{AGENT} is an admin now.\nThe password is set.\n")
    );
    sign_in(&server, AGENT, PASSWORD)
        .await
        .refused(400, "invalid_credentials");
    let first = sign_in(&server, AGENT, OWN).await.ok();
    assert_eq!(first["user"]["role"], "desk_admin");
    let token = open["refresh_token"].as_str().expect("a token");
    refresh(&server, token)
        .await
        .refused(400, "session_not_found");

    // who has a password keeps it, unless asked
    let printed = succeeded(&admin(&database, &["create", "--email", AGENT]));
    assert!(
        printed.ends_with("--link prints a link to set another.\n"),
        "{printed}"
    );
    let printed = succeeded(&admin(&database, &["create", "--email", AGENT, "--link"]));
    assert!(printed.contains("/auth/v1/verify?token="), "{printed}");
    sign_in(&server, AGENT, OWN).await.ok();
    // and who was disabled is let in
    succeeded(&admin(&database, &["create", "--email", DISABLED]));
    assert_eq!(
        account(&behind, DISABLED).await.expect("an account")[1],
        "active"
    );
}

#[tokio::test]
async fn who_cannot_be_an_admin_is_told_why_and_nothing_changes() {
    let database = desk().await;
    let behind = database.connect("postgres").await;
    let (client, _) = contact(&behind).await;
    let count = "select (select count(*) from auth.accounts) + (select count(*) from team_members)";
    let before: i64 = behind.query_one(count, &[]).await.expect(count).get(0);
    for (email, words) in [
        (client.as_str(), "is the email of a client"),
        ("nonsense", "is no email address"),
        ("", "is no email address"),
        ("a b@c.example", "is no email address"),
    ] {
        refused(&admin(&database, &["create", "--email", email]), words);
    }
    let moved = "update auth.accounts set email = 'moved@x.example' where email = $1";
    behind.execute(moved, &[&AGENT]).await.expect(moved);
    refused(
        &admin(&database, &["create", "--email", AGENT]),
        "has an account with another one",
    );
    let after: i64 = behind.query_one(count, &[]).await.expect(count).get(0);
    assert_eq!(after, before);

    let empty = TestDb::empty().await;
    for command in [&["list"] as &[_], &["create", "--email", BOSS]] {
        refused(&admin(&empty, command), "run `rowdesk migrate` first");
    }
    let nowhere = run(&["admin", "create", "--email", BOSS]);
    refused(&nowhere, "which database? Set admin-db-uri");
    // a command line is no place for a password: others can see it
    let seen = run(&["admin", "create", "--email", BOSS, "--password", OWN]);
    assert_eq!(seen.status.code(), Some(2));
}
