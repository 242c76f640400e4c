//! What those who run the desk change in its records stays known, without saying who anybody is.

use serde_json::{Value, json};

use super::{account_of, ada, history, rows, staff};
use crate::harness::desk::{client, execute};
use crate::harness::server::token;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of changes")]
async fn each_change_of_a_record_is_audited_without_personal_data() {
    let (_database, server, admin) = history().await;
    let account = account_of(&admin, "team_member_id = 1").await;
    let boss = token("desk_admin", json!({ "team_member_id": 1, "sub": account }));
    let mut expected = Vec::new();
    for (method, url, body, entry) in [
        (
            "PATCH",
            "/team_members?id=eq.4",
            json!({ "role": "manager", "email": "hidden@x.example" }),
            json!(["update", "public.team_members", 4, { "columns": ["email", "role"],
                "old": { "role": "support_agent" }, "new": { "role": "manager" } }]),
        ),
        (
            "PATCH",
            "/team_members?id=eq.4",
            json!({ "status": "inactive" }),
            json!(["update", "public.team_members", 4, { "columns": ["status"],
                "old": { "status": "active" }, "new": { "status": "inactive" } }]),
        ),
        (
            "PATCH",
            "/ticket_statuses?code=eq.blocked",
            json!({ "pauses_sla": true }),
            json!(["update", "public.ticket_statuses", null, { "key": "blocked", "columns": ["pauses_sla"],
                "old": { "pauses_sla": false }, "new": { "pauses_sla": true } }]),
        ),
        (
            "PATCH",
            "/ticket_types?id=eq.1",
            json!({ "avg_resolution_hours": 9 }),
            json!(["update", "public.ticket_types", 1, { "columns": ["avg_resolution_hours"],
                "old": { "avg_resolution_hours": 8 }, "new": { "avg_resolution_hours": 9 } }]),
        ),
        (
            "PATCH",
            "/clients?id=eq.1",
            json!({ "client_name": "Hidden" }),
            json!(["update", "public.clients", 1, { "columns": ["client_name"] }]),
        ),
        (
            "PATCH",
            "/client_contacts?id=eq.1",
            json!({ "last_name": "Hidden", "email": "hidden@y.example" }),
            json!(["update", "public.client_contacts", 1, { "columns": ["email", "last_name"] }]),
        ),
        (
            "PATCH",
            "/payments?id=eq.1",
            json!({ "status": "refunded" }),
            json!(["update", "public.payments", 1, { "columns": ["status"],
                "old": { "status": "completed" }, "new": { "status": "refunded" } }]),
        ),
        (
            "POST",
            "/client_contacts",
            json!({ "client_id": 1, "first_name": "Hidden", "last_name": "Hidden", "email": "hidden@z.example" }),
            json!(["insert", "public.client_contacts", "?", { "new": { "client_id": 1 } }]),
        ),
        (
            "DELETE",
            "/client_contacts?email=eq.hidden@z.example",
            Value::Null,
            json!(["delete", "public.client_contacts", "?", { "old": { "client_id": 1 } }]),
        ),
        (
            "DELETE",
            "/tickets?id=eq.9200001",
            Value::Null,
            json!(["delete", "public.tickets", 9_200_001, "?"]),
        ),
    ] {
        execute(
            &admin,
            "update payments set status = 'completed' where id = 1 and status <> 'refunded'",
        )
        .await;
        let mut call = server.call(method, url).token(&boss);
        if !body.is_null() {
            call = call.json(&body);
        }
        let reply = call.send().await;
        assert!(
            reply.status.is_success(),
            "{method} {url}: {}",
            reply.text()
        );
        expected.push(entry);
    }
    // what changes nothing
    let call = server.call("PATCH", "/ticket_types?id=eq.1").token(&boss);
    call.json(&json!({ "avg_resolution_hours": 9 }))
        .send()
        .await;

    let url = "/audit_log?team_member_id=eq.1&order=id";
    let log = server.get(url).token(&boss).send().await.ok();
    let log = log.as_array().unwrap();
    assert_eq!(log.len(), expected.len(), "{log:?}");
    for (row, entry) in log.iter().zip(expected) {
        let told = [
            &row["action"],
            &row["relation"],
            &row["row_id"],
            &row["details"],
        ];
        for (told, expected) in told.into_iter().zip(entry.as_array().unwrap()) {
            assert!(*expected == "?" || told == expected, "{row} is not {entry}");
        }
        assert_eq!(row["role"], "desk_admin");
        assert_eq!(row["account_id"], json!(account));
        assert!(row["happened_at"].is_string());
    }
    let kept = rows(
        &admin,
        "select * from ops.audit where to_jsonb(audit)::text ~* 'hidden'",
    )
    .await;
    assert_eq!(kept, Vec::<Value>::new());
}

/// Settings are the owner's, and may be passwords.
#[tokio::test]
async fn a_setting_that_changes_is_audited_without_its_value() {
    let (_database, server, admin) = history().await;
    execute(
        &admin,
        "update ops.settings set value = 'team' where name = 'agent_visibility';
        insert into ops.settings (name, value) values ('mail_password', 'secret')",
    )
    .await;
    let url =
        "/audit_log?relation=eq.ops.settings&select=action,row_id,details&order=id.desc&limit=2";
    let log = server
        .get(url)
        .token(&staff("desk_admin", 1))
        .send()
        .await
        .ok();
    assert_eq!(
        log,
        json!([
            { "action": "insert", "row_id": null, "details": { "key": "mail_password" } },
            { "action": "update", "row_id": null, "details": { "key": "agent_visibility", "columns": ["value"] } }
        ])
    );
}

#[tokio::test]
async fn loading_history_and_what_clients_say_about_themselves_is_no_administration() {
    let (_database, server, admin) = history().await;
    let entries = "select count(*) as n from ops.audit";
    let before = rows(&admin, entries).await;
    execute(
        &admin,
        "set role desk_owner;
        insert into clients (client_name, email) select n, n from generate_series(1, 100) as n;
        update payments set status = 'completed'; delete from payments where id = 2; reset role",
    )
    .await;
    let call = server
        .call("PATCH", "/client_contacts?id=eq.1")
        .token(&ada(&admin).await);
    let reply = call
        .json(&json!({ "preferred_language": "fr" }))
        .send()
        .await;
    assert_eq!(reply.status, 204);
    assert_eq!(rows(&admin, entries).await, before);
}

#[tokio::test]
async fn only_admins_read_the_audit_log_and_nobody_writes_it() {
    let (_database, server, _admin) = history().await;
    for who in [
        client(1),
        staff("desk_agent", 3),
        staff("desk_manager", 10),
        token("desk_service", json!({})),
    ] {
        server
            .get("/audit_log")
            .token(&who)
            .send()
            .await
            .refused(403, "42501");
    }
    server.get("/audit_log").send().await.refused(401, "42501");
    let boss = staff("desk_admin", 1);
    let rows = server
        .get("/audit_log?limit=1")
        .token(&boss)
        .send()
        .await
        .ok();
    assert_eq!(rows.as_array().unwrap().len(), 1);
    let body = json!({ "action": "insert", "relation": "x", "role": "x" });
    let call = server.post("/audit_log").token(&boss).json(&body);
    call.send().await.refused(403, "42501");
    let call = server.call("PATCH", "/audit_log?id=gt.0").token(&boss);
    call.json(&json!({ "role": "x" }))
        .send()
        .await
        .refused(403, "42501");
    let call = server.call("DELETE", "/audit_log?id=gt.0").token(&boss);
    call.send().await.refused(403, "42501");
}
