//! What `--why-empty` must not claim: nothing that was not counted, and nothing counted as somebody else.

use serde_json::Value;

use super::{document, own, shared};
use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::process::program::{run, text};

/// The whole explanation, with or without who may count.
fn why(fixture: &Fixture, request: &str, admin: Option<&str>) -> Value {
    let (login, role) = (fixture.uri(), fixture.role("user"));
    let mut all = vec![
        "explain",
        request,
        "--db-uri",
        &login,
        "--db-schemas",
        "api",
    ];
    all.extend(["--role", &role, "--why-empty", "--format", "json"]);
    if let Some(admin) = admin {
        all.extend(["--admin-db-uri", admin]);
    }
    let output = run(&all);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let document: Value = serde_json::from_str(&stdout)
        .unwrap_or_else(|error| unreachable!("{request}: {error}: {stdout}{stderr}"));
    document["why_empty"].clone()
}

fn reason(said: &Value) -> &str {
    let says = said["says"].as_array().expect("sentences");
    says.last().and_then(Value::as_str).expect("a reason")
}

fn level<'a>(said: &'a Value, rows_of: &str) -> &'a Value {
    let levels = said["levels"].as_array().expect("levels");
    let found = levels.iter().find(|it| it["rows_of"] == rows_of);
    found.unwrap_or_else(|| unreachable!("{rows_of}: {said:#}"))
}

#[tokio::test]
async fn a_filter_is_not_blamed_for_rows_that_were_not_counted() {
    let fixture = own().await;
    let said = why(&fixture, "GET /broken?id=eq.2", None);
    let role = fixture.role("user");
    assert_eq!(
        reason(&said),
        format!(
            "The answer is empty because no row that {role} sees passes id=eq.2; whether policies hide some was not \
             counted."
        )
    );
    let said = why(&fixture, "GET /broken", None);
    assert!(!reason(&said).contains("no rows at all"), "{said:#}");

    let admin = fixture.admin().await;
    execute(
        &admin,
        &format!(
            "create table api.system (id int); insert into api.system values (1), (2);
             alter table api.system enable row level security;
             create policy of_none on api.system using (tableoid = 0);
             create table api.age as table api.system; alter table api.age enable row level security;
             create policy of_none on api.age using (xmin::text = '0');
             create table api.plain as table api.system;
             grant select on api.system, api.age, api.plain to {role}"
        ),
    )
    .await;
    let all = fixture.database.uri("postgres");
    let said = why(&fixture, "GET /system?id=eq.2", Some(&all));
    assert!(
        reason(&said).contains("policy of_none of api.system lets none"),
        "{said:#}"
    );
    let said = why(&fixture, "GET /age?id=eq.2", Some(&all));
    assert!(
        reason(&said).contains("sees passes id=eq.2; whether policies hide some was not counted"),
        "{said:#}"
    );
    // No policy binds the role there: what it sees is all there is.
    let said = why(&fixture, "GET /plain?id=eq.3", None);
    assert!(
        reason(&said).ends_with("no row passes the filter id=eq.3."),
        "{said:#}"
    );
}

#[tokio::test]
async fn beneath_a_definer_view_the_current_user_is_the_caller() {
    let fixture = own().await;
    let admin = fixture.admin().await;
    let (role, owner) = (
        fixture.role("user"),
        format!("{}_definer", fixture.database.name()),
    );
    execute(
        &admin,
        &format!(
            "create role {owner}; grant usage on schema api, private to {owner};
             create table private.seen_by (id int); insert into private.seen_by values (1), (2), (3);
             create table private.leaflet (id int, who text);
             insert into private.leaflet values (1, '{role}'), (2, 'x'), (3, 'x');
             alter table private.leaflet enable row level security, force row level security;
             create policy own on private.leaflet to {owner}
             using (who = current_user and id in (select s.id from private.seen_by as s));
             create view api.leaflet as select * from private.leaflet;
             alter table private.seen_by owner to {owner};
             alter table private.leaflet owner to {owner}; alter view api.leaflet owner to {owner};
             create table private.open (id int, who text); insert into private.open values (1, 'x');
             create view api.asked_for as select * from private.open where who = current_user;
             grant select on api.leaflet, api.asked_for to {role}"
        ),
    )
    .await;
    let all = fixture.database.uri("postgres");
    let said = why(&fixture, "GET /leaflet?id=eq.2", Some(&all));
    let table = level(&said, "private.leaflet");
    assert_eq!(table["exist"], 3, "{said:#}");
    assert_eq!(table["policies"][0]["rows"], 1, "{said:#}");
    assert_eq!(table["visible"], 1, "{said:#}");
    assert_eq!(table.get("notes"), None, "{said:#}");
    assert!(!reason(&said).contains("no rows at all"), "{said:#}");
    assert!(reason(&said).contains("sees passes id=eq.2"), "{said:#}");

    execute(&admin, "delete from private.leaflet where id = 1").await;
    let said = why(&fixture, "GET /leaflet", Some(&all));
    assert!(
        reason(&said).contains("policy own of private.leaflet lets none of the rows pass"),
        "{said:#}"
    );
    let said = why(&fixture, "GET /asked_for", Some(&all));
    assert!(
        !said.to_string().contains("no rows at all") && reason(&said).contains("private.open"),
        "{said:#}"
    );
}

#[tokio::test]
async fn policies_of_children_do_not_bind_who_reads_the_parent() {
    let fixture = own().await;
    let role = fixture.role("user");
    execute(
        &fixture.admin().await,
        &format!(
            "create table api.par (id int); create table api.chi () inherits (api.par);
             create table api.grandchi () inherits (api.chi); insert into api.chi values (1);
             alter table api.par enable row level security; alter table api.chi enable row level security;
             alter table api.grandchi enable row level security;
             create policy of_par on api.par using (true); create policy of_chi on api.chi using (false);
             create policy of_grandchi on api.grandchi using (false);
             grant select on api.par, api.chi to {role}"
        ),
    )
    .await;
    let listed = document(&fixture, "GET /par", "user", &[])["relations"].to_string();
    assert!(
        listed.contains("of_par") && !listed.contains("chi"),
        "{listed}"
    );
    let listed = document(&fixture, "GET /chi", "user", &[])["relations"].to_string();
    assert!(
        listed.contains("of_chi") && !listed.contains("grandchi"),
        "{listed}"
    );
}

#[tokio::test]
async fn an_insert_sees_nothing() {
    let fixture = shared().await;
    let more = [
        "--why-empty",
        "--body",
        r#"{"id": 900, "owner": "ann"}"#,
        "--header",
        "Prefer: return=minimal",
        "--claim",
        "name=ann",
    ];
    let said = document(fixture, "POST /job", "user", &more)["why_empty"].clone();
    assert!(!said["says"].to_string().contains("sees"), "{said:#}");
    assert_eq!(level(&said, "api.job").get("visible"), None, "{said:#}");
}

#[tokio::test]
async fn an_admin_that_cannot_become_the_caller_is_told_what_to_type() {
    let fixture = own().await;
    let (role, owner) = (
        fixture.role("user"),
        format!("{}_keeper", fixture.database.name()),
    );
    execute(
        &fixture.admin().await,
        &format!(
            "create role {owner} login; grant usage, create on schema api to {owner};
             alter table api.job owner to {owner}"
        ),
    )
    .await;
    let keeper = fixture.database.uri(&owner);
    let said = why(&fixture, "GET /job?state=eq.lost", Some(&keeper));
    let typed = format!("grant {role} to {owner}");
    assert!(reason(&said).contains(&typed), "{said:#}");
    execute(&fixture.admin().await, &typed).await;
    let said = why(&fixture, "GET /job?state=eq.lost", Some(&keeper));
    assert_eq!(level(&said, "api.job")["exist"], 60, "{said:#}");
}

#[tokio::test]
async fn what_a_policy_asks_twice_is_told_once() {
    let fixture = own().await;
    let role = fixture.role("user");
    execute(
        &fixture.admin().await,
        &format!(
            "create table api.mem (who text); insert into api.mem values ('ann');
             alter table api.mem enable row level security;
             create policy mem on api.mem using (who = private.me()) with check (who = private.me());
             grant select on api.mem to {role}"
        ),
    )
    .await;
    let all = fixture.database.uri("postgres");
    let said = why(&fixture, "GET /mem", Some(&all));
    let notes = level(&said, "api.mem")["notes"].as_array().expect("notes");
    assert_eq!(notes.len(), 1, "{said:#}");
}
