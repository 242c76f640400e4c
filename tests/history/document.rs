//! `ticket_history`: the document of 002, for whoever may see it.

use serde_json::{Value, json};

use super::{TICKET, account_of, ada, history, staff};
use crate::harness::desk::{client, execute};
use crate::harness::server::{TestServer, token};

async fn document(server: &TestServer, token: &str) -> Value {
    let url = format!("/rpc/ticket_history?ticket={TICKET}");
    server.get(&url).token(token).send().await.ok()
}

/// Everything that 002 names, at times of its own.
const STORY: &str = "
    truncate ticket_events;
    set timezone = 'UTC';
    begin;
    set local request.jwt.claims = '{\"role\": \"desk_agent\", \"team_member_id\": 3}';
    insert into ticket_messages (id, ticket_id, from_client, created_by, message_text, created_at)
    select 9200001, 9200001, true, id, 'It burns', '2025-05-01T10:00:00Z' from auth.accounts
    where email = 'ada.albers1@amber-logistics.example';
    insert into ticket_messages (id, ticket_id, from_team_member_id, is_internal, message_text, created_at)
    values (9200002, 9200001, 3, true, 'Again', '2025-05-01T11:00:00Z');
    update tickets set status = 'in_progress', assigned_to = 3, custom_fields = '{\"floor\": 2, \"room\": \"b\"}'
    where id = 9200001;
    commit; begin;
    set local request.jwt.claims = '{\"role\": \"desk_agent\", \"team_member_id\": 3}';
    update tickets set assigned_to = null, priority = 'urgent' where id = 9200001;
    commit";

#[tokio::test]
async fn the_document_is_to_the_letter_that_of_002() {
    let (_database, server, admin) = history().await;
    execute(&admin, STORY).await;
    let ada_id = account_of(&admin, "email like 'ada.albers1@amber%'").await;
    let priya = account_of(&admin, "team_member_id = 3").await;
    let by_ada = json!({ "created_by_uuid": ada_id, "created_by_first_name": "Ada",
        "created_by_last_name": "Albers", "role": "customer" });
    let by_priya = json!({ "created_by_uuid": priya, "created_by_first_name": "Priya",
        "created_by_last_name": "Raman", "role": "agent" });
    let expected = [
        (
            &by_ada,
            json!({ "type": "message", "visibility": "public", "content": "It burns",
            "attachments": [], "created_at": "2025-05-01T10:00:00+00:00" }),
        ),
        (
            &by_priya,
            json!({ "type": "note-added", "visibility": "private", "content": "Again",
            "created_at": "2025-05-01T11:00:00+00:00" }),
        ),
        (
            &by_priya,
            json!({ "type": "status-update", "visibility": "public",
            "old_value": "open", "new_value": "in_progress" }),
        ),
        (
            &by_priya,
            json!({ "type": "assignment-added", "visibility": "public", "agent_id": priya }),
        ),
        (
            &by_priya,
            json!({ "type": "field-removed", "visibility": "private",
            "field_name": "browser", "old_value": "Firefox" }),
        ),
        (
            &by_priya,
            json!({ "type": "field-added", "visibility": "private",
            "field_name": "room", "new_value": "b" }),
        ),
        (
            &by_priya,
            json!({ "type": "priority-change", "visibility": "public",
            "old_value": "low", "new_value": "urgent" }),
        ),
        (
            &by_priya,
            json!({ "type": "assignment-removed", "visibility": "public", "agent_id": priya }),
        ),
    ];
    let ada = ada(&admin).await;
    for (token, sees_private) in [
        (staff("desk_agent", 7), true),
        (token("desk_service", json!({})), true),
        (ada, false),
    ] {
        let document = document(&server, &token).await;
        assert_eq!(document.as_object().unwrap().len(), 1, "{document}");
        let events = document["events"].as_array().unwrap();
        let expected: Vec<_> = expected
            .iter()
            .filter(|(_, event)| sees_private || event["visibility"] == "public")
            .collect();
        assert_eq!(events.len(), expected.len(), "{document}");
        let mut ids = std::collections::BTreeSet::new();
        for (event, (by, rest)) in events.iter().zip(expected) {
            let mut event = event.as_object().unwrap().clone();
            let id = event.remove("id").unwrap();
            assert!(id.as_str().unwrap().len() == 36 && ids.insert(id.to_string()));
            let mut whole = rest.as_object().unwrap().clone();
            whole.extend(by.as_object().unwrap().clone());
            if !whole.contains_key("created_at") {
                assert!(event.remove("created_at").unwrap().is_string());
            }
            assert_eq!(Value::Object(event), Value::Object(whole));
        }
        // and the same in the document of the ticket
        let url = format!("/ticket_documents?id=eq.{TICKET}&select=ticket_history");
        let row = server.get(&url).token(&token).send().await.ok();
        assert_eq!(row[0]["ticket_history"], document);
    }
}

/// Also where the history says that there was a message.
#[tokio::test]
async fn what_became_internal_or_was_removed_is_not_told() {
    let (_database, server, admin) = history().await;
    execute(
        &admin,
        "insert into ticket_messages (id, ticket_id, message_text)
        values (9200001, 9200001, 'slip'), (9200002, 9200001, 'slip'), (9200003, 9200001, 'slip'), (9200004, 9200001, 'slip');
        update ticket_messages set is_internal = true where id = 9200001;
        update ticket_messages set ticket_id = 1 where id = 9200002;
        delete from ticket_messages where id = 9200003;
        update ticket_messages set message_text = 'said' where id = 9200004;
        -- by somebody who may: the history is not asked
        alter table ticket_messages disable trigger user;
        insert into ticket_messages (id, ticket_id, is_internal, message_text) values (9200003, 9200001, true, 'slip');
        alter table ticket_messages enable trigger user",
    )
    .await;
    for token in [client(1), ada(&admin).await] {
        let told = document(&server, &token).await;
        let messages: Vec<_> = told["events"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["type"] == "message")
            .map(|event| event["content"].clone())
            .collect();
        assert_eq!(
            messages,
            [Value::Null, Value::Null, Value::Null, json!("said")]
        );
        assert!(!told.to_string().contains("slip"), "{told}");
        assert!(!told.to_string().contains("removed"), "{told}");
    }
}

#[tokio::test]
async fn a_ticket_out_of_sight_has_no_history() {
    let (database, server, admin) = history().await;
    let theirs = format!("/rpc/ticket_history?ticket={TICKET}");
    let none = "/rpc/ticket_history?ticket=1999999999";
    let nobodys = token("desk_client", json!({}));
    for (url, who) in [
        (&*theirs, client(2)),
        (&theirs, nobodys),
        (none, client(1)),
        (none, staff("desk_admin", 1)),
    ] {
        let error = server
            .get(url)
            .token(&who)
            .send()
            .await
            .refused(404, "PT404");
        let number = url.split_once('=').unwrap().1;
        assert_eq!(
            error["message"],
            format!("there is no ticket {number} that you see")
        );
    }
    server.get(&theirs).send().await.refused(401, "42501");
    execute(
        &admin,
        "update tickets set assigned_to = 5 where id = 9200001",
    )
    .await;
    crate::policies::scope::set_visibility(&database.connect("postgres").await, "queue").await;
    server
        .get(&theirs)
        .token(&staff("desk_agent", 3))
        .send()
        .await
        .refused(404, "PT404");
    server
        .get(&theirs)
        .token(&staff("desk_agent", 5))
        .send()
        .await
        .ok();
    server
        .get(&theirs)
        .token(&staff("desk_manager", 10))
        .send()
        .await
        .ok();
}
