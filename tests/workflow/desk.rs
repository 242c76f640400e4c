//! A desk with a few tickets of known states, and what people do there.

use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute, serve};
use crate::harness::http::Reply;
use crate::harness::server::{TestServer, token};

/// Of client 1, of whom member 3 has all but the new one: by their status. The last is client 2's.
const TICKETS: &str = "
    insert into public.tickets
        (id, client_id, ticket_type_id, title, status, assigned_to, created_at, resolved_at, closed_at)
    values
        (9100001, 1, 1, 'New', 'new', null, '2025-11-01Z', null, null),
        (9100002, 1, 1, 'Open', 'open', 3, '2025-11-01Z', null, null),
        (9100003, 1, 1, 'Pending', 'pending', 3, '2025-11-01Z', null, null),
        (9100004, 1, 1, 'Resolved', 'resolved', 3, '2025-11-01Z', '2025-11-02Z', null),
        (9100005, 1, 1, 'Closed', 'closed', 3, '2025-11-01Z', '2025-11-02Z', '2025-11-03Z'),
        (9100006, 1, 1, 'Without', null, 3, '2025-11-01Z', null, null),
        (9100007, 2, 1, 'Another client''s', 'open', 4, '2025-11-01Z', null, null)";

pub const NEW: i32 = 9_100_001;
pub const OPEN: i32 = 9_100_002;
pub const PENDING: i32 = 9_100_003;
pub const RESOLVED: i32 = 9_100_004;
pub const CLOSED: i32 = 9_100_005;
pub const WITHOUT: i32 = 9_100_006;
pub const ANOTHERS: i32 = 9_100_007;
pub const MISSING: i32 = 1_999_999_999;

pub struct Desk {
    pub server: TestServer,
    pub admin: Client,
    _database: TestDb,
}

impl Desk {
    pub async fn new() -> Self {
        let database = desk().await;
        let admin = database.connect("postgres").await;
        execute(&admin, TICKETS).await;
        Self {
            server: serve(&database).await,
            admin,
            _database: database,
        }
    }

    pub async fn call(&self, token: &str, function: &str, arguments: &Value) -> Reply {
        let call = self.server.post(&format!("/rpc/{function}"));
        call.token(token).json(arguments).send().await
    }

    pub async fn patch(&self, token: &str, url: &str, body: &Value) -> Reply {
        let call = self.server.call("PATCH", url).token(token);
        let prefer = "return=representation";
        call.header("prefer", prefer).json(body).send().await
    }

    /// Posts a message, which has to be accepted.
    pub async fn say(&self, token: &str, body: &Value) {
        let reply = self.post_message(token, body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
    }

    pub async fn post_message(&self, token: &str, body: &Value) -> Reply {
        let call = self.server.post("/ticket_messages").token(token);
        call.json(body).send().await
    }

    /// The ticket as it is stored.
    pub async fn ticket(&self, id: i32) -> Value {
        let row = "select to_jsonb(t) from public.tickets as t where t.id = $1";
        self.admin.query_one(row, &[&id]).await.unwrap().get(0)
    }

    pub async fn status(&self, id: i32) -> Value {
        self.ticket(id).await["status"].clone()
    }

    /// The messages of a ticket, oldest first: text and whether it is a note.
    pub async fn said(&self, id: i32) -> Vec<(String, bool)> {
        let rows = "select message_text, is_internal from public.ticket_messages
            where ticket_id = $1 order by id";
        let rows = self.admin.query(rows, &[&id]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }
}

pub fn agent(member: i32) -> String {
    token("desk_agent", json!({ "team_member_id": member }))
}

pub fn manager() -> String {
    token("desk_manager", json!({ "team_member_id": 10 }))
}
