//! Deleting a ticket erases it, and who did that stays known.

use serde_json::json;

use super::{OPEN, RESOLVED, Scene};
use crate::harness::desk::execute;
use crate::harness::identity::Identity;

const ACCOUNT: &str = "6f2c8b1e-0a4d-4f6b-9a3c-2b7d5e8f1a90";

const CHILDREN: &str = "
    insert into ticket_messages (ticket_id, message_text) values (8000031, 'x'), (8000031, 'y');
    insert into ticket_feedback (ticket_id, rating) values (8000031, 4);
    insert into ticket_assignees (ticket_id, team_member_id) values (8000031, 12)";

async fn count(scene: &Scene, relation: &str) -> i64 {
    let statement = format!("select count(*) from {relation}");
    scene.admin.query_one(&statement, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn an_admin_erases_a_ticket_with_all_that_belongs_to_it() {
    let scene = Scene::new().await;
    execute(&scene.admin, CHILDREN).await;
    let mut before = Vec::new();
    for relation in [
        "tickets",
        "ticket_messages",
        "ticket_feedback",
        "ticket_assignees",
        "ops.audit",
    ] {
        before.push((relation, count(&scene, relation).await));
    }
    execute(
        &scene.admin,
        &format!(
            "begin; set local role desk_admin;
            set local request.jwt.claims = '{{\"team_member_id\": 1, \"sub\": \"{ACCOUNT}\"}}';
            delete from public.tickets where id = {RESOLVED}; commit"
        ),
    )
    .await;
    for ((relation, before), change) in before.into_iter().zip([-1, -2, -1, -1, 1]) {
        assert_eq!(count(&scene, relation).await, before + change, "{relation}");
    }
    let statement = format!(
        "select action, relation, role, account_id::text, team_member_id, happened_at > now() - interval '1 minute',
            details::text, to_jsonb(a)::text
        from ops.audit as a where row_id = {RESOLVED}"
    );
    let row = scene.admin.query_one(&statement, &[]).await.unwrap();
    let texts: [&str; 4] = [row.get(0), row.get(1), row.get(2), row.get(3)];
    assert_eq!(texts, ["delete", "public.tickets", "desk_admin", ACCOUNT]);
    assert_eq!(row.get::<_, i32>(4), 1);
    assert!(row.get::<_, bool>(5));
    let details: serde_json::Value = serde_json::from_str(row.get(6)).unwrap();
    assert_eq!(details["number"], 1000 + RESOLVED);
    assert_eq!(details["client_id"], 1);
    // an erasure: nothing of what was said remains
    assert!(!row.get::<_, &str>(7).contains("Scene"));
}

#[tokio::test]
async fn nobody_else_deletes_a_ticket() {
    let scene = Scene::new().await;
    let denied = ("42501", "permission denied for table tickets", "");
    for role in ["desk_anon", "desk_client", "desk_agent", "desk_manager"] {
        let who = Identity::with(role, json!({ "client_id": 1, "team_member_id": 1 }));
        let delete = format!("delete from tickets where id = {OPEN}");
        scene.refused(&who, &delete, denied).await;
    }
}

#[tokio::test]
async fn nobody_but_an_admin_reads_the_audit_and_nobody_writes_or_empties_it() {
    let scene = Scene::new().await;
    for role in [
        "desk_client",
        "desk_agent",
        "desk_manager",
        "desk_admin",
        "desk_service",
        "desk_worker",
    ] {
        let who = Identity::with(role, json!({ "client_id": 1, "team_member_id": 1 }));
        // admins read a table of that schema, the worker calls functions there; to all others it is closed
        let denied = match role {
            "desk_admin" | "desk_worker" => "permission denied for table audit",
            _ => "permission denied for schema ops",
        };
        if role != "desk_admin" {
            let read = "select * from ops.audit";
            scene.refused(&who, read, ("42501", denied, "")).await;
        }
        for statement in [
            "insert into ops.audit (action, relation, row_id, role) values ('x', 'x', 1, 'x')",
            "update ops.audit set role = 'x'",
            "delete from ops.audit",
            "truncate ops.audit",
        ] {
            scene.refused(&who, statement, ("42501", denied, "")).await;
        }
    }
}

/// Emptying the desk to load it anew is no erasure, and takes the audit of those along with nothing.
#[tokio::test]
async fn the_audit_outlives_a_truncate() {
    let scene = Scene::new().await;
    let before = count(&scene, "ops.audit").await;
    assert!(before > 0);
    execute(
        &scene.admin,
        "truncate tickets, ticket_messages, ticket_feedback, clients, team_members, ticket_types, payments
        restart identity cascade",
    )
    .await;
    assert_eq!(count(&scene, "ops.audit").await, before);
}
