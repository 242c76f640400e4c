//! Which status follows which, whatever way a ticket is changed.

use serde_json::{Value, json};

use super::desk::{CLOSED, Desk, MISSING, NEW, OPEN, PENDING, RESOLVED, WITHOUT, agent, manager};
use crate::harness::desk::{client, execute};
use crate::harness::server::token;

const EACH: [(i32, &str); 6] = [
    (NEW, "open"),
    (OPEN, "open"),
    (PENDING, "pending"),
    (RESOLVED, "solved"),
    (CLOSED, "closed"),
    (WITHOUT, "open"),
];

const STATUSES: [(&str, &str); 7] = [
    ("new", "open"),
    ("open", "open"),
    ("in_progress", "open"),
    ("blocked", "open"),
    ("pending", "pending"),
    ("resolved", "solved"),
    ("closed", "closed"),
];

/// As the design has it, said once more.
fn is_legal(from: &str, to: &str) -> bool {
    from == to
        || match to {
            "open" => true,
            "pending" => from != "closed",
            "solved" => from == "open" || from == "pending",
            _ => from == "solved",
        }
}

#[tokio::test]
async fn every_step_is_allowed_or_refused_as_the_table_says() {
    let desk = Desk::new().await;
    for (id, from) in EACH {
        for (status, to) in STATUSES {
            let url = format!("/tickets?id=eq.{id}");
            let body = json!({ "status": status });
            let reply = desk.patch(&agent(3), &url, &body).await;
            if is_legal(from, to) {
                assert_eq!(reply.ok()[0]["status"], status, "{id}");
                reset(&desk, id).await;
            } else {
                let error = reply.refused(409, "PT409");
                let message = error["message"].as_str().unwrap();
                assert!(
                    message.ends_with(&format!("to {status}")),
                    "{id}: {message}"
                );
                let hint = error["hint"].as_str().unwrap();
                assert!(hint.starts_with("From there it goes to: "), "{hint}");
            }
        }
    }
}

async fn reset(desk: &Desk, id: i32) {
    let (status, resolved, closed) = match id {
        NEW => ("'new'", "null", "null"),
        OPEN => ("'open'", "null", "null"),
        PENDING => ("'pending'", "null", "null"),
        RESOLVED => ("'resolved'", "'2025-11-02Z'", "null"),
        CLOSED => ("'closed'", "'2025-11-02Z'", "'2025-11-03Z'"),
        _ => ("null", "null", "null"),
    };
    let sql = format!(
        "update public.tickets set status = {status} where id = {id};
         update public.tickets set resolved_at = {resolved}, closed_at = {closed} where id = {id}"
    );
    execute(&desk.admin, &sql).await;
}

#[tokio::test]
async fn a_change_of_many_is_refused_as_a_whole() {
    let desk = Desk::new().await;
    let url = format!("/tickets?id=in.({RESOLVED},{OPEN})");
    let reply = desk
        .patch(&manager(), &url, &json!({ "status": "closed" }))
        .await;
    let error = reply.refused(409, "PT409");
    assert_eq!(
        error["message"],
        format!("ticket {OPEN} does not go from open to closed")
    );
    assert_eq!(desk.status(RESOLVED).await, "resolved");
}

#[tokio::test]
async fn a_status_is_not_taken_away() {
    let desk = Desk::new().await;
    let url = format!("/tickets?id=eq.{CLOSED}");
    let error = desk
        .patch(&agent(3), &url, &json!({ "status": null }))
        .await;
    let error = error.refused(400, "23502");
    assert!(error["hint"].as_str().unwrap().contains("in_progress"));
    assert_eq!(desk.status(CLOSED).await, "closed");
}

#[tokio::test]
async fn what_an_admin_says_of_transitions_holds_at_once() {
    let desk = Desk::new().await;
    let admin = token("desk_admin", json!({ "team_member_id": 1 }));
    let step = json!({ "from_category": "open", "to_category": "closed" });
    let call = desk.server.post("/status_transitions").token(&admin);
    assert_eq!(call.json(&step).send().await.status, 201);
    let url = format!("/tickets?id=eq.{OPEN}");
    let closed = desk
        .patch(&agent(3), &url, &json!({ "status": "closed" }))
        .await
        .ok();
    // closed without a resolution, as it was foreseen
    assert_eq!(closed[0]["resolved_at"], Value::Null);
    assert_ne!(closed[0]["closed_at"], Value::Null);
    // A status of the desk's own is what its category says.
    execute(
        &desk.admin,
        "insert into public.ticket_statuses (code, category) values ('archived', 'closed');
         delete from public.status_transitions where from_category = 'closed'",
    )
    .await;
    let url = format!("/tickets?id=eq.{RESOLVED}");
    desk.patch(&agent(3), &url, &json!({ "status": "archived" }))
        .await
        .ok();
    desk.patch(&agent(3), &url, &json!({ "status": "open" }))
        .await
        .refused(409, "PT409");
}

#[tokio::test]
async fn resolving_closing_and_reopening_stamp_the_times() {
    let desk = Desk::new().await;
    let arguments = json!({ "ticket": OPEN, "answer": "Done." });
    let ticket = desk
        .call(&agent(3), "resolve_ticket", &arguments)
        .await
        .ok();
    assert_eq!(ticket["status"], "resolved");
    let resolved_at = ticket["resolved_at"].clone();
    assert_ne!(resolved_at, Value::Null);
    assert_ne!(desk.ticket(OPEN).await["first_response_at"], Value::Null);
    // Who lost the answer asks again: nothing is said twice.
    desk.call(&agent(3), "resolve_ticket", &arguments)
        .await
        .ok();
    assert_eq!(desk.said(OPEN).await, [("Done.".to_owned(), false)]);

    let only = json!({ "ticket": OPEN });
    // Who lost the answer asks again; the times stay.
    for _ in 0..2 {
        let ticket = desk.call(&agent(3), "close_ticket", &only).await.ok();
        assert_eq!(ticket["status"], "closed");
        assert_eq!(ticket["resolved_at"], resolved_at);
    }
    let closed_at = desk.ticket(OPEN).await["closed_at"].clone();
    let error = desk.call(&agent(3), "resolve_ticket", &only).await;
    assert_eq!(
        error.refused(409, "PT409")["hint"],
        "From there it goes to: new, open, in_progress, blocked."
    );
    assert_eq!(desk.ticket(OPEN).await["closed_at"], closed_at);

    let arguments = json!({ "ticket": OPEN, "reason": "It came back." });
    let ticket = desk.call(&agent(3), "reopen_ticket", &arguments).await.ok();
    assert_eq!(
        [
            &ticket["status"],
            &ticket["resolved_at"],
            &ticket["closed_at"]
        ],
        [&json!("open"), &Value::Null, &Value::Null]
    );
    assert_eq!(ticket["reopen_count"], 1);
    assert_eq!(
        desk.said(OPEN).await[1..],
        [("It came back.".to_owned(), true)]
    );
    // There is nothing to reopen about an open one, and it is not counted.
    let ticket = desk.call(&agent(3), "reopen_ticket", &arguments).await.ok();
    assert_eq!(ticket["reopen_count"], 1);
    assert_eq!(desk.said(OPEN).await.len(), 2);

    let error = desk.call(&agent(3), "close_ticket", &only).await;
    error.refused(409, "PT409");
    assert_eq!(desk.status(OPEN).await, "open");
}

#[tokio::test]
async fn only_staff_move_tickets_and_only_those_they_see() {
    let desk = Desk::new().await;
    let functions = [
        "resolve_ticket",
        "close_ticket",
        "reopen_ticket",
        "assign_ticket",
        "auto_assign",
        "merge_tickets",
        "override_priority",
    ];
    for function in functions {
        let mut arguments = json!({ "ticket": RESOLVED });
        match function {
            "assign_ticket" => arguments["team_member"] = json!(4),
            "merge_tickets" => arguments["into_ticket"] = json!(OPEN),
            "override_priority" => {
                arguments["new_priority"] = json!("urgent");
                arguments["reason"] = json!("x");
            }
            _ => {}
        }
        let before = desk.ticket(RESOLVED).await;
        desk.call(&client(1), function, &arguments)
            .await
            .refused(403, "42501");
        let call = desk.server.post(&format!("/rpc/{function}"));
        call.json(&arguments).send().await.refused(401, "42501");
        assert_eq!(desk.ticket(RESOLVED).await, before);
        arguments["ticket"] = json!(MISSING);
        let error = desk.call(&manager(), function, &arguments).await;
        let error = error.refused(404, "PT404");
        assert_eq!(
            error["message"],
            format!("there is no ticket {MISSING} that you see")
        );
        arguments["ticket"] = Value::Null;
        desk.call(&manager(), function, &arguments)
            .await
            .refused(400, "23502");
    }
}

#[tokio::test]
async fn a_priority_is_overridden_by_a_manager_who_says_why() {
    let desk = Desk::new().await;
    let arguments = json!({
        "ticket": OPEN, "new_priority": "urgent", "reason": "Their shop is down.",
    });
    desk.call(&agent(3), "override_priority", &arguments)
        .await
        .refused(403, "42501");
    let ticket = desk
        .call(&manager(), "override_priority", &arguments)
        .await
        .ok();
    assert_eq!(ticket["priority"], "urgent");
    desk.call(&manager(), "override_priority", &arguments)
        .await
        .ok();
    let note = "Priority urgent instead of none: Their shop is down.";
    assert_eq!(desk.said(OPEN).await, [(note.to_owned(), true)]);
    for (field, value, status, code) in [
        ("reason", json!("  "), 400, "23514"),
        ("reason", Value::Null, 400, "23502"),
        ("new_priority", Value::Null, 400, "23502"),
        ("new_priority", json!("at once"), 400, "23514"),
    ] {
        let mut wrong = arguments.clone();
        wrong["new_priority"] = json!("low");
        wrong[field] = value;
        desk.call(&manager(), "override_priority", &wrong)
            .await
            .refused(status, code);
    }
    assert_eq!(desk.ticket(OPEN).await["priority"], "urgent");
    assert_eq!(desk.said(OPEN).await.len(), 1);
}

#[tokio::test]
async fn one_status_stands_for_its_category() {
    let desk = Desk::new().await;
    let defaults = || async {
        let row = "select string_agg(code, ' ' order by sort, code)
            from public.ticket_statuses where is_default";
        let row = desk.admin.query_one(row, &[]).await.unwrap();
        row.get::<_, String>(0)
    };
    assert_eq!(defaults().await, "open pending resolved closed");
    let admin = token("desk_admin", json!({ "team_member_id": 1 }));
    let url = "/ticket_statuses?code=eq.in_progress";
    desk.patch(&admin, url, &json!({ "is_default": true }))
        .await
        .ok();
    assert_eq!(defaults().await, "in_progress pending resolved closed");
    let arguments = json!({ "ticket": RESOLVED });
    let ticket = desk.call(&agent(3), "reopen_ticket", &arguments).await.ok();
    assert_eq!(ticket["status"], "in_progress");
    // One that means something else stands for nothing: then a function says what is missing.
    let url = "/ticket_statuses?code=eq.closed";
    desk.patch(&manager(), url, &json!({ "category": "solved" }))
        .await
        .ok();
    assert_eq!(defaults().await, "in_progress pending resolved");
    let arguments = json!({ "ticket": CLOSED });
    let error = desk.call(&agent(3), "close_ticket", &arguments).await;
    let error = error.refused(409, "PT409");
    assert_eq!(error["message"], "no status stands for \"closed\"");
}
