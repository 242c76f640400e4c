//! Why an answer is empty, in words.

use serde_json::Value;

use super::{document, explained, own, shared};
use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;

fn reason(fixture: &Fixture, request: &str, role: &str, claims: &[&str]) -> String {
    let mut more = vec!["--why-empty"];
    more.extend(claims.iter().flat_map(|claim| ["--claim", *claim]));
    let document = document(fixture, request, role, &more);
    let says = document["why_empty"]["says"].as_array();
    let says = says.unwrap_or_else(|| unreachable!("{document:#}"));
    says.last()
        .and_then(Value::as_str)
        .expect("a reason")
        .to_owned()
}

/// (request, claims, what the reason says)
const CULPRITS: &[(&str, &[&str], &str)] = &[
    (
        "/broken",
        &["name=ann"],
        "policy select_never of api.broken lets none of the rows pass",
    ),
    (
        "/broken?id=lt.3",
        &[],
        "policy select_never of api.broken lets none of the rows pass",
    ),
    (
        "/bare",
        &[],
        "row-level security of api.bare is on, and no policy lets ",
    ),
    ("/void", &[], "api.void has no rows at all"),
    (
        "/job?state=eq.lost",
        &["name=ann"],
        "no row passes the filter state=eq.lost",
    ),
    (
        "/job?state=eq.closed&id=eq.1",
        &["name=ann"],
        "no row passes all filters at once",
    ),
    (
        "/job?id=eq.2",
        &["name=ann"],
        "the restrictive policy hide_secret of api.job takes them all away",
    ),
    (
        "/job?id=eq.3",
        &["name=ann"],
        "none of the policies select_own, select_public of api.job lets any",
    ),
    (
        "/job?offset=7",
        &["name=ann"],
        "offset=7: there are only 1 row",
    ),
    (
        "/job?limit=0",
        &["name=ann"],
        "limit=0: 1 row would be in it",
    ),
    (
        "/job?select=id,task!inner(id)",
        &["name=ann"],
        "of the 1 row none passes task!inner: policy select_job of task: api.task lets none of the rows pass",
    ),
    ("/job_seen?id=eq.3", &["name=ann"], "of api.job"),
    (
        "/job_seen?id=eq.9",
        &["name=ann"],
        "no row passes the filter id=eq.9",
    ),
    (
        "/rpc/jobs?only_state=open",
        &[],
        "none of the policies select_own, select_public of api.job lets any",
    ),
    (
        "/job?id=eq.1",
        &["name=ann"],
        "The answer is not empty: it has 1 row",
    ),
    (
        "/whole?id=eq.2",
        &["name=ann"],
        "policy select_mine of api.whole lets none of the rows pass",
    ),
];

#[tokio::test]
async fn the_culprit_is_named() {
    let fixture = own().await;
    let admin = fixture.admin().await;
    execute(
        &admin,
        "delete from api.task; delete from api.job;
         insert into api.job values (1, 'ann', null, 'open', false), (2, 'ann', null, 'closed', true), (3, 'bob', null, 'open', false);
         insert into api.task values (10, 3, false);
         create table api.void (id int); alter table api.void enable row level security;
         create policy select_all on api.void for select using (true)",
    )
    .await;
    let role = fixture.role("user");
    execute(&admin, &format!("grant select on api.void to {role}")).await;
    for (url, claims, expected) in CULPRITS {
        let reason = reason(&fixture, &format!("GET {url}"), "user", claims);
        assert!(reason.contains(expected), "{url}: {reason}");
        let is_empty = reason.starts_with("The answer is empty because ");
        assert_eq!(is_empty, !expected.contains("not empty"), "{url}: {reason}");
    }
    let more = [
        "--claim",
        "name=ann",
        "--why-empty",
        "--body",
        r#"{"boss": "x"}"#,
    ];
    let document = document(&fixture, "PATCH /job?id=eq.3", "user", &more);
    let says = document["why_empty"]["says"].to_string();
    assert!(
        says.contains("policy update_own (update) lets 0 pass") && says.contains("may change 0"),
        "{says}"
    );
}

#[tokio::test]
async fn claims_that_are_missing_are_named() {
    let fixture = shared().await;
    let said = |claims: &[&str]| {
        let mut more = vec!["--why-empty"];
        more.extend(claims.iter().flat_map(|claim| ["--claim", *claim]));
        let document = document(fixture, "GET /job?state=eq.open", "lead", &more);
        document["why_empty"]["levels"][0]["notes"].to_string()
    };
    let nobody = said(&["nam=ann"]);
    assert!(
        nobody.contains(
            "policy select_own asks private.me(), which is null for this caller (claims: role, nam)"
        ),
        "{nobody}"
    );
    assert!(
        nobody.contains(
            r#"policy select_led reads the claim \"name\", which the caller does not have"#
        ),
        "{nobody}"
    );
    let ann = said(&["name=ann"]);
    assert!(
        !ann.contains("private.me()") && !ann.contains("\\\"name\\\""),
        "{ann}"
    );
    // Alone to blame, it says so in the same breath.
    let mine = reason(fixture, "GET /owned", "user", &[]);
    assert!(mine.ends_with("lets none of the rows pass: it reads the claim \"name\", which the caller does not have."), "{mine}");
}

#[tokio::test]
async fn who_may_not_count_is_told_what_to_give() {
    let fixture = shared().await;
    let login = fixture.uri();
    let role = fixture.role("user");
    let arguments = [
        "--role",
        &role,
        "--claim",
        "name=ann",
        "--why-empty",
        "--format",
        "json",
    ];
    let mut all = vec![
        "explain",
        "GET /job?state=eq.open",
        "--db-uri",
        &login,
        "--db-schemas",
        "api",
    ];
    all.extend(arguments);
    let output = crate::process::program::run(&all);
    let stdout = crate::process::program::text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{stdout}");
    let document: Value = serde_json::from_str(&stdout).unwrap();
    let level = &document["why_empty"]["levels"][0];
    assert_eq!(level.get("exist"), None, "{level:#}");
    assert!(
        level["notes"]
            .to_string()
            .contains("set admin-db-uri to a superuser"),
        "{level:#}"
    );
    assert!(level["visible"].is_number(), "{level:#}");

    // The owner sees all, and is no superuser.
    let (owner_role, admin) = (format!("{}_owner", fixture.database.name()), own().await);
    let client = admin.admin().await;
    let database = admin.database.name();
    let user = admin.role("user");
    execute(
        &client,
        &format!(
            "create role {owner_role} login; grant {user} to {owner_role};
             grant usage, create on schema api to {owner_role}; alter table api.job owner to {owner_role};
             grant temporary on database {database} to {owner_role}"
        ),
    )
    .await;
    let owner = admin.database.uri(&owner_role);
    let more = [
        "--role",
        &user,
        "--claim",
        "name=ann",
        "--why-empty",
        "--format",
        "json",
        "--db-schemas",
        "api",
    ];
    let login = admin.uri();
    let mut all = vec![
        "explain",
        "GET /job?state=eq.open",
        "--db-uri",
        &login,
        "--admin-db-uri",
        &owner,
    ];
    all.extend(more);
    let output = crate::process::program::run(&all);
    let stdout = crate::process::program::text(&output.stdout);
    let document: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(document["why_empty"]["levels"][0]["exist"], 60, "{stdout}");
    execute(&client, "alter table api.job force row level security").await;
    let output = crate::process::program::run(&all);
    let stdout = crate::process::program::text(&output.stdout);
    assert!(
        stdout.contains("is itself bound by its policies"),
        "{stdout}"
    );
}

/// Values of rows never stand in it, only what the request says of them.
#[tokio::test]
async fn contents_of_rows_are_not_told() {
    let fixture = own().await;
    let admin = fixture.admin().await;
    execute(&admin, "update api.job set boss = 'very-private-value'").await;
    for analyze in ["--analyze", "--why-empty"] {
        let role = fixture.role("user");
        let arguments = ["--role", &role, "--claim", "name=ann", analyze];
        let (code, stdout, _) = explained(&fixture, "GET /job?select=*,task(*)", &arguments);
        assert_eq!(code, Some(0), "{stdout}");
        assert!(!stdout.contains("very-private-value"), "{stdout}");
    }
    // It leaves nothing, not even for the session.
    let left = "select count(*) from pg_class where relname like 'rd\\_%'";
    let left: i64 = admin.query_one(left, &[]).await.unwrap().get(0);
    assert_eq!(left, 0);
}
