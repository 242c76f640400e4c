//! What comes back with a write, through embedded rows, is what a read would show.

use serde_json::json;

use super::Attack;
use crate::harness::desk::client;

const MINE: &str = "return=representation, tx=rollback";

#[tokio::test]
async fn a_write_brings_no_note_and_no_other_client_along() {
    let attack = Attack::new().await;
    for (method, url, body, id, status) in [
        (
            "POST",
            "/ticket_messages?select=*,tickets(*,clients(*),ticket_messages(*),ticket_feedback(*))",
            json!({ "ticket_id": 8_000_011, "message_text": "Hello" }),
            1,
            201,
        ),
        (
            "POST",
            "/tickets?select=*,clients(*,tickets(*),client_contacts(*),payments(*)),ticket_types(*,tickets(*))",
            json!({ "ticket_type_id": 1, "title": "Help" }),
            1,
            201,
        ),
        (
            "PATCH",
            "/client_contacts?select=*,clients(*,tickets(title,ticket_messages(*)))",
            json!({ "preferred_language": "fr" }),
            1,
            200,
        ),
    ] {
        let call = attack.server.call(method, url).token(&client(id));
        let reply = call.json(&body).header("prefer", MINE).send().await;
        assert_eq!(
            reply.reveals_nothing().status,
            status,
            "{url}: {}",
            reply.text()
        );
        attack.assert_unchanged(url).await;
    }
}

#[tokio::test]
async fn a_write_brings_no_hidden_column_or_table_along() {
    let attack = Attack::new().await;
    let body = json!({ "ticket_id": 8_000_011, "message_text": "Hello" });
    for select in [
        "*,team_members(*)",
        "*,team_members(email)",
        "*,team_members(id,role)",
        "*,tickets(team_members!tickets_assigned_to_fkey(email))",
        "*,tickets(ticket_assignees(*))",
    ] {
        let url = format!("/ticket_messages?select={select}");
        let call = attack.server.post(&url).token(&client(1)).json(&body);
        let reply = call.header("prefer", "return=representation").send().await;
        reply.refused_plainly(403, "42501");
        attack.assert_unchanged(&url).await;
    }
}

/// Which rows a write reaches is decided by its own table's rows alone, never by hidden ones.
#[tokio::test]
async fn an_embed_decides_no_write() {
    let attack = Attack::new().await;
    let body = json!({ "preferred_language": "fr" });
    for query in [
        "select=id,clients!inner(email)&clients.email=like.secret*",
        "select=id,clients!inner(id)&clients.id=eq.2",
    ] {
        let url = format!("/client_contacts?{query}");
        let call = attack
            .server
            .call("PATCH", &url)
            .token(&client(1))
            .json(&body);
        let reply = call.header("prefer", MINE).send().await;
        reply.reveals_nothing();
        attack.assert_unchanged(&url).await;
    }
}
