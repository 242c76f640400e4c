//! What must fail: nobody writes the history, no client learns of a private event.

use serde_json::{Value, json};

use super::{TICKET, history, rows, staff};
use crate::harness::desk::{client, execute};
use crate::harness::server::token;
use crate::policies::scope::set_visibility;

/// A ticket of client 1 with a private event of every kind, each of which says "hidden".
const PRIVATE: &str = "
    insert into ticket_messages (id, ticket_id, from_team_member_id, is_internal, message_text)
    values (9200001, 9200001, 3, true, 'hidden');
    update tickets set custom_fields = '{\"hidden\": \"hidden\"}', tags = '{hidden}' where id = 9200001;
    update tickets set custom_fields = '{}', tags = '{}' where id = 9200001;
    insert into ticket_assignees (ticket_id, team_member_id) values (9200001, 8);
    insert into ticket_events (ticket_id, type, visibility, actor_role, actor_first_name, metadata)
    values (9200001, 'hidden-type', 'private', 'system', 'hidden', '{\"hidden\": true}')";

#[tokio::test]
async fn no_door_shows_a_client_a_private_event() {
    let (_database, server, admin) = history().await;
    execute(&admin, PRIVATE).await;
    let public = "select count(*) as n from ticket_events where visibility = 'public'
        and ticket_id in (select id from tickets where client_id = 1)";
    let public = rows(&admin, public).await[0]["n"].clone();
    for url in [
        "/ticket_events?limit=5000",
        "/ticket_events?select=*,tickets(*)&limit=5000",
        "/ticket_events?order=visibility&limit=5000",
        "/tickets?select=*,ticket_events(*)&id=eq.9200001",
        "/tickets?select=id,ticket_events!inner(*)&ticket_events.visibility=eq.private",
        "/tickets?select=id,ticket_events()&ticket_events.visibility=eq.private&ticket_events=not.is.null",
        "/clients?select=id,tickets(ticket_events(*))",
        "/ticket_documents?id=eq.9200001",
        "/ticket_activities?ticket_id=eq.9200001",
        "/ticket_activities?is_internal=is.true",
        "/ticket_activities?content=like.*hid*",
        "/rpc/ticket_history?ticket=9200001",
        "/customers",
    ] {
        let call = server
            .get(url)
            .token(&client(1))
            .header("prefer", "count=exact");
        let reply = call.send().await;
        assert!(reply.status.is_success(), "{url}: {}", reply.text());
        let text = reply.text();
        assert!(
            !text.contains("hidden") && !text.contains("private"),
            "{url}: {text}"
        );
        if url.starts_with("/ticket_events") {
            let range = reply.header("content-range").unwrap();
            assert!(
                range.ends_with(&format!("/{public}")),
                "{url}: {range} of {public}"
            );
        }
    }
    for nothing in [
        "/ticket_events?visibility=eq.private",
        "/ticket_events?visibility=neq.public",
        "/ticket_events?type=eq.note-added",
        "/ticket_events?type=like.hidden*",
        "/ticket_events?message_id=eq.9200001",
        "/ticket_events?metadata-%3E%3Ehidden=not.is.null",
        "/ticket_events?metadata-%3E%3Ecollaborator=eq.true",
        "/ticket_events?field_name=not.is.null",
        "/ticket_events?actor_first_name=eq.hidden",
        "/ticket_events?agent_id=eq.8&ticket_id=eq.9200001",
        // a cast of a private event would fail
        "/ticket_events?select=actor_first_name::integer&visibility=eq.private",
        "/ticket_activities?is_internal=eq.true",
    ] {
        let call = server
            .get(nothing)
            .token(&client(1))
            .header("prefer", "count=exact");
        let reply = call.send().await;
        assert_eq!(reply.ok(), json!([]), "{nothing}");
        assert_eq!(reply.header("content-range"), Some("*/0"), "{nothing}");
    }
    // nor another client's public ones
    let theirs = format!("/ticket_events?ticket_id=eq.{TICKET}");
    for who in [client(2), token("desk_client", json!({}))] {
        assert_eq!(server.get(&theirs).token(&who).send().await.ok(), json!([]));
    }
    server.get(&theirs).send().await.refused(401, "42501");
}

#[tokio::test]
async fn nobody_writes_changes_or_deletes_an_event() {
    let (_database, server, admin) = history().await;
    let all = "select md5(string_agg(e::text, ',' order by seq)) as all from ticket_events as e";
    let before = rows(&admin, all).await;
    let event = json!({ "ticket_id": TICKET, "type": "message", "visibility": "public", "actor_role": "agent" });
    for who in [
        client(1),
        staff("desk_agent", 3),
        staff("desk_manager", 10),
        staff("desk_admin", 1),
        token("desk_service", json!({})),
    ] {
        for relation in ["ticket_events", "ticket_activities", "ticket_documents"] {
            let of = |method, query: &str| {
                server
                    .call(method, &format!("/{relation}?{query}"))
                    .token(&who)
            };
            let body = match relation {
                "ticket_events" => event.clone(),
                "ticket_activities" => json!({ "ticket_id": TICKET }),
                _ => json!({ "title": "x" }),
            };
            of("POST", "")
                .json(&body)
                .send()
                .await
                .refused(403, "42501");
            if relation == "ticket_events" {
                let merge = of("POST", "").header("prefer", "resolution=merge-duplicates");
                merge.json(&body).send().await.refused(403, "42501");
                let hide = json!({ "visibility": "public" });
                of("PATCH", "ticket_id=gt.0")
                    .json(&hide)
                    .send()
                    .await
                    .refused(403, "42501");
            }
            if relation != "ticket_documents" {
                of("DELETE", "ticket_id=gt.0")
                    .send()
                    .await
                    .refused(403, "42501");
            }
        }
    }
    assert_eq!(rows(&admin, all).await, before);
}

/// Who did it is the token's: nothing else that a request says is believed.
#[tokio::test]
async fn nobody_acts_in_anothers_name() {
    let (_database, server, admin) = history().await;
    let url = format!("/tickets?id=eq.{TICKET}");
    let call = server.call("PATCH", &url).token(&staff("desk_agent", 3));
    let call = call.header("request.jwt.claims", r#"{"team_member_id": 1}"#);
    let call = call.header("x-team-member-id", "1");
    call.json(&json!({ "status": "pending" })).send().await;
    // a client's token that names a team member, too, is a client's
    let both = token(
        "desk_client",
        json!({ "client_id": 1, "team_member_id": 1 }),
    );
    let body = json!({ "ticket_id": TICKET, "message_text": "x" });
    let call = server.post("/ticket_messages").token(&both).json(&body);
    assert_eq!(call.send().await.status, 201);
    let query = "select actor_role, actor_team_member_id from ticket_events where type in ('message', 'status-update') order by seq desc limit 3";
    assert_eq!(
        rows(&admin, query).await,
        [
            // the message, and that it opened the ticket again
            json!({ "actor_role": "customer", "actor_team_member_id": null }),
            json!({ "actor_role": "customer", "actor_team_member_id": null }),
            json!({ "actor_role": "agent", "actor_team_member_id": 3 }),
        ]
    );
}

#[tokio::test]
async fn the_history_follows_the_ticket_for_agents() {
    let (_database, server, admin) = history().await;
    execute(
        &admin,
        "update tickets set assigned_to = 5 where id = 9200001",
    )
    .await;
    set_visibility(&admin, "queue").await;
    let url = format!("/ticket_events?ticket_id=eq.{TICKET}&select=type");
    let of = async |token: &str| server.get(&url).token(token).send().await.ok();
    assert_eq!(of(&staff("desk_agent", 3)).await, json!([]));
    assert_ne!(of(&staff("desk_agent", 5)).await, json!([]));
    assert_ne!(of(&staff("desk_manager", 10)).await, json!([]));
    // handed on: gone with the ticket, and the new one told
    let call = server
        .call("PATCH", &format!("/tickets?id=eq.{TICKET}"))
        .token(&staff("desk_agent", 5));
    assert_eq!(
        call.json(&json!({ "assigned_to": 3 })).send().await.status,
        204
    );
    assert_eq!(of(&staff("desk_agent", 5)).await, json!([]));
    let seen = of(&staff("desk_agent", 3)).await;
    let last: Vec<Value> = seen
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .take(2)
        .cloned()
        .collect();
    assert_eq!(last.len(), 2);
}
