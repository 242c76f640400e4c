//! Each kind of change gives its events, in order, with who did it and who may see it.

use serde_json::{Value, json};

use super::{TICKET, account_of, ada, history, last_seq, rows, said_since, staff};
use crate::harness::desk::execute;
use crate::harness::server::token;

/// Through HTTP, as whoever may: what is sent, and what the history says then.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of changes")]
async fn each_change_through_the_api_is_an_event() {
    let (_database, server, admin) = history().await;
    let (agent, manager) = (staff("desk_agent", 3), staff("desk_manager", 10));
    let ticket = format!("/tickets?id=eq.{TICKET}");
    let here = |body: Value| {
        let mut body = body;
        body["ticket_id"] = json!(TICKET);
        body
    };
    for (method, url, token, body, expected) in [
        (
            "PATCH",
            &*ticket,
            &agent,
            json!({ "status": "in_progress" }),
            vec![r#"status-update public agent Priya 3 | "open" "in_progress""#],
        ),
        (
            "PATCH",
            &ticket,
            &agent,
            json!({ "priority": "high" }),
            vec![r#"priority-change public agent Priya 3 | "low" "high""#],
        ),
        (
            "POST",
            "/rpc/take_ticket",
            &agent,
            json!({ "ticket": TICKET }),
            vec!["assignment-added public agent Priya 3 | 3"],
        ),
        (
            "PATCH",
            &ticket,
            &manager,
            json!({ "assigned_to": 12 }),
            vec![
                "assignment-removed public agent Stellan 10 | 3",
                "assignment-added public agent Stellan 10 | 12",
            ],
        ),
        (
            "PATCH",
            &ticket,
            &agent,
            json!({ "custom_fields": { "floor": 3, "room": null } }),
            vec![
                r#"field-removed private agent Priya 3 | browser "Firefox" {"custom_field": true}"#,
                r#"field-changed private agent Priya 3 | floor 2 3 {"custom_field": true}"#,
                r#"field-added private agent Priya 3 | room {"custom_field": true}"#,
            ],
        ),
        (
            "PATCH",
            &ticket,
            &agent,
            json!({ "title": "Printer on fire", "tags": ["fire"], "ticket_type_id": 9,
                "description": "Now", "source_channel": "chat" }),
            vec![
                r#"field-changed private agent Priya 3 | description "" "Now""#,
                r#"field-changed private agent Priya 3 | source_channel "chat""#,
                r#"field-changed private agent Priya 3 | tags [] ["fire"]"#,
                "field-changed private agent Priya 3 | ticket_type_id 1 9",
                r#"field-changed private agent Priya 3 | title "Printer" "Printer on fire""#,
            ],
        ),
        (
            "POST",
            "/ticket_assignees",
            &agent,
            here(json!({ "team_member_id": 5 })),
            vec![r#"assignment-added private agent Priya 3 | 5 {"collaborator": true}"#],
        ),
        (
            "DELETE",
            &*format!("/ticket_assignees?ticket_id=eq.{TICKET}"),
            &agent,
            Value::Null,
            vec![r#"assignment-removed private agent Priya 3 | 5 {"collaborator": true}"#],
        ),
        (
            "POST",
            "/ticket_messages",
            &agent,
            here(json!({ "message_text": "Hello" })),
            vec!["message public agent Priya 3 |"],
        ),
        (
            "POST",
            "/ticket_messages",
            &agent,
            here(json!({ "message_text": "Odd", "is_internal": true })),
            vec!["note-added private agent Priya 3 |"],
        ),
        (
            "POST",
            "/ticket_messages",
            &ada(&admin).await,
            here(json!({ "message_text": "Thank you" })),
            vec!["message public customer Ada |"],
        ),
        (
            "PATCH",
            &ticket,
            &manager,
            json!({ "status": "resolved" }),
            vec![r#"status-update public agent Stellan 10 | "in_progress" "resolved""#],
        ),
        (
            "POST",
            "/ticket_feedback",
            &ada(&admin).await,
            here(json!({ "rating": 4, "feedback_text": "Fine" })),
            vec![r#"feedback-added public customer Ada | {"rating": 4}"#],
        ),
        (
            "PATCH",
            &*format!("/ticket_feedback?ticket_id=eq.{TICKET}"),
            &token("desk_client", json!({ "client_id": 1 })),
            json!({ "rating": 5 }),
            vec![r#"feedback-changed public customer Amber Logistics | {"rating": 5}"#],
        ),
        // what changes nothing, and what is refused
        (
            "PATCH",
            &ticket,
            &agent,
            json!({ "title": "Printer on fire" }),
            vec![],
        ),
        ("PATCH", &ticket, &agent, json!({ "status": "no" }), vec![]),
    ] {
        let before = last_seq(&admin).await;
        let mut call = server.call(method, url).token(token);
        if method != "DELETE" {
            call = call.json(&body);
        }
        let reply = call.send().await;
        let said = said_since(&admin, before, TICKET).await;
        assert_eq!(said, expected, "{method} {url} {body}: {}", reply.text());
    }
    // the text of messages and feedback stands in their tables alone
    let copied = "select id from public.ticket_events where seq > 1000000 and
        concat(old_value, new_value, metadata) ~ 'Hello|Odd|Thank you|Fine'";
    assert_eq!(rows(&admin, copied).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_new_ticket_is_created_with_its_state_by_who_opens_it() {
    let (_database, server, admin) = history().await;
    let body = json!({ "ticket_type_id": 2, "title": "Invoice", "tags": ["vip"] });
    let call = server.post("/tickets?select=id").token(&ada(&admin).await);
    let reply = call.json(&body).header("prefer", "return=representation");
    let ticket = reply.send().await.json()[0]["id"].as_i64().unwrap();
    let account = account_of(&admin, "email like 'ada.albers1@amber%'").await;
    let query = format!(
        "select e.*, t.created_at = e.created_at as same_time from public.ticket_events e
        join public.tickets t on t.id = ticket_id where ticket_id = {ticket}"
    );
    let events = rows(&admin, &query).await;
    assert_eq!(events.len(), 1, "{events:?}");
    let event = &events[0];
    for (key, expected) in [
        ("type", json!("created")),
        ("visibility", json!("public")),
        ("actor_role", json!("customer")),
        ("actor_id", json!(account)),
        ("actor_first_name", json!("Ada")),
        ("actor_last_name", json!("Albers")),
        ("actor_team_member_id", Value::Null),
        ("same_time", json!(true)),
    ] {
        assert_eq!(event[key], expected, "{key}");
    }
    for (key, expected) in [
        ("status", json!("open")),
        ("priority", json!("medium")),
        ("title", json!("Invoice")),
        ("tags", json!(["vip"])),
        ("client_id", json!(1)),
        ("assigned_to", Value::Null),
    ] {
        assert_eq!(event["new_value"][key], expected, "{key}");
    }
}

/// Whoever sends it: the columns of the message say who wrote it.
#[tokio::test]
async fn a_message_is_by_whom_it_names() {
    let (_database, server, admin) = history().await;
    let service = token("desk_service", json!({}));
    let ada = account_of(&admin, "email like 'ada.albers1@amber%'").await;
    let priya = account_of(&admin, "team_member_id = 3").await;
    let bruno = account_of(&admin, "client_id = 2 limit 1").await;
    for (body, role, first_name, account) in [
        (
            json!({ "from_client": true, "created_by": ada }),
            "customer",
            "Ada",
            json!(ada),
        ),
        (
            json!({ "from_client": true }),
            "customer",
            "Amber Logistics",
            Value::Null,
        ),
        // another client's account is not who spoke for this one
        (
            json!({ "from_client": true, "created_by": bruno }),
            "customer",
            "Amber Logistics",
            Value::Null,
        ),
        (
            json!({ "from_team_member_id": 3 }),
            "agent",
            "Priya",
            json!(priya),
        ),
    ] {
        let mut message = body.clone();
        message["ticket_id"] = json!(TICKET);
        message["message_text"] = json!("By mail");
        message["created_at"] = json!("2025-02-03T04:05:06+00:00");
        let call = server.post("/ticket_messages").token(&service);
        assert_eq!(call.json(&message).send().await.status, 201, "{body}");
        let query = "select * from public.ticket_events order by seq desc limit 1";
        let event = &rows(&admin, query).await[0];
        assert_eq!(event["type"], "message");
        assert_eq!(event["actor_role"], role, "{body}");
        assert_eq!(event["actor_first_name"], first_name, "{body}");
        assert_eq!(event["actor_id"], account, "{body}");
        assert_eq!(event["created_at"], "2025-02-03T04:05:06+00:00");
    }
}

/// Scripts of the owner, and what only they and `desk_service` do.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of changes")]
async fn each_change_by_sql_is_an_event() {
    let (_database, _server, admin) = history().await;
    execute(&admin, "set role desk_owner").await;
    for (sql, expected) in [
        (
            "update tickets set client_id = 2, metadata = '{\"a\": 1}' where id = 9200001",
            vec![
                "field-changed private system | client_id 1 2",
                r#"field-changed private system | metadata {} {"a": 1}"#,
            ],
        ),
        (
            "update tickets set status = null, priority = null where id = 9200001",
            vec![
                r#"status-update public system | "open""#,
                r#"priority-change public system | "low""#,
            ],
        ),
        (
            "update tickets set status = 'closed', resolved_at = '2025-01-01Z', closed_at = '2025-01-02Z'
            where id = 9200001",
            vec![r#"status-update public system | "closed""#],
        ),
        (
            "update tickets set closed_at = '2025-01-03Z' where id = 9200001",
            vec![
                r#"field-changed private system | closed_at "2025-01-02T00:00:00+00:00" "2025-01-03T00:00:00+00:00""#,
            ],
        ),
        (
            "update tickets set custom_fields = '[1]' where id = 9200001",
            vec![
                r#"field-changed private system | custom_fields {"floor": 2, "browser": "Firefox"} [1]"#,
            ],
        ),
        // derived
        (
            "update tickets set rating = 3, first_response_at = now(), updated_at = now() where id = 9200001",
            vec![],
        ),
        (
            "insert into ticket_messages (id, ticket_id, message_text) values (9200001, 9200001, 'x')",
            vec!["message public agent |"],
        ),
        (
            "update ticket_messages set message_text = 'y', metadata = '{\"a\": 1}' where id = 9200001",
            vec![
                r#"message-changed private system | {"columns": ["message_text", "metadata"]}"#,
            ],
        ),
        (
            "update ticket_messages set is_internal = true where id = 9200001",
            vec!["message-removed private system |", "note-added private agent |"],
        ),
        (
            "update ticket_messages set ticket_id = 1 where id = 9200001",
            vec!["message-removed private system |"],
        ),
        (
            "update ticket_messages set ticket_id = 9200001 where id = 9200001",
            vec!["note-added private agent |"],
        ),
        (
            "delete from ticket_messages where id = 9200001",
            vec!["message-removed private system |"],
        ),
        (
            "insert into ticket_feedback (ticket_id, rating) values (9200001, 2)",
            vec![r#"feedback-added public customer Birch Logistics | {"rating": 2}"#],
        ),
        (
            "update ticket_feedback set metadata = '{\"a\": 1}' where ticket_id = 9200001",
            vec![],
        ),
        (
            "delete from ticket_feedback where ticket_id = 9200001",
            vec![r#"feedback-removed public system | {"rating": 2}"#],
        ),
        (
            "insert into ticket_assignees (ticket_id, team_member_id) values (9200001, 4), (9200001, 5);
            update ticket_assignees set team_member_id = 6 where ticket_id = 9200001 and team_member_id = 5",
            vec![
                r#"assignment-added private system | 4 {"collaborator": true}"#,
                r#"assignment-added private system | 5 {"collaborator": true}"#,
                r#"assignment-removed private system | 5 {"collaborator": true}"#,
                r#"assignment-added private system | 6 {"collaborator": true}"#,
            ],
        ),
        (
            "update ticket_assignees set metadata = '{\"a\": 1}' where ticket_id = 9200001",
            vec![],
        ),
        (
            "insert into ticket_messages (ticket_id, message_text) values (9200001, 'z');
            insert into ticket_feedback (ticket_id, rating) values (9200001, 1);
            truncate ticket_messages, ticket_feedback, ticket_assignees",
            vec![
                "message public agent |",
                r#"feedback-added public customer Birch Logistics | {"rating": 1}"#,
                r#"assignment-removed private system | 4 {"collaborator": true}"#,
                r#"assignment-removed private system | 6 {"collaborator": true}"#,
                "feedback-removed public system |",
                "message-removed private system |",
            ],
        ),
    ] {
        let before = last_seq(&admin).await;
        execute(&admin, sql).await;
        let mut said = said_since(&admin, before, TICKET).await;
        let mut expected = expected;
        if sql.contains("truncate") {
            // the tables of one TRUNCATE are emptied at once
            said.sort_unstable();
            expected.sort_unstable();
        }
        assert_eq!(said, expected, "{sql}");
    }
}

/// The names are those of the moment, whatever becomes of the people.
#[tokio::test]
async fn an_event_keeps_its_names() {
    let (_database, server, admin) = history().await;
    let url = format!("/tickets?id=eq.{TICKET}");
    let call = server.call("PATCH", &url).token(&staff("desk_agent", 3));
    call.json(&json!({ "status": "pending" })).send().await;
    execute(
        &admin,
        "update team_members set first_name = 'Other', last_name = null where id = 3",
    )
    .await;
    let query = "select actor_first_name, actor_last_name from public.ticket_events order by seq desc limit 1";
    let event = &rows(&admin, query).await[0];
    assert_eq!(event["actor_first_name"], "Priya");
    assert_eq!(event["actor_last_name"], "Raman");
}
