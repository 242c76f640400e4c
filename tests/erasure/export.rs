//! `export_client`: complete, ordered, and no more than its reader may see.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::reach::reached;
use super::{admin, export};
use crate::auth::accounts;
use crate::harness::desk::{client, desk, execute, serve};
use crate::harness::server::token;
use crate::policies::secrets::marked_desk;
use crate::policies::table::texts;

/// What an admin's document leaves out, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("auth.accounts.password_hash", "a secret, and hashed"),
    (
        "auth.accounts.team_member_id",
        "a client's account has none",
    ),
    (
        "auth.sessions.id",
        "half of what names a session to the server",
    ),
    ("auth.sessions.account_id", "the account around it says"),
    ("auth.refresh_tokens.token_hash", "a secret, and hashed"),
    ("auth.refresh_tokens.session_id", "of a token"),
    (
        "auth.refresh_tokens.created_at",
        "of a token; the session's times say when it was used",
    ),
    ("auth.refresh_tokens.used_at", "of a token"),
    ("auth.api_keys.id", "of a key, which is the desk's"),
    ("auth.api_keys.name", "of a key"),
    ("auth.api_keys.key_hash", "a secret, and hashed"),
    ("auth.api_keys.role", "of a key"),
    (
        "auth.api_keys.client_id",
        "of a key; the client around it says",
    ),
    ("auth.api_keys.team_member_id", "a client's key has none"),
    ("auth.api_keys.created_at", "of a key"),
    ("auth.api_keys.created_by", "an admin"),
    ("auth.api_keys.expires_at", "of a key"),
    ("auth.api_keys.last_used_at", "of a key"),
    ("auth.api_keys.revoked_at", "of a key"),
    ("auth.one_time_tokens.token_hash", "a secret, and hashed"),
    ("auth.one_time_tokens.account_id", "of a link"),
    ("auth.one_time_tokens.kind", "of a link"),
    (
        "auth.one_time_tokens.created_at",
        "of a link; an hour later it is good for nothing",
    ),
    ("auth.one_time_tokens.code_challenge", "of a link"),
    ("auth.one_time_tokens.expires_at", "of a link"),
    ("ops.outbox.id", "of a mail"),
    ("ops.outbox.created_at", "of a mail"),
    ("ops.outbox.account_id", "of a mail"),
    (
        "ops.outbox.recipient",
        "of a mail; the account shows its address",
    ),
    ("ops.outbox.subject", "of a mail"),
    ("ops.outbox.body", "of a mail, gone when it was sent"),
    ("ops.outbox.due_at", "of a mail"),
    ("ops.outbox.attempts", "of a mail"),
    ("ops.outbox.sent_at", "of a mail"),
    ("ops.outbox.failure", "of a mail"),
    ("ops.outbox.kind", "of a mail"),
];

/// Where a table's rows stand in the document.
fn rows<'a>(document: &'a Value, table: &str) -> Vec<&'a Value> {
    let name = table.split_once('.').unwrap().1;
    let list = |value: &'a Value| value.as_array().into_iter().flatten();
    match name {
        "clients" => vec![&document["client"]],
        "sessions" => list(&document["accounts"])
            .flat_map(|account| list(&account["sessions"]))
            .collect(),
        name => list(&document[name]).collect(),
    }
}

/// Columns of the client's rows that the document does not have.
async fn gaps(desk: &Client, document: &Value, client: i32) -> Vec<String> {
    let mut gaps = Vec::new();
    for one in reached(desk, client).await {
        let statement = format!(
            "select attname::text from pg_attribute
            where attrelid = '{}'::regclass and attnum > 0 and not attisdropped order by attnum",
            one.table
        );
        let rows = rows(document, &one.table);
        for column in texts(desk, &statement).await {
            let name = format!("{}.{column}", one.table);
            let left_out = LEFT_OUT.iter().any(|(known, _)| *known == name);
            let present = !rows.is_empty() && rows.iter().all(|row| row.get(&column).is_some());
            assert!(!(left_out && present), "{name} is not left out");
            if !left_out && !present {
                gaps.push(name);
            }
        }
    }
    gaps
}

/// A client of whom there is something in every table.
async fn everywhere(desk: &Client) {
    execute(
        desk,
        "insert into auth.sessions (account_id, expires_at)
        select id, now() + interval '1 day' from auth.accounts where client_id = 1;
        insert into public.ticket_assignees (ticket_id, team_member_id)
        select min(id), 12 from public.tickets where client_id = 1
        on conflict do nothing;
        insert into public.sla_pauses (ticket_id, began_at, ended_at)
        select min(id), '2025-01-01Z', '2025-01-02Z' from public.tickets where client_id = 1",
    )
    .await;
}

#[tokio::test]
async fn every_column_that_reaches_the_client_stands_in_the_document_or_has_a_reason_not_to() {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    everywhere(&desk).await;
    let server = serve(&database).await;
    let document = export(&server, &admin(), 1).await.ok();
    assert_eq!(gaps(&desk, &document, 1).await, [""; 0]);

    execute(
        &desk,
        "create table public.labels (id serial primary key, label text,
            ticket_id integer references public.tickets);
        create table public.remarks (labelled integer references public.labels, remark text);
        create table ops.mails (client_id integer, mail text);
        alter table auth.accounts add column phone text",
    )
    .await;
    let found: BTreeSet<String> = gaps(&desk, &document, 1).await.into_iter().collect();
    for noticed in [
        "public.labels.label",
        "public.remarks.remark",
        "ops.mails.mail",
        "auth.accounts.phone",
    ] {
        assert!(found.contains(noticed), "{noticed}: {found:?}");
    }
}

#[tokio::test]
async fn the_document_has_exactly_the_rows_of_the_client_in_order() {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    everywhere(&desk).await;
    let server = serve(&database).await;
    let document = export(&server, &admin(), 1).await.ok();
    let mut tables = 0;
    for one in reached(&desk, 1).await {
        if one.table.starts_with("auth.") || one.table == "ops.outbox" {
            continue;
        }
        let columns = "select string_agg(a.attname, ', ' order by k.nth)
            from pg_constraint c
            cross join unnest(c.conkey) with ordinality as k (attnum, nth)
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
            where c.contype = 'p' and c.conrelid = '$table'::regclass";
        let mut key = texts(&desk, &columns.replace("$table", &one.table)).await;
        if one.table == "public.ticket_events" {
            // as it happened: its key is random
            key = vec!["seq".to_owned()];
        }
        let statement = format!(
            "select coalesce(jsonb_agg(to_jsonb(r) order by {}), '[]')::text from {} as r where {}",
            key[0], one.table, one.condition
        );
        let expected: Value = serde_json::from_str(&texts(&desk, &statement).await[0]).unwrap();
        let given = rows(&document, &one.table);
        assert_eq!(json!(given), expected, "{}", one.table);
        assert!(!given.is_empty(), "{} proves nothing", one.table);
        tables += 1;
    }
    assert!(tables >= 7, "{tables}");
    // twice alike, to the letter
    let again = export(&server, &admin(), 1).await;
    assert_eq!(again.json(), document);
    let accounts = "select count(*) from auth.accounts where client_id = 1";
    let accounts = accounts::number(&desk, accounts).await;
    assert_eq!(json!(rows(&document, "auth.accounts").len()), accounts);
    let method = &document["accounts"][0]["sessions"][0]["method"];
    assert_eq!(method, "password");
}

/// Everything that client 1 may not see is marked.
#[tokio::test]
async fn a_client_gets_its_own_document_without_notes_and_without_the_teams_affairs() {
    let database = marked_desk().await;
    let desk = database.connect("postgres").await;
    everywhere(&desk).await;
    let noted = "update auth.accounts set metadata = '{\"note\": \"secret\"}'";
    execute(&desk, noted).await;
    let server = serve(&database).await;
    let reply = export(&server, &client(1), 1).await;
    let own = reply.reveals_nothing().ok();
    let mut all = export(&server, &admin(), 1).await.ok();
    // of an account that nobody reads through the API
    for account in all["accounts"].as_array_mut().unwrap() {
        assert_eq!(account["metadata"], json!({ "note": "secret" }));
        account["metadata"] = Value::Null;
    }
    // the notes are the difference
    let is_public = |message: &&Value| message["is_internal"] == false;
    let messages = all["ticket_messages"].as_array().unwrap();
    let public: Vec<&Value> = messages.iter().filter(is_public).collect();
    assert_eq!(own["ticket_messages"], json!(public));
    assert!(messages.len() > public.len());
    let events = own["ticket_events"].as_array().unwrap();
    assert!(!events.is_empty() && events.iter().all(|event| event["visibility"] == "public"));
    for same in [
        "client",
        "client_contacts",
        "accounts",
        "tickets",
        "ticket_feedback",
        "payments",
    ] {
        assert_eq!(own[same], all[same], "{same}");
        assert_ne!(own[same], json!([]), "{same}");
    }
    for staffs in ["ticket_assignees", "sla_clocks", "sla_pauses"] {
        assert_eq!(own.get(staffs), None);
    }
    for (document, helps) in [(&own, false), (&all, true)] {
        let members = document["team_members"].as_array().unwrap();
        for member in members {
            assert_eq!(member.as_object().unwrap().len(), 2, "{member}");
            assert!(member["display_name"].is_string(), "{member}");
        }
        assert!(members.len() > 1);
        let named = members.iter().any(|member| member["id"] == 12);
        assert!(!helps || named);
    }
}

#[tokio::test]
async fn what_one_does_not_see_one_does_not_export() {
    let database = desk().await;
    let server = serve(&database).await;
    let mut told = Vec::new();
    for (token, id) in [
        (client(1), 2),
        (client(1), 999_999),
        (admin(), 999_999),
        (token("desk_client", json!({})), 1),
        (token("desk_client", json!({ "client_id": "1" })), 1),
        (token("desk_client", json!({ "team_member_id": 1 })), 1),
    ] {
        let error = export(&server, &token, id).await.refused(404, "PT404");
        let message = error["message"].as_str().unwrap();
        told.push(message.replace(&id.to_string(), "N"));
    }
    told.dedup();
    assert_eq!(told, ["there is no client N that you see"]);
    for role in ["desk_agent", "desk_manager", "desk_service"] {
        let token = token(role, json!({ "team_member_id": 1, "client_id": 1 }));
        export(&server, &token, 1).await.refused(403, "42501");
    }
    let anonymous = server.get("/rpc/export_client?client=1").send().await;
    anonymous.refused(401, "42501");
}
