//! Opening tickets and changing them.

use serde_json::json;

use super::{CLOSED, OPEN, RESOLVED, Scene};
use crate::harness::desk::execute;
use crate::harness::identity::Identity;

const ACCOUNT: &str = "6f2c8b1e-0a4d-4f6b-9a3c-2b7d5e8f1a90";
const DENIED: (&str, &str, &str) = ("42501", "permission denied for table tickets", "");

fn client() -> Identity {
    Identity::with("desk_client", json!({ "client_id": 1, "sub": ACCOUNT }))
}

fn agent() -> Identity {
    Identity::with("desk_agent", json!({ "team_member_id": 3, "sub": ACCOUNT }))
}

fn service() -> Identity {
    Identity::with("desk_service", json!({}))
}

fn shown(statement: &str) -> String {
    format!(
        "{statement} returning concat_ws(' ', client_id, status, coalesce(priority, 'none'),
            coalesce(assigned_to::text, 'nobody'), resolved_at is not null, closed_at is not null,
            created_at = now(), coalesce(created_by::text, 'nobody'))"
    )
}

#[tokio::test]
async fn a_client_opens_a_ticket_and_says_no_more_than_what_it_is_about() {
    let scene = Scene::new().await;
    let opened = format!("1 open medium nobody f f t {ACCOUNT}");
    for statement in [
        "insert into tickets (ticket_type_id, title) values (1, 'Help')",
        "insert into tickets (ticket_type_id, title, client_id) values (1, 'Help', 1)",
        "insert into tickets (ticket_type_id, title, client_id) values (1, 'Help', null)",
        "insert into tickets (ticket_type_id, title, description, tags, custom_fields)
         values (1, 'Help', 'At length', '{a,b}', '{\"room\": 5}')",
    ] {
        let seen = scene.text(&client(), &shown(statement)).await;
        assert_eq!(seen.as_deref(), Some(opened.as_str()), "{statement}");
    }
    let urgent =
        "insert into tickets (ticket_type_id, title, priority) values (1, 'Help', 'urgent')";
    let seen = scene.text(&Identity::client(1), &shown(urgent)).await;
    assert_eq!(seen.unwrap(), "1 open urgent nobody f f t nobody");

    for column in [
        "status",
        "assigned_to",
        "created_at",
        "resolved_at",
        "closed_at",
        "created_by",
        "id",
        "updated_at",
        "first_response_at",
        "rating",
        "source_channel",
        "metadata",
    ] {
        let statement =
            format!("insert into tickets (ticket_type_id, title, {column}) select 1, 'Help', null");
        scene.refused(&client(), &statement, DENIED).await;
    }
}

/// The same answer for a client that exists and one that does not.
#[tokio::test]
async fn a_client_opens_none_for_another_client() {
    let scene = Scene::new().await;
    let refusal = (
        "42501",
        "you open tickets of your own client only",
        "Leave client_id out",
    );
    for another in ["2", "999999", "0", "-1"] {
        let statement = format!(
            "insert into tickets (ticket_type_id, title, client_id) values (1, 'Help', {another})"
        );
        scene.refused(&client(), &statement, refusal).await;
    }
    let unlinked = Identity::with("desk_client", json!({ "team_member_id": 1 }));
    for client_id in ["null", "1"] {
        let statement = format!(
            "insert into tickets (ticket_type_id, title, client_id) values (1, 'Help', {client_id})"
        );
        scene.refused(&unlinked, &statement, refusal).await;
    }
    // and where the trigger is gone, the policy stands
    execute(&scene.admin, "drop trigger check_ticket on tickets").await;
    let statement = "insert into tickets (ticket_type_id, title, client_id) values (1, 'Help', 2)";
    let violated = "new row violates row-level security policy for table \"tickets\"";
    scene
        .refused(&client(), statement, ("42501", violated, ""))
        .await;
}

#[tokio::test]
async fn a_client_changes_and_deletes_no_ticket() {
    let scene = Scene::new().await;
    for change in [
        "update tickets set status = 'closed'",
        "update tickets set title = 'x' where id = 8000011",
        "update tickets set client_id = 2 where client_id = 1",
        "update tickets set priority = 'urgent'",
        "update tickets set assigned_to = 1",
        "delete from tickets",
        "delete from tickets where id = 8000011",
        "truncate tickets cascade",
        "insert into tickets (id, ticket_type_id, title) values (8000011, 1, 'x')
         on conflict (id) do update set title = 'x'",
    ] {
        scene.refused(&client(), change, DENIED).await;
    }
}

/// A column, its value in SQL, and the refusal.
type Wrong = (
    &'static str,
    &'static str,
    (&'static str, &'static str, &'static str),
);

/// Whoever opens or changes a ticket.
const WRONG: &[Wrong] = &[
    (
        "title",
        "''",
        ("23514", "title is blank", "up to 255 characters"),
    ),
    (
        "title",
        "e' \\t\\n\\u00a0 '",
        ("23514", "title is blank", "one line"),
    ),
    (
        "title",
        "null",
        (
            "23502",
            "null value in column \"title\" of relation \"tickets\" violates not-null constraint",
            "",
        ),
    ),
    (
        "title",
        "repeat('x', 256)",
        (
            "22001",
            "value too long for type character varying(255)",
            "",
        ),
    ),
    (
        "priority",
        "'highest'",
        (
            "23514",
            "priority \"highest\" does not exist",
            "low, medium, high or urgent",
        ),
    ),
    (
        "priority",
        "''",
        ("23514", "priority \"\" does not exist", "low, medium"),
    ),
    (
        "priority",
        "'High'",
        ("23514", "priority \"High\" does not exist", "high"),
    ),
    (
        "ticket_type_id",
        "999",
        (
            "23503",
            "ticket type 999 does not exist",
            "/ticket_types?select=id,type_name",
        ),
    ),
];

/// Staff who change one.
const WRONG_CHANGES: &[Wrong] = &[
    (
        "status",
        "'reopened'",
        (
            "23514",
            "status \"reopened\" does not exist",
            "new, open, in_progress, blocked, pending, resolved, closed",
        ),
    ),
    (
        "assigned_to",
        "999",
        ("23503", "team member 999 does not exist", "/team_members"),
    ),
    (
        "source_channel",
        "'fax'",
        (
            "23514",
            "new row for relation \"tickets\" violates check constraint \"tickets_source_channel_check\"",
            "",
        ),
    ),
];

#[tokio::test]
async fn wrong_values_are_refused_each_in_its_own_words() {
    let scene = Scene::new().await;
    for (column, value, refusal) in WRONG {
        let columns = ["ticket_type_id", "title", "priority"];
        let values = columns.map(|name| match name {
            _ if name == *column => *value,
            "ticket_type_id" => "1",
            "title" => "'Help'",
            _ => "'low'",
        });
        let (columns, values) = (columns.join(", "), values.join(", "));
        let insert = format!("insert into tickets ({columns}) values ({values})");
        scene.refused(&client(), &insert, *refusal).await;
        let insert = format!("insert into tickets (client_id, {columns}) values (5, {values})");
        scene.refused(&agent(), &insert, *refusal).await;
    }
    for (column, value, refusal) in WRONG.iter().chain(WRONG_CHANGES) {
        let update = format!("update tickets set {column} = {value} where id = {OPEN}");
        scene.refused(&agent(), &update, *refusal).await;
    }
    let nobody = "insert into tickets (client_id, ticket_type_id, title) values (999, 1, 'x')";
    let refusal = ("23503", "client 999 does not exist", "/clients");
    scene.refused(&agent(), nobody, refusal).await;
    scene.refused(&service(), nobody, refusal).await;
}

#[tokio::test]
async fn staff_open_tickets_for_any_client_in_any_state() {
    let scene = Scene::new().await;
    for (status, shows) in [
        ("open", "f f"),
        ("pending", "f f"),
        ("resolved", "t f"),
        ("closed", "t t"),
    ] {
        let insert = format!(
            "insert into tickets (client_id, ticket_type_id, title, status, assigned_to, source_channel, priority)
             values (7, 2, 'By phone', '{status}', 4, 'email', 'high')"
        );
        for role in ["desk_agent", "desk_manager", "desk_admin"] {
            let staff = Identity::with(role, json!({ "team_member_id": 3 }));
            let seen = scene.text(&staff, &shown(&insert)).await.unwrap();
            assert_eq!(seen, format!("7 {status} high 4 {shows} t nobody"));
        }
    }
    for column in [
        "created_at",
        "resolved_at",
        "closed_at",
        "created_by",
        "rating",
        "id",
    ] {
        let insert = format!(
            "insert into tickets (client_id, ticket_type_id, title, {column}) select 1, 1, 'x', null"
        );
        scene.refused(&agent(), &insert, DENIED).await;
    }
}

#[tokio::test]
async fn staff_change_what_is_theirs_to_change_and_the_times_follow() {
    let scene = Scene::new().await;
    let times = "returning concat_ws(' ', status, resolved_at = now(), closed_at = now())";
    for (id, change, shows) in [
        (OPEN, "status = 'resolved'", "resolved t"),
        (RESOLVED, "status = 'closed'", "closed f t"),
        (RESOLVED, "status = 'open'", "open"),
        (CLOSED, "status = 'in_progress'", "in_progress"),
        (
            OPEN,
            "title = 'New', tags = '{x}', custom_fields = '{}'",
            "open",
        ),
        (
            OPEN,
            "priority = null, assigned_to = null, ticket_type_id = 2",
            "open",
        ),
        (OPEN, "description = 'x', source_channel = 'web'", "open"),
    ] {
        let update = format!("update tickets set {change} where id = {id} {times}");
        let seen = scene.text(&agent(), &update).await;
        assert_eq!(seen.as_deref(), Some(shows), "{update}");
    }
    for column in [
        "client_id",
        "created_at",
        "resolved_at",
        "closed_at",
        "created_by",
        "rating",
        "first_response_at",
        "updated_at",
        "metadata",
        "id",
    ] {
        let update = format!("update tickets set {column} = default where id = {OPEN}");
        for role in ["desk_agent", "desk_manager", "desk_admin"] {
            let staff = Identity::with(role, json!({ "team_member_id": 3 }));
            scene.refused(&staff, &update, DENIED).await;
        }
    }
}

/// Staff cannot name the times at all; a trusted script can, and may not contradict the status. The
/// owner loads history as it was.
#[tokio::test]
async fn nobody_but_a_load_of_history_leaves_a_ticket_open_and_resolved() {
    let scene = Scene::new().await;
    let message = |status: &str| {
        format!("a ticket of status \"{status}\" has neither resolved_at nor closed_at")
    };
    for (statement, status) in [
        (
            format!("update tickets set resolved_at = now() where id = {OPEN}"),
            "open",
        ),
        (
            format!("update tickets set closed_at = now() where id = {OPEN}"),
            "open",
        ),
        (
            format!(
                "update tickets set status = 'pending', resolved_at = now() where id = {RESOLVED}"
            ),
            "pending",
        ),
        (
            "update tickets set resolved_at = now() where id = 8000051".to_owned(),
            "null",
        ),
        (
            "insert into tickets (client_id, ticket_type_id, title, resolved_at)
             values (1, 1, 'x', now())"
                .to_owned(),
            "open",
        ),
    ] {
        let message = message(status);
        let refusal = (
            "23514",
            message.as_str(),
            "Set status to resolved or closed",
        );
        scene.refused(&service(), &statement, refusal).await;
    }
    let correct = format!("update tickets set resolved_at = '2025-11-05' where id = {RESOLVED}");
    scene.done(&service(), &correct).await;

    let history = "insert into tickets (client_id, ticket_type_id, title, resolved_at)
        values (1, 1, 'As it was', now())";
    for role in ["desk_owner", "postgres"] {
        execute(
            &scene.admin,
            &format!("begin; set local role {role}; {history}; rollback"),
        )
        .await;
    }
}

/// An adopted desk may have words of its own; only who writes such a word anew is refused.
#[tokio::test]
async fn a_priority_of_old_does_not_stand_in_the_way() {
    let scene = Scene::new().await;
    execute(
        &scene.admin,
        &format!(
            "alter table tickets disable trigger check_priority_update;
            update tickets set priority = 'critical' where id = {OPEN};
            alter table tickets enable trigger check_priority_update"
        ),
    )
    .await;
    let resolve =
        format!("update tickets set status = 'resolved' where id = {OPEN} returning priority");
    assert_eq!(scene.text(&agent(), &resolve).await.unwrap(), "critical");
    let answer =
        format!("insert into ticket_messages (ticket_id, message_text) values ({OPEN}, 'Hello')");
    scene.done(&agent(), &answer).await;
    let again = format!("update tickets set priority = 'blocker' where id = {OPEN}");
    let refusal = ("23514", "priority \"blocker\" does not exist", "urgent");
    scene.refused(&agent(), &again, refusal).await;
}
