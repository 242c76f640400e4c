//! Staff reach for what is above them, or out of their sight.

use serde_json::{Value, json};

use super::Attack;
use crate::harness::server::token;
use crate::policies::scope::set_visibility;

fn staff(role: &str) -> String {
    token(role, json!({ "team_member_id": 3 }))
}

#[tokio::test]
async fn each_role_stays_below_the_next() {
    let attack = Attack::new().await;
    let agent = ["desk_agent"].as_slice();
    let managers = ["desk_agent", "desk_manager"].as_slice();
    let all = ["desk_agent", "desk_manager", "desk_admin"].as_slice();
    for (roles, method, url, body) in [
        (
            agent,
            "PATCH",
            "/clients?id=eq.1",
            json!({ "plan_type": "enterprise" }),
        ),
        (
            agent,
            "POST",
            "/clients",
            json!({ "client_name": "x", "email": "x@x.example" }),
        ),
        (
            agent,
            "PATCH",
            "/client_contacts?id=eq.1",
            json!({ "preferred_language": "fr" }),
        ),
        (
            agent,
            "PATCH",
            "/team_members?id=eq.3",
            json!({ "timezone": "UTC" }),
        ),
        (
            agent,
            "PATCH",
            "/ticket_types?id=eq.1",
            json!({ "priority": "low" }),
        ),
        (
            agent,
            "PATCH",
            "/ticket_statuses?code=eq.open",
            json!({ "category": "closed" }),
        ),
        (
            managers,
            "PATCH",
            "/team_members?id=eq.3",
            json!({ "role": "admin" }),
        ),
        (
            managers,
            "PATCH",
            "/team_members?id=eq.3",
            json!({ "email": "x@x.example" }),
        ),
        (
            managers,
            "PATCH",
            "/team_members?id=eq.3",
            json!({ "status": "active", "role": "manager" }),
        ),
        (
            managers,
            "POST",
            "/team_members",
            json!({ "username": "x", "email": "x@x.example", "department": "support" }),
        ),
        (managers, "DELETE", "/team_members?id=eq.3", json!({})),
        (managers, "DELETE", "/tickets?id=eq.8000011", json!({})),
        (managers, "DELETE", "/clients?id=eq.1", json!({})),
        (
            managers,
            "POST",
            "/payments",
            json!({ "client_id": 1, "amount_usd": 1, "payment_type": "top-up" }),
        ),
        (
            managers,
            "PATCH",
            "/payments?id=eq.1",
            json!({ "status": "completed" }),
        ),
        (
            managers,
            "POST",
            "/ticket_types",
            json!({ "type_name": "x", "department": "support" }),
        ),
        (
            managers,
            "PATCH",
            "/ticket_statuses?code=eq.open",
            json!({ "code": "x" }),
        ),
        (
            managers,
            "DELETE",
            "/ticket_statuses?code=eq.new",
            json!({}),
        ),
        (
            all,
            "PATCH",
            "/tickets?id=eq.8000011",
            json!({ "resolved_at": "2025-01-01" }),
        ),
        (
            all,
            "PATCH",
            "/tickets?id=eq.8000011",
            json!({ "status": "resolved", "resolved_at": "2025-01-01" }),
        ),
        (
            all,
            "PATCH",
            "/tickets?id=eq.8000031",
            json!({ "closed_at": null }),
        ),
        (
            all,
            "PATCH",
            "/tickets?id=eq.8000011",
            json!({ "client_id": 2 }),
        ),
        (
            all,
            "PATCH",
            "/tickets?id=eq.8000011",
            json!({ "created_at": "2020-01-01" }),
        ),
        (
            all,
            "PATCH",
            "/tickets?id=eq.8000011",
            json!({ "updated_at": "2020-01-01" }),
        ),
        (
            all,
            "PATCH",
            "/tickets?id=eq.8000011",
            json!({ "created_by": null }),
        ),
        (
            all,
            "PATCH",
            "/tickets?id=eq.8000011",
            json!({ "rating": 5 }),
        ),
        (
            all,
            "PATCH",
            "/tickets?id=eq.8000011",
            json!({ "first_response_at": "2020-01-01" }),
        ),
        (
            all,
            "PATCH",
            "/ticket_assignees",
            json!({ "team_member_id": 3 }),
        ),
        (
            all,
            "PATCH",
            "/clients?id=eq.1",
            json!({ "updated_at": "2020-01-01" }),
        ),
    ] {
        for role in roles {
            // an agent may read secrets: what matters here is that nothing changes
            let call = attack
                .server
                .call(method, url)
                .token(&staff(role))
                .json(&body);
            call.send().await.refused(403, "42501");
            attack
                .assert_unchanged(&format!("{role} {method} {url} {body}"))
                .await;
        }
    }
}

#[tokio::test]
async fn a_ticket_out_of_sight_is_out_of_reach() {
    let attack = Attack::new().await;
    let hide = "update public.tickets set assigned_to = 12 where id = 8000012";
    crate::harness::desk::execute(&attack.admin, hide).await;
    for setting in ["queue", "team"] {
        set_visibility(&attack.admin, setting).await;
        for body in [
            json!({ "assigned_to": 3 }),
            json!({ "status": "closed" }),
            json!({ "title": "mine" }),
        ] {
            for url in [
                "/tickets?id=eq.8000012",
                "/tickets?title=eq.secret%20scene&assigned_to=eq.12",
            ] {
                let call = attack
                    .server
                    .call("PATCH", url)
                    .token(&staff("desk_agent"))
                    .json(&body);
                let reply = call.header("prefer", "return=representation").send().await;
                assert_eq!(reply.reveals_nothing().ok(), json!([]), "{url}");
            }
        }
        for (url, body, message) in [
            (
                "/ticket_messages",
                json!({ "ticket_id": 8_000_012, "message_text": "x" }),
                "you have no ticket 8000012",
            ),
            (
                "/ticket_assignees",
                json!({ "ticket_id": 8_000_012, "team_member_id": 3 }),
                "new row violates row-level security policy for table \"ticket_assignees\"",
            ),
            (
                "/ticket_assignees",
                json!({ "ticket_id": 8_900_000, "team_member_id": 3 }),
                "new row violates row-level security policy for table \"ticket_assignees\"",
            ),
        ] {
            let call = attack
                .server
                .post(url)
                .token(&staff("desk_agent"))
                .json(&body);
            let error = call.send().await.reveals_nothing().refused(403, "42501");
            assert_eq!(error["message"], message);
        }
        // and what is in sight is handed over
        let url = "/tickets?id=eq.8000011";
        let call = attack.server.call("PATCH", url).token(&staff("desk_agent"));
        let reply = attack
            .accepted(call, &json!({ "assigned_to": 12 }), 200)
            .await;
        assert_eq!(reply.json()[0]["assigned_to"], 12);
    }
    let row = "select title, status, assigned_to from public.tickets where id = 8000012";
    let row = attack.admin.query_one(row, &[]).await.unwrap();
    let unchanged: (&str, &str, i32) = (row.get(0), row.get(1), row.get(2));
    assert_eq!(unchanged, ("secret scene", "open", 12));
}

#[tokio::test]
async fn an_admin_erases_a_ticket_and_the_audit_says_so() {
    let attack = Attack::new().await;
    let admin = token("desk_admin", json!({ "team_member_id": 1 }));
    let reply = attack
        .server
        .call("DELETE", "/tickets?id=eq.8000042")
        .token(&admin)
        .send()
        .await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    let left = "select count(*) filter (where action = 'delete' and role = 'desk_admin' and team_member_id = 1),
            (select count(*) from public.ticket_feedback where ticket_id = 8000042)
        from ops.audit where row_id = 8000042";
    let row = attack.admin.query_one(left, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 0));
    // whoever has tickets stays
    let call = attack
        .server
        .call("DELETE", "/clients?id=eq.1")
        .token(&admin);
    let error = call.send().await.refused(409, "23503");
    assert_eq!(
        error["details"]
            .as_str()
            .unwrap_or_default()
            .contains("secret"),
        false
    );
    assert_ne!(error["message"], Value::Null);
}
