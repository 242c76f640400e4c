//! What an agent sees is what an agent changes.

use serde_json::json;

use super::{OPEN, RESOLVED, Scene};
use crate::harness::desk::execute;
use crate::harness::identity::Identity;
use crate::policies::scope::set_visibility;

/// Member 3 is of support, 12 of technical.
const OF_ANOTHER_DEPARTMENT: i32 = 12;

async fn assign(scene: &Scene, id: i32, to: &str) {
    execute(
        &scene.admin,
        &format!("update tickets set assigned_to = {to} where id = {id}"),
    )
    .await;
}

#[tokio::test]
async fn a_ticket_that_an_agent_does_not_see_does_not_change() {
    let scene = Scene::new().await;
    let agent = Identity::agent(3);
    assign(&scene, OPEN, "12").await;
    for setting in ["queue", "team"] {
        set_visibility(&scene.admin, setting).await;
        for change in ["title = 'x'", "status = 'closed'", "assigned_to = 3"] {
            let update = format!("update tickets set {change} where id = {OPEN} returning id");
            assert!(scene.done(&agent, &update).await.is_empty(), "{update}");
        }
        let text = format!("you have no ticket {OPEN}");
        let write =
            format!("insert into ticket_messages (ticket_id, message_text) values ({OPEN}, 'x')");
        scene
            .refused(&agent, &write, ("42501", &text, "GET /tickets"))
            .await;
        let help =
            format!("insert into ticket_assignees (ticket_id, team_member_id) values ({OPEN}, 3)");
        let violated = "new row violates row-level security policy for table \"ticket_assignees\"";
        scene.refused(&agent, &help, ("42501", violated, "")).await;
        // whoever collaborates, may
        execute(
            &scene.admin,
            &format!("insert into ticket_assignees (ticket_id, team_member_id) values ({OPEN}, 3)"),
        )
        .await;
        let update = format!("update tickets set title = 'x' where id = {OPEN} returning id");
        assert_eq!(scene.done(&agent, &update).await.len(), 1);
        scene.done(&agent, &write).await;
        execute(
            &scene.admin,
            &format!("delete from ticket_assignees where ticket_id = {OPEN}"),
        )
        .await;
        // and a manager
        let manager = Identity::with("desk_manager", json!({ "team_member_id": 3 }));
        assert_eq!(scene.done(&manager, &update).await.len(), 1);
    }
}

#[tokio::test]
async fn a_ticket_is_handed_to_somebody_whose_tickets_one_does_not_see() {
    let scene = Scene::new().await;
    let agent = Identity::agent(3);
    for setting in ["all", "queue", "team"] {
        set_visibility(&scene.admin, setting).await;
        for to in [OF_ANOTHER_DEPARTMENT, 4, 3] {
            let one = format!(
                "update tickets set assigned_to = {to}, priority = 'high' where id = {OPEN}
                returning assigned_to::text"
            );
            let seen = scene.text(&agent, &one).await.unwrap();
            assert_eq!(seen, to.to_string(), "{setting}");
        }
        // from the queue, and several at once
        assign(&scene, RESOLVED, "null").await;
        let both = format!(
            "update tickets set assigned_to = {OF_ANOTHER_DEPARTMENT}
            where id in ({OPEN}, {RESOLVED}) returning id"
        );
        assert_eq!(scene.done(&agent, &both).await.len(), 2, "{setting}");
        let all = format!(
            "update tickets set assigned_to = {OF_ANOTHER_DEPARTMENT} where assigned_to = 3 returning id"
        );
        assert!(scene.done(&agent, &all).await.len() > 50);
        assign(&scene, RESOLVED, "3").await;
    }
}

/// The way out is no way in: what was not seen before the statement is not seen in it.
#[tokio::test]
async fn handing_over_shows_no_ticket_that_was_hidden() {
    let scene = Scene::new().await;
    let agent = Identity::agent(3);
    let mine: i64 = scene
        .admin
        .query_one(
            "select count(*) from tickets where assigned_to = 3 or assigned_to is null
            or id in (select ticket_id from ticket_assignees where team_member_id = 3)",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    set_visibility(&scene.admin, "queue").await;
    let all = format!("update tickets set assigned_to = {OF_ANOTHER_DEPARTMENT} returning id");
    let moved = scene.done(&agent, &all).await.len();
    // the unassigned, the agent's own, and those the agent collaborates on
    assert_eq!(i64::try_from(moved), Ok(mine));
    let afterwards = format!(
        "with moved as (update tickets set assigned_to = {OF_ANOTHER_DEPARTMENT} where id = {OPEN} returning id)
        select count(*) from tickets where assigned_to = 4"
    );
    let rows = scene.done(&agent, &afterwards).await;
    assert_eq!(rows[0].get::<_, i64>(0), 0);
    // a transaction later it is out of sight
    assign(&scene, OPEN, "12").await;
    let rows = scene
        .done(&agent, &format!("select id from tickets where id = {OPEN}"))
        .await;
    assert!(rows.is_empty());
}

#[tokio::test]
async fn an_agent_opens_a_ticket_for_a_colleague() {
    let scene = Scene::new().await;
    for setting in ["all", "queue", "team"] {
        set_visibility(&scene.admin, setting).await;
        let open = format!(
            "insert into tickets (client_id, ticket_type_id, title, assigned_to)
            values (5, 1, 'x', {OF_ANOTHER_DEPARTMENT}), (5, 1, 'y', 4), (5, 1, 'z', null) returning id"
        );
        assert_eq!(
            scene.done(&Identity::agent(3), &open).await.len(),
            3,
            "{setting}"
        );
        let nobody = Identity::with("desk_agent", json!({ "team_member_id": 999 }));
        if setting == "all" {
            scene.done(&nobody, &open).await;
        } else {
            let violated = "new row violates row-level security policy for table \"tickets\"";
            scene.refused(&nobody, &open, ("42501", violated, "")).await;
        }
    }
}

#[tokio::test]
async fn collaborators_are_added_and_let_go_and_it_is_known_by_whom() {
    let scene = Scene::new().await;
    let account = "6f2c8b1e-0a4d-4f6b-9a3c-2b7d5e8f1a90";
    let agent = Identity::with("desk_agent", json!({ "team_member_id": 3, "sub": account }));
    let add = format!(
        "insert into ticket_assignees (ticket_id, team_member_id) values ({OPEN}, 12)
        returning assigned_by || ' ' || (assigned_at = now())"
    );
    assert_eq!(
        scene.text(&agent, &add).await.unwrap(),
        format!("{account} true")
    );
    let denied = ("42501", "permission denied for table ticket_assignees", "");
    for statement in [
        "insert into ticket_assignees (ticket_id, team_member_id, assigned_by) select 8000011, 12, null",
        "insert into ticket_assignees (ticket_id, team_member_id, assigned_at) select 8000011, 12, null",
        "update ticket_assignees set team_member_id = 3",
    ] {
        scene.refused(&agent, statement, denied).await;
        scene.refused(&Identity::client(1), statement, denied).await;
    }
    execute(
        &scene.admin,
        &format!("insert into ticket_assignees (ticket_id, team_member_id) values ({OPEN}, 12)"),
    )
    .await;
    let remove = format!("delete from ticket_assignees where ticket_id = {OPEN} returning 'gone'");
    assert_eq!(scene.text(&agent, &remove).await.unwrap(), "gone");
    scene.refused(&Identity::client(1), &remove, denied).await;
}
