//! Which policies bind a request: those of the catalog, for its role and its verb.

use serde_json::{Value, json};

use super::{document, names, own, shared};
use crate::harness::desk::execute;

/// Their names, permissive ones first, by what documents say and not by how they are asked for.
async fn of_catalog(
    admin: &tokio_postgres::Client,
    table: &str,
    role: &str,
    verbs: &[&str],
) -> Vec<String> {
    let rows = admin
        .query(
            "select policyname::text from pg_policies
             where schemaname = 'api' and tablename = $1
                and (cmd = 'ALL' or lower(cmd) = any ($3))
                and exists (
                    select from unnest(roles) as r
                    where r = 'public' or pg_has_role($2::text::name, r, 'usage')
                )
             order by permissive = 'RESTRICTIVE', policyname",
            &[&table, &role, &verbs],
        )
        .await
        .expect("policies");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn they_are_exactly_those_of_the_catalog() {
    let fixture = shared().await;
    let admin = fixture.admin().await;
    for (role, request, body, table, verbs) in [
        ("anon", "GET /job", "", "job", &["select"] as &[&str]),
        ("user", "GET /job", "", "job", &["select"]),
        ("lead", "GET /job", "", "job", &["select"]),
        ("stranger", "GET /job", "", "job", &["select"]),
        (
            "lead",
            "GET /job?select=id,task(id)",
            "",
            "task",
            &["select"],
        ),
        ("user", "POST /job", "{\"id\": 900}", "job", &["insert"]),
        (
            "lead",
            "PATCH /job?id=eq.1",
            "{\"state\": \"x\"}",
            "job",
            &["update", "select"],
        ),
        (
            "user",
            "DELETE /job?id=eq.1",
            "",
            "job",
            &["delete", "select"],
        ),
        ("user", "GET /bare", "", "bare", &["select"]),
        ("user", "GET /rpc/jobs", "", "job", &["select"]),
        ("user", "GET /job_seen", "", "job", &["select"]),
        ("user", "GET /task", "", "job", &["select"]),
    ] {
        let more = ["--claim", "name=ann", "--body", body];
        let document = document(fixture, request, role, &more);
        let expected = of_catalog(&admin, table, &fixture.role(role), verbs).await;
        assert_eq!(
            names(&document, table),
            expected,
            "{role} {request}: {document:#}"
        );
    }
    // What each says of itself.
    let document = document(fixture, "GET /job", "lead", &[]);
    let policies = document["relations"][0]["policies"].clone();
    let kinds: Vec<(&Value, &Value, &Value)> = policies
        .as_array()
        .expect("policies")
        .iter()
        .map(|it| (&it["name"], &it["permissive"], &it["roles"]))
        .collect();
    let (user, lead) = (json!([fixture.role("user")]), json!([fixture.role("lead")]));
    assert_eq!(
        kinds,
        [
            (&json!("select_led"), &json!(true), &lead),
            (&json!("select_own"), &json!(true), &user),
            (&json!("select_public"), &json!(true), &json!(["public"])),
            (&json!("hide_secret"), &json!(false), &user),
        ]
    );
    assert_eq!(policies[2]["using"], "(state = 'public'::text)");
}

#[tokio::test]
async fn a_membership_that_is_not_inherited_brings_no_policies() {
    let fixture = own().await;
    let admin = fixture.admin().await;
    execute(
        &admin,
        &format!("alter role {} noinherit", fixture.role("lead")),
    )
    .await;
    execute(
        &admin,
        &format!("grant select on api.job to {}", fixture.role("lead")),
    )
    .await;
    let document = document(&fixture, "GET /job", "lead", &[]);
    assert_eq!(names(&document, "job"), ["select_led", "select_public"]);
}

/// As whom each relation is read, through what, and whether policies bind there.
#[tokio::test]
async fn what_views_functions_and_policies_read_is_there_too() {
    let fixture = shared().await;
    let user = fixture.role("user");
    let found = |document: &Value| -> Vec<(String, String, String, String)> {
        let relations = document["relations"].as_array().expect("relations").iter();
        let text = |it: &Value, key: &str| it[key].as_str().unwrap_or("-").to_owned();
        relations
            .map(|it| {
                (
                    text(it, "name"),
                    text(it, "role"),
                    text(it, "through"),
                    text(it, "row_security"),
                )
            })
            .collect()
    };
    let row = |name: &str, role: &str, through: &str, row_security: &str| {
        (
            name.to_owned(),
            role.to_owned(),
            through.to_owned(),
            row_security.to_owned(),
        )
    };
    for (url, expected) in [
        ("/job", vec![row("job", &user, "-", "on")]),
        ("/item", vec![row("item", &user, "-", "off")]),
        (
            "/job_seen",
            vec![
                row("job_seen", &user, "-", "none"),
                row("job", &user, "view api.job_seen", "on"),
            ],
        ),
        (
            "/job_counted",
            vec![
                row("job_counted", &user, "-", "none"),
                row("job", "postgres", "view api.job_counted", "bypassed"),
            ],
        ),
        (
            "/task",
            vec![
                row("task", &user, "-", "on"),
                row("job", &user, "policy select_job", "on"),
            ],
        ),
        (
            "/part?select=id,tag(word)",
            vec![
                row("part", &user, "-", "off"),
                row("part_tag", &user, "-", "off"),
                row("tag", &user, "-", "off"),
            ],
        ),
        (
            "/rpc/jobs",
            vec![row("job", &user, "a function or a policy", "on")],
        ),
        ("/rpc/count_jobs", vec![]),
        ("/broken", vec![row("broken", &user, "-", "on")]),
    ] {
        let document = document(
            fixture,
            &format!("GET {url}"),
            "user",
            &["--claim", "name=ann"],
        );
        assert_eq!(found(&document), expected, "{url}");
        let functions = match url {
            "/rpc/count_jobs" => json!(["api.count_jobs"]),
            _ => Value::Null,
        };
        assert_eq!(
            document.get("functions").cloned().unwrap_or_default(),
            functions,
            "{url}"
        );
    }
}

#[tokio::test]
async fn partitions_are_read_under_the_policies_of_their_table() {
    let fixture = crate::harness::fixture::Fixture::own_with(
        "create table api.event (id int, year int) partition by list (year);
         create table api.event_1 partition of api.event for values in (1);
         create table api.event_2 partition of api.event for values in (2);
         insert into api.event select n, 1 + n % 2 from generate_series(1, 10) as n;
         alter table api.event enable row level security;
         create policy select_second on api.event for select to web_user using (year = 2);
         grant select on api.event to web_user;",
    )
    .await;
    let document = document(&fixture, "GET /event?id=gt.3", "user", &["--why-empty"]);
    let relations = document["relations"].as_array().expect("relations");
    assert_eq!(relations.len(), 1, "{document:#}");
    assert_eq!(names(&document, "event"), ["select_second"]);
    let level = &document["why_empty"]["levels"][0];
    let counts = ["exist", "matching", "visible"].map(|key| level[key].as_i64().expect("a count"));
    assert_eq!(counts, [10, 7, 3]);
}
