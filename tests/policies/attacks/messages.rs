//! A client writes what looks like staff's, or where nobody let them.

use serde_json::{Value, json};

use super::Attack;
use crate::harness::desk::client;
use crate::harness::server::token;

const POST: (&str, &str) = ("POST", "/ticket_messages");
const DENIED: (&str, &str) = ("permission denied for table ticket_messages", "");

fn message(ticket: i32, field: &str, value: &Value) -> Value {
    let mut body = json!({ "ticket_id": ticket, "message_text": "Hello" });
    body[field] = value.clone();
    body
}

#[tokio::test]
async fn a_client_does_not_look_like_staff() {
    let attack = Attack::new().await;
    let call = attack.server.post("/ticket_messages").token(&client(1));
    let honest = json!({ "ticket_id": 8_000_011, "message_text": "Hello" });
    let written = attack.accepted(call, &honest, 201).await.json();
    assert_eq!(written[0]["from_client"], true);
    assert_eq!(written[0]["from_team_member_id"], Value::Null);
    assert_eq!(written[0]["is_internal"], false);

    for (field, value) in [
        ("from_client", json!(false)),
        ("from_client", json!(null)),
        ("from_team_member_id", json!(3)),
        ("from_team_member_id", json!(null)),
        ("is_internal", json!(true)),
        ("created_at", json!("2020-01-01T00:00:00Z")),
        ("created_by", json!("6f2c8b1e-0a4d-4f6b-9a3c-2b7d5e8f1a90")),
        ("metadata", json!({})),
        ("id", json!(9_000_001)),
    ] {
        for ticket in [8_000_011, 8_000_012, 8_900_000] {
            let body = message(ticket, field, &value);
            attack
                .told(POST, &client(1), &body, (403, "42501"), DENIED)
                .await;
        }
    }
}

#[tokio::test]
async fn anothers_ticket_and_a_missing_one_get_the_same_answer() {
    let attack = Attack::new().await;
    let mut answers = Vec::new();
    for ticket in [8_000_012, 8_000_042, 8_900_000, 1_000_000_000, 0, -1] {
        for text in ["Hello", ""] {
            let body = json!({ "ticket_id": ticket, "message_text": text });
            let error = attack
                .refused(POST, &client(1), &body, (403, "42501"))
                .await;
            answers.push(
                error
                    .to_string()
                    .replace(&format!("ticket {ticket}\""), "ticket N\""),
            );
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0].contains("you have no ticket N"), "{answers:?}");
    // between two own ones, too
    let rows = json!([
        { "ticket_id": 8_000_011, "message_text": "a" },
        { "ticket_id": 8_000_012, "message_text": "b" }
    ]);
    attack
        .refused(POST, &client(1), &rows, (403, "42501"))
        .await;
}

#[tokio::test]
async fn a_caller_linked_to_nobody_writes_nothing() {
    let attack = Attack::new().await;
    let body = json!({ "ticket_id": 8_000_011, "message_text": "Hello" });
    for claims in [
        json!({}),
        json!({ "client_id": "1" }),
        json!({ "client_id": [1] }),
        json!({ "client_id": 1.0 }),
        json!({ "client_id": 4_294_967_297_i64 }),
        json!({ "team_member_id": 3 }),
        json!({ "client_id": 999_999 }),
    ] {
        let told = ("you have no ticket 8000011", "GET /tickets");
        let unlinked = token("desk_client", claims);
        attack
            .told(POST, &unlinked, &body, (403, "42501"), told)
            .await;
    }
    for claims in [
        json!({}),
        json!({ "client_id": 1 }),
        json!({ "team_member_id": "3" }),
        json!({ "team_member_id": 999 }),
    ] {
        let told = ("your token names no team member", "sign in");
        let nobody = token("desk_agent", claims);
        attack
            .told(POST, &nobody, &body, (403, "42501"), told)
            .await;
    }
    let anonymous = attack.server.post("/ticket_messages").json(&body);
    anonymous.send().await.refused_plainly(401, "42501");
    let anonymous = token("desk_anon", json!({ "client_id": 1, "team_member_id": 3 }));
    attack
        .refused(POST, &anonymous, &body, (401, "42501"))
        .await;
}

#[tokio::test]
async fn a_closed_ticket_takes_no_more_messages_of_its_client() {
    let attack = Attack::new().await;
    let body = json!({ "ticket_id": 8_000_041, "message_text": "One more thing" });
    let told = ("ticket 8000041 is closed", "POST /tickets");
    attack
        .told(POST, &client(1), &body, (409, "PT409"), told)
        .await;
}

#[tokio::test]
async fn a_message_that_says_nothing_is_refused() {
    let attack = Attack::new().await;
    for (body, code, message, hint) in [
        (
            json!({ "ticket_id": 8_000_011, "message_text": " " }),
            "23514",
            "message_text is blank",
            "Write",
        ),
        (
            json!({ "message_text": "Hello" }),
            "23502",
            "ticket_id is missing",
            "which ticket",
        ),
        (
            json!({ "ticket_id": 8_000_011 }),
            "23502",
            "null value in column \"message_text\" of relation \"ticket_messages\" violates not-null constraint",
            "",
        ),
    ] {
        attack
            .told(POST, &client(1), &body, (400, code), (message, hint))
            .await;
    }
}

/// What was said stays as it was said, also notes.
#[tokio::test]
async fn nobody_changes_or_deletes_messages() {
    let attack = Attack::new().await;
    for role in ["desk_client", "desk_agent", "desk_manager", "desk_admin"] {
        let who = token(role, json!({ "client_id": 1, "team_member_id": 3 }));
        for filter in [
            "",
            "?id=eq.9000001",
            "?is_internal=is.true",
            "?ticket_id=eq.8000011",
        ] {
            let url = format!("/ticket_messages{filter}");
            for body in [
                json!({ "is_internal": false }),
                json!({ "message_text": "x" }),
                json!({ "from_client": true }),
            ] {
                attack
                    .told(("PATCH", &url), &who, &body, (403, "42501"), DENIED)
                    .await;
            }
            attack
                .told(("DELETE", &url), &who, &json!({}), (403, "42501"), DENIED)
                .await;
        }
    }
    for resolution in ["merge-duplicates", "ignore-duplicates"] {
        let body = json!({ "id": 9_000_001, "ticket_id": 8_000_011, "message_text": "x" });
        let call = attack
            .server
            .post("/ticket_messages")
            .token(&client(1))
            .json(&body);
        let prefer = format!("resolution={resolution}, return=representation");
        let reply = call.header("prefer", &prefer).send().await;
        reply.reveals_nothing().refused(403, "42501");
        attack.assert_unchanged("upsert").await;
    }
}

#[tokio::test]
async fn staff_do_not_look_like_somebody_else() {
    let attack = Attack::new().await;
    for role in ["desk_agent", "desk_manager", "desk_admin"] {
        let staff = token(role, json!({ "team_member_id": 3 }));
        let call = attack.server.post("/ticket_messages").token(&staff);
        let note = message(8_000_011, "is_internal", &json!(true));
        let written = attack.accepted(call, &note, 201).await.json();
        assert_eq!(written[0]["from_team_member_id"], 3);
        for (field, value, told) in [
            (
                "from_client",
                json!(true),
                ("staff do not write in a client's name", "say false"),
            ),
            (
                "from_team_member_id",
                json!(4),
                ("staff write in their own name only", "say 3"),
            ),
            ("created_at", json!("2020-01-01"), DENIED),
            (
                "created_by",
                json!("6f2c8b1e-0a4d-4f6b-9a3c-2b7d5e8f1a90"),
                DENIED,
            ),
        ] {
            let body = message(8_000_011, field, &value);
            attack.told(POST, &staff, &body, (403, "42501"), told).await;
        }
    }
}
