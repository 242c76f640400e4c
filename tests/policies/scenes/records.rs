//! Clients and their contacts, payments, team members, types and statuses.

use serde_json::json;

use super::{OPEN, Scene};
use crate::harness::identity::Identity;

fn staff(role: &str) -> Identity {
    Identity::with(role, json!({ "team_member_id": 10 }))
}

#[tokio::test]
async fn a_client_changes_language_and_channels_of_own_contacts_and_nothing_else() {
    let scene = Scene::new().await;
    let client = Identity::client(1);
    let change =
        "update client_contacts set preferred_language = 'fr', communication_channels = '{chat}'
        returning client_id";
    let rows = scene.done(&client, change).await;
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|row| row.get::<_, i32>(0) == 1));
    for (relation, changes) in [
        (
            "client_contacts",
            vec![
                "email = 'x@x.example'",
                "client_id = 2",
                "first_name = 'x'",
                "metadata = '{}'",
                "updated_at = now()",
            ],
        ),
        (
            "clients",
            vec![
                "client_name = 'x'",
                "email = 'x@x.example'",
                "plan_type = 'enterprise'",
                "monthly_budget = 1",
                "status = 'active'",
            ],
        ),
        ("payments", vec!["status = 'completed'", "amount_usd = 0"]),
        ("team_members", vec!["status = 'inactive'"]),
        ("ticket_types", vec!["priority = 'urgent'"]),
        ("ticket_statuses", vec!["category = 'closed'"]),
    ] {
        let text = format!("permission denied for table {relation}");
        for change in changes {
            let update = format!("update {relation} set {change}");
            scene.refused(&client, &update, ("42501", &text, "")).await;
        }
        for statement in [
            format!("delete from {relation}"),
            format!("insert into {relation} default values"),
        ] {
            scene
                .refused(&client, &statement, ("42501", &text, ""))
                .await;
        }
    }
}

#[tokio::test]
async fn managers_keep_clients_and_contacts_and_admins_delete_them() {
    let scene = Scene::new().await;
    let add = "insert into clients (client_name, email, plan_type, monthly_budget)
        values ('New', 'new@new.example', 'starter', 100) returning 'added'";
    let change = "update clients set email = 'x@x.example', plan_type = 'enterprise' where id = 1 returning 'changed'";
    let contact = "insert into client_contacts (client_id, first_name, last_name, email)
        values (1, 'A', 'B', 'a@b.example') returning 'added'";
    let denied = ("42501", "permission denied for table clients", "");
    for role in ["desk_manager", "desk_admin"] {
        for statement in [
            add,
            change,
            contact,
            "delete from client_contacts where id = 1 returning 'gone'",
        ] {
            assert!(scene.text(&staff(role), statement).await.is_some());
        }
    }
    let delete = "delete from clients where id = 1";
    scene.refused(&staff("desk_agent"), add, denied).await;
    scene.refused(&staff("desk_agent"), change, denied).await;
    scene.refused(&staff("desk_manager"), delete, denied).await;
    // who has tickets and payments stays
    let rows = staff("desk_admin")
        .write(&scene.database.connect("desk_authenticator").await, delete)
        .await;
    assert_eq!(crate::harness::identity::sqlstate(&rows), "23503");
    let unused =
        "with added as (insert into clients (client_name, email) values ('x', 'x@x.example'))
        delete from clients where id not in (select client_id from tickets)
        and id not in (select client_id from payments) returning 'gone'";
    scene.done(&staff("desk_admin"), unused).await;
    let twice =
        "insert into clients (client_name, email) select 'x', email from clients where id = 1";
    let message = "duplicate key value violates unique constraint \"clients_email_key\"";
    scene
        .refused(&staff("desk_manager"), twice, ("23505", message, ""))
        .await;
    let plan = "update clients set plan_type = 'gold' where id = 1";
    let message =
        "new row for relation \"clients\" violates check constraint \"clients_plan_type_check\"";
    scene
        .refused(&staff("desk_manager"), plan, ("23514", message, ""))
        .await;
}

#[tokio::test]
async fn managers_change_all_of_a_member_but_role_and_email() {
    let scene = Scene::new().await;
    let denied = ("42501", "permission denied for table team_members", "");
    let change = "update team_members set username = 'x', department = 'technical', status = 'inactive',
        first_name = 'X', last_name = 'Y', skills = '{a}', languages = '{en}', timezone = 'UTC', metadata = '{}'
        where id = 3 returning display_name";
    let seen = scene.text(&staff("desk_manager"), change).await;
    assert_eq!(seen.unwrap(), "X Y");
    for refused in [
        "role = 'admin'",
        "email = 'x@x.example'",
        "id = 99",
        "created_at = now()",
    ] {
        let update = format!("update team_members set {refused} where id = 10");
        scene.refused(&staff("desk_manager"), &update, denied).await;
        scene.refused(&staff("desk_agent"), &update, denied).await;
    }
    let promote =
        "update team_members set role = 'admin', email = 'x@x.example' where id = 3 returning role";
    assert_eq!(
        scene.text(&staff("desk_admin"), promote).await.unwrap(),
        "admin"
    );
    let add = "insert into team_members (username, email, department) values ('x', 'x@x.example', 'support')
        returning 'added'";
    scene.refused(&staff("desk_manager"), add, denied).await;
    scene.text(&staff("desk_admin"), add).await;
    scene
        .refused(
            &staff("desk_agent"),
            "update team_members set timezone = 'UTC' where id = 10",
            denied,
        )
        .await;
}

#[tokio::test]
async fn admins_alone_keep_the_books() {
    let scene = Scene::new().await;
    let denied = ("42501", "permission denied for table payments", "");
    for statement in [
        "insert into payments (client_id, amount_usd, payment_type) values (1, -99, 'subscription') returning 'x'",
        "update payments set status = 'refunded' where id = 1 returning 'x'",
        "delete from payments where id = 1 returning 'x'",
    ] {
        for role in ["desk_agent", "desk_manager"] {
            scene.refused(&staff(role), statement, denied).await;
        }
        scene.text(&staff("desk_admin"), statement).await;
    }
}

#[tokio::test]
async fn managers_change_reference_data_and_admins_keep_it() {
    let scene = Scene::new().await;
    for (relation, change, add, delete) in [
        (
            "ticket_types",
            "update ticket_types set avg_resolution_hours = 3, priority = 'low' where id = 1 returning 'x'",
            "insert into ticket_types (type_name, department) values ('x', 'support') returning 'x'",
            "delete from ticket_types where false",
        ),
        (
            "ticket_statuses",
            "update ticket_statuses set pauses_sla = true, sort = 5 where code = 'blocked' returning 'x'",
            "insert into ticket_statuses (code, category) values ('x', 'open') returning 'x'",
            "delete from ticket_statuses where code = 'new'",
        ),
    ] {
        let text = format!("permission denied for table {relation}");
        let denied = ("42501", text.as_str(), "");
        scene.refused(&staff("desk_agent"), change, denied).await;
        scene.text(&staff("desk_manager"), change).await;
        for statement in [add, delete] {
            scene
                .refused(&staff("desk_manager"), statement, denied)
                .await;
        }
        scene.text(&staff("desk_admin"), add).await;
        scene.done(&staff("desk_admin"), delete).await;
    }
    // renamed on its tickets too, and what was resolved stays so
    let rename = "update ticket_statuses set code = 'done' where code = 'resolved'";
    let denied = ("42501", "permission denied for table ticket_statuses", "");
    scene.refused(&staff("desk_manager"), rename, denied).await;
    scene.done(&staff("desk_admin"), rename).await;
    let used = format!("update tickets set status = 'x' where id = {OPEN}");
    let text = "status \"x\" does not exist";
    scene
        .refused(&staff("desk_agent"), &used, ("23514", text, "open"))
        .await;
}

/// Else its tickets would be open and resolved at once.
#[tokio::test]
async fn a_status_of_resolved_tickets_does_not_become_an_open_one() {
    let scene = Scene::new().await;
    for (code, category) in [("resolved", "open"), ("closed", "pending")] {
        let reopen =
            format!("update ticket_statuses set category = '{category}' where code = '{code}'");
        let text = format!("tickets of status \"{code}\" were resolved or closed");
        for role in ["desk_manager", "desk_admin", "desk_service"] {
            let refusal = ("PT409", text.as_str(), "Add a status");
            scene.refused(&staff(role), &reopen, refusal).await;
        }
    }
    for meaning in [
        "category = 'closed' where code = 'resolved'",
        "category = 'solved' where code = 'blocked'",
        "category = 'pending' where code = 'in_progress'",
    ] {
        let change = format!("update ticket_statuses set {meaning} returning code");
        scene.text(&staff("desk_manager"), &change).await;
    }
}
