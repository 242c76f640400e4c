//! Who may execute what, function × role, against `functions.txt`.

use serde_json::json;
use tokio_postgres::Client;

use super::table::{Table, reachable_roles, texts};
use crate::harness::desk::{desk, execute, serve};
use crate::harness::identity::{Identity, sqlstate};
use crate::harness::server::token;

/// One line for all functions of the schema `filter`.
const LINE: &str =
    "case when n.nspname = 'filter' then 'filter.*' else p.oid::regprocedure::text end";

const OURS: &str = "pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";

fn table() -> Table {
    Table::parse("functions.txt", include_str!("functions.txt"))
}

async fn lines(admin: &Client) -> Vec<String> {
    texts(
        admin,
        &format!("select distinct {LINE} from {OURS} order by 1"),
    )
    .await
}

/// Where the database and the table disagree.
async fn disagreements(admin: &Client) -> Vec<String> {
    let table = table();
    let mut found = Vec::new();
    for role in table.roles() {
        let statement = format!(
            "select {LINE}, p.oid::regprocedure::text,
                has_schema_privilege('{role}', n.oid, 'usage')
                and has_function_privilege('{role}', p.oid, 'execute')
            from {OURS}"
        );
        for row in admin.query(&statement, &[]).await.unwrap() {
            let (line, function, may): (String, String, bool) =
                (row.get(0), row.get(1), row.get(2));
            let said = table.cell(&line, role);
            assert!(["yes", "–"].contains(&said), "{line}: {said}");
            if (said == "yes") != may {
                found.push(format!("{function} as {role} should be {said}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn every_function_is_executable_by_exactly_those_the_table_names() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, "set search_path = ''").await;
    let gaps = table().gaps(&lines(&admin).await, &reachable_roles(&admin).await);
    assert!(gaps.is_empty(), "{}", gaps.join("\n"));
    let found = disagreements(&admin).await;
    assert!(found.is_empty(), "{}", found.join("\n"));

    execute(
        &admin,
        "grant execute on function public.dashboard_overview to desk_client",
    )
    .await;
    execute(
        &admin,
        "revoke execute on function filter.ids_eq(text) from desk_client",
    )
    .await;
    assert_eq!(
        disagreements(&admin).await,
        [
            "filter.ids_eq(text) as desk_client should be yes",
            "public.dashboard_overview(public.ticket_filter,text) as desk_client should be –"
        ]
    );
    execute(
        &admin,
        "create function public.later() returns integer language sql return 1",
    )
    .await;
    assert_eq!(
        table().gaps(&lines(&admin).await, &reachable_roles(&admin).await),
        ["functions.txt has no line for public.later()"]
    );
}

/// Functions of the API that can be called without arguments: name and line.
async fn callable(admin: &Client) -> Vec<(String, String)> {
    let rows = admin
        .query(
            "select p.proname::text, p.oid::regprocedure::text from pg_proc p
            where p.pronamespace = 'public'::regnamespace
            and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
            and p.pronargs = p.pronargdefaults and p.provolatile <> 'v'",
            &[],
        )
        .await
        .unwrap();
    assert!(rows.len() >= 3);
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn a_call_is_refused_where_the_table_says_so() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, "set search_path = ''").await;
    let login = database.connect("desk_authenticator").await;
    let server = serve(&database).await;
    let table = table();
    for (name, line) in callable(&admin).await {
        for role in table.roles() {
            let claims = json!({ "client_id": 1, "team_member_id": 1 });
            // The group may execute, and may not read what the function reads: nobody is a group.
            let may = table.cell(&line, role) == "yes" && role != "desk_internal";
            let answer = Identity::with(role, claims.clone())
                .query(&login, &format!("select * from public.{name}()"))
                .await;
            let expected = if may { "" } else { "42501" };
            assert_eq!(sqlstate(&answer), expected, "{line} as {role}");

            let url = format!("/rpc/{name}");
            let token = token(role, claims);
            for call in [server.get(&url), server.post(&url).json(&json!({}))] {
                let reply = call.token(&token).send().await;
                if may {
                    reply.ok();
                } else {
                    let status = if role == "desk_anon" { 401 } else { 403 };
                    let error = reply.refused(status, "42501");
                    assert_eq!(error["details"], json!(null), "{error}");
                }
            }
            let status = server.head(&url).token(&token).send().await.status;
            assert_eq!(status.is_success(), may, "HEAD {url} as {role}: {status}");
        }
    }
}
