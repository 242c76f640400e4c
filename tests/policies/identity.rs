//! Who the caller is: only what a verified token says, in exactly one form.

use serde_json::{Value, json};

use crate::harness::cluster::TestDb;
use crate::harness::desk::{client, desk, execute, serve};
use crate::harness::identity::{Identity, sqlstate};
use crate::harness::server::token;

/// Values that are no identity, as the token would spell them. Client and team member 1 exist.
const NOBODY: &[&str] = &[
    "null",
    r#""""#,
    r#""1""#,
    r#"" 1""#,
    r#""1 or true""#,
    r#""1) or (1=1""#,
    r#""NULL""#,
    "true",
    "false",
    "[]",
    "[1]",
    "[1, 2]",
    "[[1]]",
    "{}",
    r#"{"id": 1}"#,
    r#"{"client_id": 1, "team_member_id": 1}"#,
    "1.0",
    "1.5",
    "1e0",
    "1E+0",
    "10e-1",
    "0.1e1",
    "1e400",
    "-1e400",
    "0",
    "-0",
    "-1",
    "-2147483648",
    "-2147483649",
    "2147483647",
    "2147483648",
    // 1 modulo 2^32, 2^64
    "4294967297",
    "18446744073709551617",
    "99999999999999999999999999999999999999999999",
];

/// Claims without an identity, whole.
const NO_CLAIMS: &[&str] = &[
    "",
    "{}",
    "null",
    "true",
    "1",
    r#""1""#,
    "[]",
    "[1]",
    r#"[{"client_id": 1, "team_member_id": 1}]"#,
    r#""{\"client_id\": 1, \"team_member_id\": 1}""#,
    r#"{"Client_id": 1, "CLIENT_ID": 1, "Team_member_id": 1}"#,
    r#"{"client_id ": 1, " client_id": 1, "team_member_id ": 1}"#,
    r#"{"client_id\t": 1, "team_member_id\n": 1}"#,
    r#"{"claims": {"client_id": 1, "team_member_id": 1}}"#,
    r#"{"app_metadata": {"client_id": 1, "team_member_id": 1}}"#,
    r#"{"id": 1, "sub": "1", "client": 1, "team_member": 1}"#,
    // of a name that is given twice the last counts
    r#"{"client_id": 1, "client_id": null, "team_member_id": 1, "team_member_id": null}"#,
    r#"{"client_id": 1, "client_id": "1", "team_member_id": 1, "team_member_id": "1"}"#,
    r#"{"client_id": 1, "client_id": [], "team_member_id": 1, "team_member_id": {}}"#,
];

/// What the server never sets, and a person at psql may: an error, never a row.
const NO_JSON: &[&str] = &[
    "{",
    "1 or true",
    "client_id=1",
    "{\"client_id\": 1",
    "{'client_id': 1}",
    "{\"client_id\": 01}",
    "{\"client_id\": +1}",
    "{\"client_id\": 0x1}",
    "{\"client_id\": NaN}",
    "{\"client_id\": 1}}",
    "{\"client_id\": 1} {\"client_id\": 2}",
];

/// Whose rows depend on who asks, for clients.
const OF_CLIENTS: &[&str] = &[
    "public.clients",
    "public.client_contacts",
    "public.payments",
    "public.tickets",
    "public.ticket_messages",
    "public.ticket_feedback",
    "public.ticket_list()",
];

/// And for agents, where the setting says `queue` or `team`.
const OF_AGENTS: &[&str] = &[
    "public.tickets",
    "public.ticket_messages",
    "public.ticket_feedback",
    "public.ticket_assignees",
    "public.ticket_list()",
    "analytics.ticket_facts",
];

async fn set_visibility(database: &TestDb, setting: &str) {
    let script =
        format!("update ops.settings set value = '{setting}' where name = 'agent_visibility'");
    execute(&database.connect("postgres").await, &script).await;
}

/// Both identity claims with this value, unless it belongs to the other table's ids.
fn both(value: &str) -> String {
    format!(r#"{{"client_id": {value}, "team_member_id": {value}}}"#)
}

fn nobodies() -> Vec<String> {
    let values = NOBODY.iter().map(|value| both(value));
    let whole = NO_CLAIMS.iter().map(|&claims| claims.to_owned());
    values.chain(whole).collect()
}

#[tokio::test]
async fn a_client_whose_token_names_none_sees_no_rows() {
    let database = desk().await;
    let login = database.connect("desk_authenticator").await;
    for relation in OF_CLIENTS {
        assert!(
            Identity::client(1).count(&login, relation).await > 0,
            "{relation}"
        );
        for claims in nobodies() {
            let seen = Identity::raw("desk_client", &claims)
                .count(&login, relation)
                .await;
            assert_eq!(seen, 0, "{relation} for {claims}");
        }
    }
}

#[tokio::test]
async fn an_agent_whose_token_names_none_sees_no_rows_where_it_matters_who_asks() {
    let database = desk().await;
    let login = database.connect("desk_authenticator").await;
    for setting in ["queue", "team"] {
        set_visibility(&database, setting).await;
        for relation in OF_AGENTS {
            assert!(
                Identity::agent(1).count(&login, relation).await > 0,
                "{relation}"
            );
            for claims in nobodies() {
                let seen = Identity::raw("desk_agent", &claims)
                    .count(&login, relation)
                    .await;
                assert_eq!(seen, 0, "{relation} under {setting} for {claims}");
            }
        }
    }
}

#[tokio::test]
async fn claims_that_are_no_json_are_refused_without_a_row() {
    let database = desk().await;
    let login = database.connect("desk_authenticator").await;
    set_visibility(&database, "queue").await;
    for (role, relations) in [("desk_client", OF_CLIENTS), ("desk_agent", OF_AGENTS)] {
        for relation in relations {
            for claims in NO_JSON {
                let answer = Identity::raw(role, claims)
                    .query(&login, &format!("select count(*) from {relation}"))
                    .await;
                assert_eq!(sqlstate(&answer), "22P02", "{relation} for {claims}");
            }
        }
    }
}

/// A connection on which nobody has said anything, and one on which the setting was reset.
#[tokio::test]
async fn without_any_claims_setting_there_are_no_rows() {
    let database = desk().await;
    let login = database.connect("desk_authenticator").await;
    for forget in ["select 1", "reset request.jwt.claims"] {
        execute(
            &login,
            &format!("begin; {forget}; set local role desk_client"),
        )
        .await;
        for relation in OF_CLIENTS {
            let count: i64 = login
                .query_one(&format!("select count(*) from {relation}"), &[])
                .await
                .unwrap()
                .get(0);
            assert_eq!(count, 0, "{relation} after {forget}");
        }
        execute(&login, "rollback").await;
        // the placeholder exists from now on, and is empty after the transaction
        Identity::client(1).count(&login, "public.tickets").await;
    }
}

#[tokio::test]
async fn the_last_of_two_claims_counts() {
    let database = desk().await;
    let login = database.connect("desk_authenticator").await;
    let clients = "select id from public.clients";
    let twice = Identity::raw("desk_client", r#"{"client_id": 1, "client_id": 2}"#);
    let rows = twice.query(&login, clients).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [2]);
}

#[tokio::test]
async fn accounts_are_uuids_and_nothing_else() {
    let database = desk().await;
    let login = database.connect("desk_authenticator").await;
    let statement = "select claims.account_id()::text";
    let account = "6f2c8b1e-0a4d-4f6b-9a3c-2b7d5e8f1a90";
    let known = Identity::with("desk_client", json!({ "sub": account }));
    let rows = known.query(&login, statement).await.unwrap();
    assert_eq!(rows[0].get::<_, Option<&str>>(0), Some(account));
    for sub in [
        json!(null),
        json!(""),
        json!(1),
        json!([account]),
        json!({ "id": account }),
        json!("6f2c8b1e0a4d4f6b9a3c2b7d5e8f1a90"),
        json!(format!("{{{account}}}")),
        json!(format!("{account}\n")),
        json!(format!("{account}' or true --")),
    ] {
        let somebody = Identity::with("desk_client", json!({ "sub": sub }));
        let rows = somebody.query(&login, statement).await.unwrap();
        assert_eq!(rows[0].get::<_, Option<&str>>(0), None, "{sub}");
    }
}

#[tokio::test]
async fn a_token_that_names_no_client_gets_empty_answers() {
    let database = desk().await;
    let server = serve(&database).await;
    for value in [
        json!(null),
        json!(""),
        json!("1"),
        json!("1 or true"),
        json!([1]),
        json!({ "id": 1 }),
        json!(1.5),
        json!(1.0),
        json!(-1),
        json!(4_294_967_297_i64),
        json!(18_446_744_073_709_551_615_u64),
        json!(true),
    ] {
        let token = token("desk_client", json!({ "client_id": value }));
        for url in ["/tickets", "/clients", "/payments", "/rpc/ticket_list"] {
            let reply = server
                .get(url)
                .token(&token)
                .header("prefer", "count=exact")
                .send()
                .await;
            assert_eq!(reply.ok(), json!([]), "{url} for {value}");
            assert_eq!(
                reply.header("content-range"),
                Some("*/0"),
                "{url} for {value}"
            );
        }
    }
}

/// Plans are kept for each connection and role; the client is none of the plan's business.
#[tokio::test]
async fn callers_of_one_connection_never_see_each_others_rows() {
    let database = desk().await;
    let server = serve(&database).await;
    let nobody = token("desk_client", json!({}));
    // a plan becomes generic after five executions
    for _ in 0..8 {
        for id in [1, 2, 3] {
            for url in [
                "/tickets?select=client_id",
                "/rpc/ticket_list?select=client_id",
            ] {
                let rows = server.get(url).token(&client(id)).send().await.ok();
                let rows = rows.as_array().unwrap();
                assert!(!rows.is_empty(), "{url}");
                let others: Vec<&Value> =
                    rows.iter().filter(|row| row["client_id"] != id).collect();
                assert!(others.is_empty(), "{url} as {id}: {others:?}");
                assert_eq!(server.get(url).token(&nobody).send().await.ok(), json!([]));
                server.get(url).send().await.refused(401, "42501");
            }
        }
    }
}
