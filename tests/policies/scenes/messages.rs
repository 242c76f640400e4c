//! Writing messages: everybody in the own name.

use serde_json::json;

use super::{
    ANOTHERS, CLOSED, IN_PROGRESS, MISSING, OPEN, PENDING, RESOLVED, Scene, WITHOUT_STATUS,
};
use crate::harness::desk::execute;
use crate::harness::identity::Identity;

const ACCOUNT: &str = "6f2c8b1e-0a4d-4f6b-9a3c-2b7d5e8f1a90";
const DENIED: (&str, &str, &str) = ("42501", "permission denied for table ticket_messages", "");

fn client() -> Identity {
    Identity::with("desk_client", json!({ "client_id": 1, "sub": ACCOUNT }))
}

fn agent() -> Identity {
    Identity::with("desk_agent", json!({ "team_member_id": 3, "sub": ACCOUNT }))
}

fn message(columns: &str, values: &str) -> String {
    format!("insert into ticket_messages ({columns}) values ({values})")
}

const SHOWN: &str =
    "returning concat_ws(' ', from_client, coalesce(from_team_member_id::text, 'nobody'),
    is_internal, created_at = now(), coalesce(created_by::text, 'nobody'))";

#[tokio::test]
async fn a_client_writes_as_the_client_until_the_ticket_is_closed() {
    let scene = Scene::new().await;
    for id in [OPEN, IN_PROGRESS, RESOLVED, WITHOUT_STATUS, PENDING] {
        let write = message("ticket_id, message_text", &format!("{id}, 'Hello'"));
        let seen = scene.text(&client(), &format!("{write} {SHOWN}")).await;
        assert_eq!(seen.unwrap(), format!("t nobody f t {ACCOUNT}"), "{id}");
    }
    let late = message("ticket_id, message_text", &format!("{CLOSED}, 'Hello'"));
    let text = format!("ticket {CLOSED} is closed");
    scene
        .refused(&client(), &late, ("PT409", &text, "POST /tickets"))
        .await;
    // staff may
    scene.done(&agent(), &late).await;
}

/// What a client may not say is refused, whatever it says: also the truth.
#[tokio::test]
async fn a_client_does_not_say_whom_a_message_is_from() {
    let scene = Scene::new().await;
    for (column, values) in [
        ("from_client", ["false", "true", "null"]),
        ("from_team_member_id", ["3", "1", "null"]),
        ("is_internal", ["true", "false", "null"]),
        ("created_at", ["'2020-01-01'", "now()", "null"]),
        ("created_by", ["gen_random_uuid()", "null", "null"]),
        ("metadata", ["'{}'", "'[]'", "null"]),
        ("id", ["1", "-1", "null"]),
    ] {
        for value in values {
            let write = message(
                &format!("ticket_id, message_text, {column}"),
                &format!("{OPEN}, 'Hello', {value}"),
            );
            scene.refused(&client(), &write, DENIED).await;
        }
    }
    for change in [
        "update ticket_messages set message_text = 'x'",
        "delete from ticket_messages",
        "truncate ticket_messages",
    ] {
        scene.refused(&client(), change, DENIED).await;
        scene.refused(&agent(), change, DENIED).await;
        let admin = Identity::with("desk_admin", json!({ "team_member_id": 1 }));
        scene.refused(&admin, change, DENIED).await;
    }
    // a grant by mistake is held back by a policy
    execute(
        &scene.admin,
        "grant insert (from_client, from_team_member_id, is_internal) on ticket_messages to desk_client;
        drop trigger check_message on ticket_messages",
    )
    .await;
    let violated = "new row violates row-level security policy \"insert_as_client\" for table \"ticket_messages\"";
    for values in ["false, null, false", "true, 3, false", "true, null, true"] {
        let write = message(
            "ticket_id, message_text, from_client, from_team_member_id, is_internal",
            &format!("{OPEN}, 'Hello', {values}"),
        );
        scene
            .refused(&client(), &write, ("42501", violated, ""))
            .await;
    }
}

#[tokio::test]
async fn anothers_ticket_and_one_that_does_not_exist_are_the_same() {
    let scene = Scene::new().await;
    let unlinked = Identity::with("desk_client", json!({ "team_member_id": 3 }));
    for (who, id) in [
        (client(), ANOTHERS),
        (client(), MISSING),
        (client(), 8_000_042),
        (client(), 0),
        (unlinked, OPEN),
        (agent(), MISSING),
    ] {
        let write = message("ticket_id, message_text", &format!("{id}, 'Hello'"));
        let text = format!("you have no ticket {id}");
        scene
            .refused(
                &who,
                &write,
                ("42501", &text, "GET /tickets?select=id,title"),
            )
            .await;
    }
    // without the trigger the policy says no
    execute(
        &scene.admin,
        "drop trigger check_message on ticket_messages",
    )
    .await;
    let write = message("ticket_id, message_text", &format!("{ANOTHERS}, 'Hello'"));
    let answer = client()
        .write(&scene.database.connect("desk_authenticator").await, &write)
        .await;
    assert_eq!(crate::harness::identity::sqlstate(&answer), "42501");
}

#[tokio::test]
async fn a_message_has_a_ticket_and_a_text() {
    let scene = Scene::new().await;
    for who in [client(), agent()] {
        for text in ["''", "'   '", "e'\\n\\t'"] {
            let write = message("ticket_id, message_text", &format!("{OPEN}, {text}"));
            let refusal = ("23514", "message_text is blank", "Write something");
            scene.refused(&who, &write, refusal).await;
        }
        let write = message("message_text", "'Hello'");
        let refusal = ("23502", "ticket_id is missing", "which ticket");
        scene.refused(&who, &write, refusal).await;
    }
}

#[tokio::test]
async fn staff_sign_with_their_own_name() {
    let scene = Scene::new().await;
    for (columns, values, internal) in [
        ("ticket_id, message_text", "", "f"),
        ("ticket_id, message_text, is_internal", ", true", "t"),
        ("ticket_id, message_text, from_team_member_id", ", 3", "f"),
        ("ticket_id, message_text, from_client", ", false", "f"),
    ] {
        for role in ["desk_agent", "desk_manager", "desk_admin"] {
            let staff = Identity::with(role, json!({ "team_member_id": 3, "sub": ACCOUNT }));
            let write = message(columns, &format!("{OPEN}, 'Hello'{values}"));
            let seen = scene.text(&staff, &format!("{write} {SHOWN}")).await;
            assert_eq!(seen.unwrap(), format!("f 3 {internal} t {ACCOUNT}"));
        }
    }
    for (column, value, refusal) in [
        (
            "from_team_member_id",
            "4",
            ("42501", "staff write in their own name only", "or say 3"),
        ),
        (
            "from_client",
            "true",
            (
                "42501",
                "staff do not write in a client's name",
                "say false",
            ),
        ),
        (
            "from_client",
            "null",
            (
                "42501",
                "staff do not write in a client's name",
                "say false",
            ),
        ),
        ("created_at", "'2020-01-01'", DENIED),
        ("created_by", "null", DENIED),
    ] {
        let write = message(
            &format!("ticket_id, message_text, {column}"),
            &format!("{OPEN}, 'Hello', {value}"),
        );
        scene.refused(&agent(), &write, refusal).await;
    }
    for claims in [
        json!({}),
        json!({ "client_id": 1 }),
        json!({ "team_member_id": 999 }),
    ] {
        let nobody = Identity::with("desk_agent", claims);
        let write = message("ticket_id, message_text", &format!("{OPEN}, 'Hello'"));
        let refusal = ("42501", "your token names no team member", "sign in");
        scene.refused(&nobody, &write, refusal).await;
    }
}

/// Mail that comes in is a client's, whoever delivers it.
#[tokio::test]
async fn a_trusted_script_writes_in_anybodys_name() {
    let scene = Scene::new().await;
    let write = message(
        "ticket_id, message_text, from_client, created_at",
        &format!("{CLOSED}, 'By mail', true, '2025-11-01'"),
    );
    let service = Identity::with("desk_service", json!({}));
    let seen = scene.text(&service, &format!("{write} {SHOWN}")).await;
    assert_eq!(seen.unwrap(), "t nobody f f nobody");
}

#[tokio::test]
async fn an_answer_is_the_tickets_first_response_and_a_note_is_not() {
    let scene = Scene::new().await;
    for (internal, expected) in [("false", true), ("true", false)] {
        let write = format!(
            "with written as ({} returning ticket_id) select count(*)::text from written",
            message(
                "ticket_id, message_text, is_internal",
                &format!("{OPEN}, 'Hello', {internal}")
            )
        );
        // committed, then looked at
        let login = scene.database.connect("postgres").await;
        execute(
            &login,
            &format!(
                "begin; set local role desk_agent; set local request.jwt.claims = '{{\"team_member_id\": 3}}';
                {write}; commit"
            ),
        )
        .await;
        let statement =
            format!("select first_response_at is not null from tickets where id = {OPEN}");
        let answered: bool = scene.admin.query_one(&statement, &[]).await.unwrap().get(0);
        assert_eq!(answered, expected, "is_internal {internal}");
        execute(
            &scene.admin,
            &format!("delete from ticket_messages where ticket_id = {OPEN}"),
        )
        .await;
    }
}
