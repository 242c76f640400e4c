//! What happened to a ticket: every change is an event, whatever path it took, and nothing else is.

mod audit;
mod bulk;
mod document;
mod events;
pub mod replay;
mod rights;
mod views;

use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute, serve};
use crate::harness::server::{TestServer, token};

/// A ticket of client 1 that nobody has.
const TICKET: i32 = 9_200_001;

/// Ada Albers, the contact of client 1 who signs in.
const ADA: &str = "ada.albers1@amber-logistics.example";

async fn history() -> (TestDb, TestServer, Client) {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "insert into public.tickets (id, client_id, ticket_type_id, title, priority, custom_fields)
        values (9200001, 1, 1, 'Printer', 'low', '{\"browser\": \"Firefox\", \"floor\": 2}')",
    )
    .await;
    let server = serve(&database).await;
    (database, server, admin)
}

fn staff(role: &str, member: i32) -> String {
    token(role, json!({ "team_member_id": member }))
}

async fn account_of(admin: &Client, condition: &str) -> String {
    let statement = format!("select id::text from auth.accounts where {condition}");
    admin.query_one(&statement, &[]).await.unwrap().get(0)
}

/// The token of a contact of client 1.
async fn ada(admin: &Client) -> String {
    let account = account_of(admin, &format!("email = '{ADA}'")).await;
    token("desk_client", json!({ "client_id": 1, "sub": account }))
}

/// A query of the superuser's, as JSON rows.
async fn rows(admin: &Client, query: &str) -> Vec<Value> {
    let statement = format!("select to_jsonb(r)::text from ({query}) as r");
    let rows = admin.query(&statement, &[]).await.expect(query);
    let text = |row: &tokio_postgres::Row| serde_json::from_str(row.get(0)).unwrap();
    rows.iter().map(text).collect()
}

async fn last_seq(admin: &Client) -> i64 {
    let statement = "select coalesce(max(seq), 0) from public.ticket_events";
    admin.query_one(statement, &[]).await.unwrap().get(0)
}

/// What a ticket's history says since then, each event in a line: type, visibility, who did it, and what.
async fn said_since(admin: &Client, seq: i64, ticket: i32) -> Vec<String> {
    let statement = format!(
        "select concat_ws(' ', type, visibility, actor_role, actor_first_name, actor_team_member_id,
            '|', field_name, old_value, case when type <> 'created' then new_value end, agent_id,
            nullif(metadata, '{{}}'))
        from public.ticket_events where ticket_id = {ticket} and seq > {seq}
        order by created_at, seq"
    );
    let rows = admin.query(&statement, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
