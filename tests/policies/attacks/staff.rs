//! Staff reach for what is above them, or out of their sight.

use serde_json::json;

use super::Attack;
use crate::harness::server::token;
use crate::policies::scope::set_visibility;

fn staff(role: &str) -> String {
    token(role, json!({ "team_member_id": 3 }))
}

const AGENT: &[&str] = &["desk_agent"];
const MANAGERS: &[&str] = &["desk_agent", "desk_manager"];
const ALL: &[&str] = &["desk_agent", "desk_manager", "desk_admin"];

/// (Who may not; what; its body.)
type Reach = (
    &'static [&'static str],
    &'static str,
    &'static str,
    &'static str,
);

const TOO_HIGH: &[Reach] = &[
    (
        AGENT,
        "PATCH",
        "/clients?id=eq.1",
        r#"{"plan_type": "enterprise"}"#,
    ),
    (
        AGENT,
        "POST",
        "/clients",
        r#"{"client_name": "x", "email": "x@x.example"}"#,
    ),
    (
        AGENT,
        "PATCH",
        "/client_contacts?id=eq.1",
        r#"{"preferred_language": "fr"}"#,
    ),
    (
        AGENT,
        "PATCH",
        "/team_members?id=eq.3",
        r#"{"timezone": "UTC"}"#,
    ),
    (
        AGENT,
        "PATCH",
        "/ticket_types?id=eq.1",
        r#"{"priority": "low"}"#,
    ),
    (
        AGENT,
        "PATCH",
        "/ticket_statuses?code=eq.open",
        r#"{"category": "closed"}"#,
    ),
    (
        MANAGERS,
        "PATCH",
        "/team_members?id=eq.3",
        r#"{"role": "admin"}"#,
    ),
    (
        MANAGERS,
        "PATCH",
        "/team_members?id=eq.3",
        r#"{"email": "x@x.example"}"#,
    ),
    (
        MANAGERS,
        "PATCH",
        "/team_members?id=eq.3",
        r#"{"status": "active", "role": "manager"}"#,
    ),
    (
        MANAGERS,
        "POST",
        "/team_members",
        r#"{"username": "x", "email": "x@x.example", "department": "support"}"#,
    ),
    (MANAGERS, "DELETE", "/team_members?id=eq.3", "{}"),
    (MANAGERS, "DELETE", "/tickets?id=eq.8000011", "{}"),
    (MANAGERS, "DELETE", "/clients?id=eq.1", "{}"),
    (
        MANAGERS,
        "POST",
        "/payments",
        r#"{"client_id": 1, "amount_usd": 1, "payment_type": "top-up"}"#,
    ),
    (
        MANAGERS,
        "PATCH",
        "/payments?id=eq.1",
        r#"{"status": "completed"}"#,
    ),
    (
        MANAGERS,
        "POST",
        "/ticket_types",
        r#"{"type_name": "x", "department": "support"}"#,
    ),
    (
        MANAGERS,
        "PATCH",
        "/ticket_statuses?code=eq.open",
        r#"{"code": "x"}"#,
    ),
    (MANAGERS, "DELETE", "/ticket_statuses?code=eq.new", "{}"),
    (
        ALL,
        "PATCH",
        "/tickets?id=eq.8000011",
        r#"{"resolved_at": "2025-01-01"}"#,
    ),
    (
        ALL,
        "PATCH",
        "/tickets?id=eq.8000011",
        r#"{"status": "resolved", "resolved_at": "2025-01-01"}"#,
    ),
    (
        ALL,
        "PATCH",
        "/tickets?id=eq.8000031",
        r#"{"closed_at": null}"#,
    ),
    (
        ALL,
        "PATCH",
        "/tickets?id=eq.8000011",
        r#"{"client_id": 2}"#,
    ),
    (
        ALL,
        "PATCH",
        "/tickets?id=eq.8000011",
        r#"{"created_at": "2020-01-01"}"#,
    ),
    (
        ALL,
        "PATCH",
        "/tickets?id=eq.8000011",
        r#"{"updated_at": "2020-01-01"}"#,
    ),
    (
        ALL,
        "PATCH",
        "/tickets?id=eq.8000011",
        r#"{"created_by": null}"#,
    ),
    (ALL, "PATCH", "/tickets?id=eq.8000011", r#"{"rating": 5}"#),
    (
        ALL,
        "PATCH",
        "/tickets?id=eq.8000011",
        r#"{"first_response_at": "2020-01-01"}"#,
    ),
    (
        ALL,
        "PATCH",
        "/ticket_assignees",
        r#"{"team_member_id": 3}"#,
    ),
    (
        ALL,
        "PATCH",
        "/clients?id=eq.1",
        r#"{"updated_at": "2020-01-01"}"#,
    ),
];

#[tokio::test]
async fn each_role_stays_below_the_next() {
    let attack = Attack::new().await;
    for (roles, method, url, body) in TOO_HIGH {
        for role in *roles {
            let call = attack.server.call(method, url).token(&staff(role));
            let reply = call.body("application/json", *body).send().await;
            reply.refused(403, "42501");
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
    assert!(!error.to_string().contains("secret"), "{error}");
}
