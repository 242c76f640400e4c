//! Whose queues they are.

use serde_json::{Value, json};

use super::QUEUES;
use crate::harness::desk::{client, desk, serve};
use crate::harness::server::token;
use crate::policies::scope::{SETTINGS, set_visibility};

#[tokio::test]
async fn a_token_without_a_team_member_has_no_work_and_no_team() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    for setting in SETTINGS {
        set_visibility(&admin, setting).await;
        for role in ["desk_agent", "desk_manager", "desk_admin", "desk_service"] {
            for claims in [
                json!({}),
                json!({"team_member_id": null}),
                json!({"team_member_id": ""}),
                json!({"client_id": 1}),
                json!({"team_member_id": 999_999}),
            ] {
                let nobody = token(role, claims.clone());
                for queue in ["queue_own", "queue_team"] {
                    let found = server.get(&format!("/{queue}")).token(&nobody).send().await;
                    assert_eq!(found.ok(), json!([]), "{queue} {role} {claims} {setting}");
                }
            }
        }
    }
}

#[tokio::test]
async fn clients_and_strangers_have_no_queue() {
    let database = desk().await;
    let server = serve(&database).await;
    for queue in QUEUES {
        for url in [
            format!("/{queue}"),
            format!("/{queue}?select=id&limit=0"),
            format!("/{queue}?select=age"),
        ] {
            let reply = server.get(&url).token(&client(1)).send().await;
            reply.refused(403, "42501");
            server.get(&url).send().await.refused(401, "42501");
        }
    }
}

#[tokio::test]
async fn nobody_writes_through_a_queue() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let sum = "select md5(string_agg(t::text, '' order by id)) from public.tickets as t";
    let before: Option<String> = admin.query_one(sum, &[]).await.unwrap().get(0);
    for role in [
        "desk_anon",
        "desk_client",
        "desk_agent",
        "desk_admin",
        "desk_service",
    ] {
        let who = token(role, json!({"team_member_id": 1, "client_id": 1}));
        for queue in QUEUES {
            for (method, body) in [
                (
                    "POST",
                    json!({"client_id": 1, "ticket_type_id": 1, "title": "x"}),
                ),
                ("PATCH", json!({"assigned_to": 1})),
                ("DELETE", Value::Null),
            ] {
                let call = server
                    .call(method, &format!("/{queue}?id=gt.0"))
                    .token(&who);
                let reply = call.json(&body).send().await;
                // Postgres cannot, whoever asks: the view is of several tables.
                reply.refused(500, "55000");
            }
        }
    }
    let after: Option<String> = admin.query_one(sum, &[]).await.unwrap().get(0);
    assert_eq!(after, before);
}
