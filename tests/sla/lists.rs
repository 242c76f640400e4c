//! The state of every ticket, through HTTP.

use serde_json::json;

use crate::harness::desk::{agent, client, serve};
use crate::harness::server::token;

use super::desk::{Desk, TICKET};

#[tokio::test]
async fn tickets_are_filtered_and_ordered_by_how_they_stand() {
    let desk = Desk::new().await;
    desk.run("update public.clients set plan_type = 'starter'")
        .await;
    for (id, created, status) in [
        (1, "now() - interval '2 hours'", "breached"),
        (2, "now() - interval '50 minutes'", "due_soon"),
        (3, "now()", "ok"),
    ] {
        desk.run(&format!(
            "insert into public.tickets (id, client_id, ticket_type_id, title, priority, created_at)
             values (9500000 + {id}, 1, 1, '{status}', 'urgent', {created})"
        ))
        .await;
    }
    desk.run("insert into public.tickets (id, client_id, ticket_type_id, title, priority, status) values (9500004, 1, 1, 'paused', 'urgent', 'pending')").await;
    desk.run("insert into public.tickets (id, client_id, ticket_type_id, title) values (9500005, 1, 1, 'none')").await;
    let server = serve(&desk.database).await;
    for status in ["breached", "due_soon", "ok", "paused", "none"] {
        let url = format!("/tickets?id=gt.9500000&sla_status=eq.{status}&select=title,sla_status");
        for who in [agent(), client(1)] {
            let rows = server.get(&url).token(&who).send().await.ok();
            assert_eq!(
                rows,
                json!([{ "title": status, "sla_status": status }]),
                "{url}"
            );
        }
    }
    let url = "/rpc/ticket_list?id=gt.9500000&sla_status=in.(breached,due_soon,ok)&select=title&order=sla_due_at";
    let rows = server.get(url).token(&agent()).send().await.ok();
    assert_eq!(
        rows,
        json!([{ "title": "breached" }, { "title": "due_soon" }, { "title": "ok" }])
    );
}

#[tokio::test]
async fn clients_see_their_due_times_and_nothing_else() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now()").await;
    let server = serve(&desk.database).await;
    let url = format!(
        "/tickets?id=eq.{TICKET}&select=first_response_due_at,resolution_due_at,sla_due_at"
    );
    let rows = server.get(&url).token(&client(1)).send().await.ok();
    assert!(rows[0]["first_response_due_at"].is_string(), "{rows}");
    for table in [
        "sla_clocks",
        "sla_pauses",
        "sla_policies",
        "business_calendars",
        "business_hours",
        "business_holidays",
    ] {
        server
            .get(&format!("/{table}"))
            .token(&client(1))
            .send()
            .await
            .refused(403, "42501");
    }
    for function in ["record_breaches", "extend_calendars", "keep_clocks"] {
        for role in ["desk_client", "desk_admin", "desk_service"] {
            let call = server
                .post(&format!("/rpc/{function}"))
                .token(&token(role, json!({ "client_id": 1 })));
            call.json(&json!({ "batch": 1 }))
                .send()
                .await
                .refused(404, "PGRST202");
        }
    }
}

#[tokio::test]
async fn nobody_writes_clocks_or_due_times() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now() - interval '2 hours'").await;
    let server = serve(&desk.database).await;
    for (method, url, body) in [
        (
            "PATCH",
            "/sla_clocks?metric=eq.resolution",
            json!({ "breached_at": null }),
        ),
        ("DELETE", "/sla_clocks?metric=eq.resolution", json!(null)),
        (
            "POST",
            "/sla_pauses",
            json!({ "ticket_id": TICKET, "began_at": "2026-01-01" }),
        ),
        (
            "PATCH",
            "/tickets?id=eq.9200001",
            json!({ "resolution_due_at": "2030-01-01" }),
        ),
        (
            "PATCH",
            "/tickets?id=eq.9200001",
            json!({ "sla_state": "met" }),
        ),
    ] {
        for role in ["desk_agent", "desk_manager", "desk_admin"] {
            let who = token(role, json!({ "team_member_id": 1 }));
            server
                .call(method, url)
                .token(&who)
                .json(&body)
                .send()
                .await
                .refused(403, "42501");
        }
    }
}
