//! What is said moves the ticket.

use serde_json::{Value, json};

use super::desk::{CLOSED, Desk, NEW, OPEN, PENDING, RESOLVED, WITHOUT, agent};
use crate::harness::desk::{client, execute};
use crate::harness::server::token;

fn question(id: i32) -> Value {
    json!({ "ticket_id": id, "message_text": "Since when?", "is_question": true })
}

fn message(id: i32) -> Value {
    json!({ "ticket_id": id, "message_text": "Look." })
}

#[tokio::test]
async fn a_question_waits_for_the_client_and_an_answer_opens_the_ticket_again() {
    let desk = Desk::new().await;
    for id in [NEW, OPEN, WITHOUT, PENDING, RESOLVED] {
        desk.say(&agent(3), &question(id)).await;
        let ticket = desk.ticket(id).await;
        assert_eq!(ticket["status"], "pending", "{id}");
        assert_eq!(ticket["resolved_at"], Value::Null);
        desk.say(&client(1), &message(id)).await;
        assert_eq!(desk.status(id).await, "open", "{id}");
    }
    assert_eq!(desk.ticket(RESOLVED).await["reopen_count"], 1);
}

#[tokio::test]
async fn a_clients_word_on_a_resolved_ticket_reopens_it() {
    let desk = Desk::new().await;
    desk.say(&client(1), &message(RESOLVED)).await;
    let ticket = desk.ticket(RESOLVED).await;
    assert_eq!(ticket["status"], "open");
    assert_eq!(ticket["resolved_at"], Value::Null);
    assert_eq!(ticket["reopen_count"], 1);
    // A closed one takes no word of the client, but mail that a trusted script brings in.
    let reply = desk.post_message(&client(1), &message(CLOSED)).await;
    reply.refused(409, "PT409");
    assert_eq!(desk.status(CLOSED).await, "closed");
    let mail = json!({ "ticket_id": CLOSED, "message_text": "By mail", "from_client": true });
    desk.say(&token("desk_service", json!({})), &mail).await;
    assert_eq!(desk.status(CLOSED).await, "open");
}

#[tokio::test]
async fn statements_notes_and_words_on_open_tickets_move_nothing() {
    let desk = Desk::new().await;
    for id in [NEW, OPEN, WITHOUT, PENDING, RESOLVED, CLOSED] {
        let before = desk.status(id).await;
        desk.say(&agent(3), &message(id)).await;
        let note = json!({ "ticket_id": id, "message_text": "x", "is_internal": true });
        desk.say(&agent(3), &note).await;
        assert_eq!(desk.status(id).await, before, "{id}");
    }
    for id in [NEW, OPEN, WITHOUT] {
        let before = desk.status(id).await;
        desk.say(&client(1), &message(id)).await;
        assert_eq!(desk.status(id).await, before, "{id}");
    }
}

#[tokio::test]
async fn of_many_messages_at_once_the_last_of_each_ticket_counts() {
    let desk = Desk::new().await;
    let told = |id: i32, from_client: bool, at: u32| {
        json!({
            "ticket_id": id,
            "message_text": "x",
            "from_client": from_client,
            "is_question": !from_client,
            "created_at": format!("2025-11-05T00:00:0{at}Z"),
        })
    };
    let many = json!([
        told(OPEN, true, 2),
        told(OPEN, false, 1),
        told(PENDING, false, 1),
        told(PENDING, true, 2),
        told(NEW, true, 1),
        told(NEW, false, 2),
    ]);
    desk.say(&token("desk_service", json!({})), &many).await;
    assert_eq!(desk.status(OPEN).await, "open");
    assert_eq!(desk.status(PENDING).await, "open");
    assert_eq!(desk.status(NEW).await, "pending");
}

#[tokio::test]
async fn a_question_is_staffs_public_and_on_no_closed_ticket() {
    let desk = Desk::new().await;
    let mut note = question(OPEN);
    note["is_internal"] = json!(true);
    let error = desk.post_message(&agent(3), &note).await;
    let error = error.refused(400, "23514");
    assert_eq!(error["message"], "a note asks the client nothing");
    let error = desk.post_message(&agent(3), &question(CLOSED)).await;
    let error = error.refused(409, "PT409");
    assert_eq!(error["hint"], "Reopen it first: POST /rpc/reopen_ticket.");
    let error = desk.post_message(&client(1), &question(OPEN)).await;
    error.refused(403, "42501");
    assert_eq!(desk.status(OPEN).await, "open");
}

#[tokio::test]
async fn history_is_loaded_as_it_was() {
    let desk = Desk::new().await;
    let load = format!(
        "insert into public.ticket_messages (ticket_id, from_client, message_text)
         values ({RESOLVED}, true, 'x'), ({PENDING}, true, 'x'), ({CLOSED}, true, 'x')"
    );
    execute(&desk.admin, &load).await;
    assert_eq!(desk.status(RESOLVED).await, "resolved");
    assert_eq!(desk.status(PENDING).await, "pending");
    assert_eq!(desk.status(CLOSED).await, "closed");
}
