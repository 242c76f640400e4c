//! After an erasure nothing that anybody wrote about the client is left, in any table of the database.

use serde_json::json;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::reach::{Reached, reached};
use super::{admin, erase};
use crate::auth::accounts::{PASSWORD, sign_in};
use crate::harness::desk::{agent, client, desk, execute};
use crate::harness::server::TestServer;
use crate::policies::table::texts;

const MARK: &str = "marked";

/// What stays by intention, and why.
const STAYS: &[(&str, &str)] = &[
    (
        "public.clients.status",
        "a word of the desk, by which figures are shown",
    ),
    (
        "public.ticket_events.type",
        "a word of the desk's triggers, which nobody writes",
    ),
];

/// Columns into which somebody may write what they like, of a table.
pub async fn writable(admin: &Client, table: &str) -> Vec<(String, String)> {
    let statement = format!(
        "select attname::text, format_type(atttypid, null) from pg_attribute
        where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
        and atttypid in ('text'::regtype, 'varchar'::regtype, 'jsonb'::regtype, 'json'::regtype, 'text[]'::regtype)
        order by attnum"
    );
    let rows = admin.query(&statement, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Marks a column of the client's rows; false where it takes no free text.
async fn mark(admin: &Client, one: &Reached, column: &str, kind: &str) -> bool {
    // an address as well, and another one in every row
    let text = format!("'{MARK}' || ctid::text || '@x.y'");
    let text = format!("translate({text}, '(,)', '.-.')");
    let value = match kind {
        "jsonb" | "json" => format!("json_build_object('key', {text}, {text}, 1)::{kind}"),
        "text[]" => format!("array[{text}]"),
        _ => text,
    };
    let statement = format!(
        "update {} set {column} = {value} where {}",
        one.table, one.condition
    );
    match admin.execute(&statement, &[]).await {
        Ok(rows) => {
            assert!(rows > 0, "{statement}");
            true
        }
        Err(error) => {
            let code = error.code().cloned().unwrap();
            let closed = [SqlState::CHECK_VIOLATION, SqlState::FOREIGN_KEY_VIOLATION];
            assert!(closed.contains(&code), "{statement}: {error:?}");
            false
        }
    }
}

/// Where the mark stands, in any column of any table.
pub async fn marked(admin: &Client, mark: &str) -> Vec<String> {
    execute(admin, "set bytea_output = 'escape'").await;
    let searches = texts(
        admin,
        &format!(
            "select format(
                'select %L from %s as r where r.%I::text ilike %L having count(*) > 0',
                c.oid::regclass || '.' || a.attname, c.oid::regclass, a.attname, '%{mark}%'
            )
            from pg_class as c
            join pg_namespace as n on n.oid = c.relnamespace
            join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
        ),
    )
    .await;
    assert!(searches.len() > 100);
    texts(admin, &(searches.join(" union all ") + " order by 1")).await
}

async fn serve(uri: String) -> TestServer {
    TestServer::start(uri, |config| {
        config.auth_role = Some("desk_worker".to_owned());
        config.db_idempotency_table = Some("kept.idempotency_keys".to_owned());
        config.db_idempotency_role = Some("desk_worker".to_owned());
    })
    .await
}

/// Opens a ticket with a key; whether it was answered before, and with what.
async fn open(server: &TestServer, token: &str) -> (u16, bool, String) {
    let call = server.post("/tickets?select=id,title").token(token);
    let call = call
        .header(
            "idempotency-key",
            "\"6f2c8b1e-0a4d-4f6b-9a3c-2b7d5e8f1a90\"",
        )
        .header("prefer", "return=representation");
    let body = json!({ "client_id": 1, "ticket_type_id": 1, "title": "marked once" });
    let reply = call.json(&body).send().await;
    let replayed = reply.header("idempotency-replayed").is_some();
    (reply.status.as_u16(), replayed, reply.text().to_owned())
}

#[tokio::test]
async fn no_column_of_any_table_keeps_what_was_written_about_the_client() {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    let server = serve(database.uri("desk_authenticator")).await;
    // what only a server writes: sessions, tokens, limits, answers
    let email = "select email from auth.accounts where client_id = 1 and status = 'active' limit 1";
    let email = &texts(&desk, email).await[0];
    sign_in(&server, email, PASSWORD).await.ok();
    sign_in(&server, email, "wrong").await;
    let asked = json!({ "email": email });
    let mailed = server.post("/auth/v1/recover").json(&asked).send().await;
    assert_eq!(mailed.status, 200, "{}", mailed.text());
    for token in [client(1), agent()] {
        assert_eq!(open(&server, &token).await.0, 201);
    }
    execute(
        &desk,
        "insert into public.ticket_assignees (ticket_id, team_member_id)
        select min(id), 12 from public.tickets where client_id = 1 on conflict do nothing;
        insert into auth.api_keys (name, key_hash, role, client_id) values ('a machine', sha256('1'), 'desk_client', 1);
        insert into auth.accounts (email, role) values ('marked@lost.example', 'desk_client')",
    )
    .await;

    let mut free = 0;
    for one in reached(&desk, 1).await {
        for (column, kind) in writable(&desk, &one.table).await {
            let name = format!("{}.{column}", one.table);
            let stays = STAYS.iter().any(|(known, _)| *known == name);
            if !stays && mark(&desk, &one, &column, &kind).await {
                free += 1;
            }
        }
    }
    assert!(free >= 20, "{free}");
    // by his address, once linked to the client
    execute(
        &desk,
        "update public.client_contacts set email = 'marked@lost.example'
        where id = (select min(id) from public.client_contacts where client_id = 1)",
    )
    .await;
    // others' marks stay: the erasure is not of everybody
    execute(
        &desk,
        "update public.tickets set title = 'kept of another' where client_id = 2",
    )
    .await;
    let before = marked(&desk, MARK).await;
    for place in [
        "auth.accounts.email",
        "clients.metadata",
        "kept.idempotency_keys.body",
        "ticket_messages.message_text",
        "tickets.tags",
    ] {
        assert!(before.iter().any(|one| one == place), "{place}: {before:?}");
    }
    let others = marked(&desk, "kept of another").await;

    erase(&server, &admin(), 1).await.ok();
    assert_eq!(marked(&desk, MARK).await, [""; 0]);
    assert_eq!(marked(&desk, "kept of another").await, others);
    assert_eq!(others, ["ticket_events.new_value", "tickets.title"]);
    let left = "select count(*)::text from auth.accounts where client_id = 1
        union all select count(*)::text from public.client_contacts where client_id = 1";
    assert_eq!(texts(&desk, left).await, ["0", "0"]);
}

/// The bodies of kept answers are gone, the keys are not: nothing happens twice.
#[tokio::test]
async fn what_was_sent_with_a_key_before_does_not_happen_again_after() {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    let server = serve(database.uri("desk_authenticator")).await;
    let (status, _, body) = open(&server, &agent()).await;
    assert!(status == 201 && body.contains("marked once"), "{body}");
    erase(&server, &admin(), 1).await.ok();
    let count = "select count(*)::text from public.tickets";
    let before = texts(&desk, count).await;
    let again = open(&server, &agent()).await;
    assert_eq!(again, (201, true, String::new()));
    assert_eq!(texts(&desk, count).await, before);
}

#[tokio::test]
async fn the_audit_says_who_when_and_which_client_and_no_more() {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    let server = serve(database.uri("desk_authenticator")).await;
    for _ in 0..2 {
        let erased = erase(&server, &admin(), 1).await.ok();
        assert_eq!(erased["client_name"], "Erased client 1");
    }
    let rows = "select concat_ws(' ', action, relation, row_id, details, role, team_member_id,
            happened_at > now() - interval '1 minute')
        from ops.audit where action = 'erase'";
    let row = "erase public.clients 1 {} desk_admin 1 t";
    assert_eq!(texts(&desk, rows).await, [row, row]);
}

/// The first erasure's time and address stay.
#[tokio::test]
async fn erasing_again_gives_the_same_answer_and_sweeps_up() {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    let server = serve(database.uri("desk_authenticator")).await;
    let mut first = erase(&server, &admin(), 1).await.ok();
    // the owner loads what it likes
    execute(
        &desk,
        "insert into public.tickets (client_id, ticket_type_id, title) values (1, 1, 'marked again');
        update public.clients set metadata = '{\"name\": \"marked\"}' where id = 1",
    )
    .await;
    let mut second = erase(&server, &admin(), 1).await.ok();
    assert_eq!(marked(&desk, MARK).await, [""; 0]);
    for answer in [&mut first, &mut second] {
        answer.as_object_mut().unwrap().remove("updated_at");
    }
    assert_eq!(first, second);
    assert!(
        first["email"]
            .as_str()
            .unwrap()
            .ends_with("@erased.invalid")
    );
    erase(&server, &admin(), 999_999)
        .await
        .refused(404, "PT404");
}
