//! `rowdesk check`, as a user runs it.

use serde_json::Value;

use super::program::{run, text};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};

fn check(uri: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let output = run(&[&["check", "--data", "--admin-db-uri", uri], more].concat());
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[tokio::test]
async fn what_is_right_is_verified_and_what_is_wrong_is_shown() {
    let database = desk().await;
    let uri = database.uri("postgres");
    let (code, stdout, stderr) = check(&uri, &[]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stdout.starts_with("analytics.verify: verified, nothing wrong, ")
            && stdout.ends_with(" ms\n"),
        "{stdout}"
    );

    let admin = database.connect("postgres").await;
    let all = "where series = 'created' and grain = 'all'";
    execute(
        &admin,
        &format!(
            "update analytics.ticket_cells set rated = rated + 1 {all} and node = 16 and status = 'open'"
        ),
    )
    .await;
    let (code, stdout, _) = check(&uri, &[]);
    assert_eq!(code, Some(1), "{stdout}");
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(
        lines.len(),
        3,
        "as it is, as it should be, and how many: {stdout}"
    );
    assert!(
        lines[0].starts_with("analytics.verify: {\"cell"),
        "{stdout}"
    );
    assert!(
        lines[2].starts_with("analytics.verify: 2 differences, "),
        "{stdout}"
    );

    let (code, stdout, _) = check(&uri, &["--format", "json"]);
    assert_eq!(code, Some(1), "{stdout}");
    let found: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(found[0]["function"], "analytics.verify");
    assert_eq!(found[0]["differences"], 2);
    assert_eq!(found[0]["first"][0]["cells"], "ticket_cells");

    execute(
        &admin,
        &format!("update analytics.ticket_cells set rated = rated + 1 {all} and node = 23"),
    )
    .await;
    let (_, stdout, _) = check(&uri, &[]);
    assert_eq!(stdout.lines().count(), 22, "{stdout}");
    assert!(stdout.contains("analytics.verify: and "), "{stdout}");
}

#[tokio::test]
async fn a_database_that_verifies_nothing_is_told_from_one_that_is_right() {
    let empty = TestDb::empty().await;
    let (code, stdout, stderr) = check(&empty.uri("postgres"), &[]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("is the database migrated?"), "{stderr}");

    let (code, _, stderr) = check("host=/nonexistent user=nobody", &[]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("connecting"), "{stderr}");

    let output = run(&["check", "--data"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("admin-db-uri"));
}

/// A function that is called `verify` and is somebody else's, wants arguments or changes things is none.
#[tokio::test]
async fn only_the_owners_functions_that_return_rows_are_asked() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "create schema mine;
        create function mine.verify() returns setof text language sql as $$ select 'not the owner''s' $$;
        create function ops.verify() returns boolean language sql as 'select false';
        create function claims.verify(integer) returns setof text language sql as $$ select 'no' $$;
        alter function ops.verify() owner to desk_owner;
        alter function claims.verify(integer) owner to desk_owner;
        create function filter.verify() returns setof integer language plpgsql as
        $$ begin delete from public.payments; return next 1; end $$;
        alter function filter.verify() owner to desk_owner",
    )
    .await;
    let (code, stdout, stderr) = check(&database.uri("postgres"), &[]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(
        stderr.contains("filter.verify()") && stderr.contains("read-only"),
        "{stderr}"
    );
}
