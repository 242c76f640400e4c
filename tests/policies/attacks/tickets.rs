//! A client opens tickets that pretend to be something else, and changes what is not theirs.

use serde_json::{Value, json};

use super::Attack;
use crate::harness::desk::client;
use crate::harness::server::token;

const DENIED: &str = "permission denied for table tickets";

fn ticket(field: &str, value: &Value) -> Value {
    let mut body = json!({ "ticket_type_id": 1, "title": "Help" });
    body[field] = value.clone();
    body
}

#[tokio::test]
async fn a_ticket_is_opened_new_unassigned_and_now() {
    let attack = Attack::new().await;
    let account = "6f2c8b1e-0a4d-4f6b-9a3c-2b7d5e8f1a90";
    let call = attack.server.post("/tickets").token(&client(1));
    let honest = json!({ "ticket_type_id": 1, "title": "Help", "client_id": 1, "tags": ["a"] });
    let opened = attack.accepted(call, &honest, 201).await.json();
    assert_eq!(opened[0]["client_id"], 1);
    assert_eq!(opened[0]["status"], "open");
    assert_eq!(opened[0]["created_by"], Value::Null);

    for (field, value) in [
        ("status", json!("resolved")),
        ("status", json!("closed")),
        ("status", json!("open")),
        ("status", json!("nonsense")),
        ("resolved_at", json!("2025-01-01T00:00:00Z")),
        ("closed_at", json!("2025-01-01T00:00:00Z")),
        ("assigned_to", json!(3)),
        ("assigned_to", json!(null)),
        ("created_at", json!("2020-01-01T00:00:00Z")),
        ("updated_at", json!("2020-01-01T00:00:00Z")),
        ("created_by", json!(account)),
        ("id", json!(1)),
        ("id", json!(9_999_999)),
        ("rating", json!(5)),
        ("first_response_at", json!("2020-01-01T00:00:00Z")),
        ("resolution_due_at", json!("2020-01-01T00:00:00Z")),
        ("source_channel", json!("email")),
        ("metadata", json!({ "vip": true })),
    ] {
        let body = ticket(field, &value);
        let told = (DENIED, "");
        let post = ("POST", "/tickets");
        attack
            .told(post, &client(1), &body, (403, "42501"), told)
            .await;
        // one such row spoils all of them
        let rows = json!([{ "ticket_type_id": 1, "title": "Help", (field): null }, body]);
        attack
            .refused(post, &client(1), &rows, (403, "42501"))
            .await;
        // as does naming it, even if the body does not
        let url = format!("/tickets?columns=ticket_type_id,title,{field}");
        attack
            .refused(("POST", &url), &client(1), &body, (403, "42501"))
            .await;
    }
    for computed in ["number", "resolution_seconds"] {
        let body = ticket(computed, &json!(1));
        attack
            .refused(("POST", "/tickets"), &client(1), &body, (400, "428C9"))
            .await;
    }
}

#[tokio::test]
async fn a_ticket_is_opened_for_oneself() {
    let attack = Attack::new().await;
    let told = (
        "you open tickets of your own client only",
        "Leave client_id out",
    );
    let post = ("POST", "/tickets");
    for another in [json!(2), json!(999_999), json!(0), json!("2"), json!(-1)] {
        let body = ticket("client_id", &another);
        attack
            .told(post, &client(1), &body, (403, "42501"), told)
            .await;
        let rows = json!([ticket("client_id", &json!(1)), body]);
        attack
            .told(post, &client(1), &rows, (403, "42501"), told)
            .await;
    }
    // signed in, and linked to no client
    for claims in [
        json!({}),
        json!({ "client_id": "1" }),
        json!({ "client_id": null, "team_member_id": 3 }),
    ] {
        let unlinked = token("desk_client", claims);
        for client_id in [json!(1), json!(null)] {
            let body = ticket("client_id", &client_id);
            attack
                .told(post, &unlinked, &body, (403, "42501"), told)
                .await;
        }
    }
    let anonymous = attack
        .server
        .post("/tickets")
        .json(&ticket("client_id", &json!(1)));
    anonymous.send().await.refused_plainly(401, "42501");
    attack.assert_unchanged("without a token").await;
}

/// A field, its value, and the answer: status, code, message, a part of the hint.
type Wrong = (
    &'static str,
    &'static str,
    u16,
    &'static str,
    &'static str,
    &'static str,
);

/// Whoever opens a ticket.
const WRONG: &[Wrong] = &[
    (
        "priority",
        "\"highest\"",
        400,
        "23514",
        "priority \"highest\" does not exist",
        "low, medium, high or urgent",
    ),
    (
        "priority",
        "\"URGENT\"",
        400,
        "23514",
        "priority \"URGENT\" does not exist",
        "low, medium, high or urgent",
    ),
    (
        "title",
        "\"\"",
        400,
        "23514",
        "title is blank",
        "up to 255 characters",
    ),
    (
        "title",
        r#"" \t\n\u00a0""#,
        400,
        "23514",
        "title is blank",
        "up to 255 characters",
    ),
    (
        "title",
        "null",
        400,
        "23502",
        "null value in column \"title\" of relation \"tickets\" violates not-null constraint",
        "",
    ),
    (
        "ticket_type_id",
        "999",
        409,
        "23503",
        "ticket type 999 does not exist",
        "/ticket_types",
    ),
    (
        "ticket_type_id",
        "null",
        400,
        "23502",
        "null value in column \"ticket_type_id\" of relation \"tickets\" violates not-null constraint",
        "",
    ),
    (
        "ticket_type_id",
        "\"x\"",
        400,
        "22P02",
        "invalid input syntax for type integer: \"x\"",
        "",
    ),
];

/// An agent who changes one.
const WRONG_CHANGES: &[Wrong] = &[
    (
        "status",
        "\"reopened\"",
        400,
        "23514",
        "status \"reopened\" does not exist",
        "new, open, in_progress",
    ),
    (
        "assigned_to",
        "999",
        409,
        "23503",
        "team member 999 does not exist",
        "/team_members",
    ),
    ("title", "\"\"", 400, "23514", "title is blank", "up to 255"),
    (
        "priority",
        "\"x\"",
        400,
        "23514",
        "priority \"x\" does not exist",
        "low, medium",
    ),
    (
        "ticket_type_id",
        "0",
        409,
        "23503",
        "ticket type 0 does not exist",
        "/ticket_types",
    ),
];

#[tokio::test]
async fn wrong_values_each_have_an_answer_of_their_own() {
    let attack = Attack::new().await;
    let agent = token("desk_agent", json!({ "team_member_id": 3 }));
    for (field, value, status, code, message, hint) in WRONG {
        let mut body = ticket(field, &serde_json::from_str(value).unwrap());
        body["client_id"] = json!(1);
        for who in [&client(1), &agent] {
            let answer = (*status, *code);
            let told = (*message, *hint);
            attack
                .told(("POST", "/tickets"), who, &body, answer, told)
                .await;
        }
    }
    let long = ticket("title", &json!("x".repeat(256)));
    let told = ("value too long for type character varying(255)", "");
    let post = ("POST", "/tickets");
    attack
        .told(post, &client(1), &long, (400, "22001"), told)
        .await;
    for (field, value, status, code, message, hint) in WRONG_CHANGES {
        let value: Value = serde_json::from_str(value).unwrap();
        let body = json!({ (*field): value });
        let patch = ("PATCH", "/tickets?id=eq.8000011");
        attack
            .told(patch, &agent, &body, (*status, *code), (*message, *hint))
            .await;
    }
}

#[tokio::test]
async fn a_client_changes_no_ticket() {
    let attack = Attack::new().await;
    let told = (DENIED, "");
    for filter in [
        "id=eq.8000011",
        "client_id=eq.1",
        "id=eq.8000012",
        "id=eq.-1",
        "title=like.secret*",
        "",
    ] {
        let url = format!("/tickets?{filter}");
        for body in [
            json!({ "client_id": 2 }),
            json!({ "client_id": 1 }),
            json!({ "status": "closed" }),
            json!({ "priority": "urgent" }),
            json!({ "assigned_to": 3 }),
            json!({ "title": "x" }),
            json!({ "resolved_at": "2025-01-01" }),
            json!({ "created_by": null }),
        ] {
            attack
                .told(("PATCH", &url), &client(1), &body, (403, "42501"), told)
                .await;
        }
        attack
            .told(
                ("DELETE", &url),
                &client(1),
                &json!({}),
                (403, "42501"),
                told,
            )
            .await;
    }
    let whole = json!({ "id": 8_000_011, "client_id": 1, "ticket_type_id": 1, "title": "x" });
    let call = attack
        .server
        .call("PUT", "/tickets?id=eq.8000011")
        .token(&client(1));
    let reply = call.json(&whole).send().await;
    assert!(
        [400, 403].contains(&reply.status.as_u16()),
        "{}",
        reply.text()
    );
    attack.assert_unchanged("PUT").await;
}

/// An upsert would change, or tell whether the row exists.
#[tokio::test]
async fn an_upsert_is_no_way_to_a_ticket() {
    let attack = Attack::new().await;
    for resolution in ["merge-duplicates", "ignore-duplicates"] {
        for id in [8_000_011, 8_000_012, 9_999_999] {
            let body = json!({ "id": id, "ticket_type_id": 1, "title": "x" });
            for url in ["/tickets", "/tickets?on_conflict=id"] {
                let call = attack.server.post(url).token(&client(1)).json(&body);
                let prefer = format!("resolution={resolution}, return=representation");
                let reply = call.header("prefer", &prefer).send().await;
                reply.reveals_nothing().refused(403, "42501");
                attack.assert_unchanged(url).await;
            }
        }
    }
}
