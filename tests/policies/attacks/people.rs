//! Setting one's own role, plan or links; touching records that are not one's own.

use serde_json::{Value, json};

use super::Attack;
use crate::harness::desk::client;
use crate::harness::server::token;

/// What a client is refused on every relation of the API but the four that take something from them.
#[tokio::test]
async fn a_client_writes_to_no_record_of_the_desk() {
    let attack = Attack::new().await;
    for (relation, body) in [
        ("clients", json!({ "plan_type": "enterprise" })),
        ("clients", json!({ "monthly_budget": 1_000_000 })),
        ("clients", json!({ "email": "me@example.com" })),
        ("clients", json!({ "client_name": "x" })),
        (
            "clients",
            json!({ "status": "active", "metadata": { "role": "internal" } }),
        ),
        ("payments", json!({ "status": "completed" })),
        ("payments", json!({ "amount_usd": -1000 })),
        ("team_members", json!({ "role": "admin" })),
        ("team_members", json!({ "email": "me@example.com" })),
        ("team_members", json!({ "display_name": "x" })),
        ("ticket_types", json!({ "avg_resolution_hours": 1 })),
        ("ticket_statuses", json!({ "category": "closed" })),
        ("ticket_assignees", json!({ "team_member_id": 3 })),
    ] {
        let (status, code) = if body.get("display_name").is_some() {
            (400, "428C9")
        } else {
            (403, "42501")
        };
        for filter in ["", "?id=eq.1"] {
            if !filter.is_empty() && ["ticket_statuses", "ticket_assignees"].contains(&relation) {
                continue;
            }
            let url = format!("/{relation}{filter}");
            attack
                .refused(("PATCH", &url), &client(1), &body, (status, code))
                .await;
            attack
                .refused(("DELETE", &url), &client(1), &json!({}), (403, "42501"))
                .await;
        }
        let url = format!("/{relation}");
        attack
            .refused(("POST", &url), &client(1), &body, (status, code))
            .await;
    }
}

#[tokio::test]
async fn a_contact_says_language_and_channels_and_nothing_else() {
    let attack = Attack::new().await;
    let own = "/client_contacts?client_id=eq.1";
    let call = attack.server.call("PATCH", own).token(&client(1));
    let wish = json!({ "preferred_language": "fr", "communication_channels": ["chat"] });
    attack.accepted(call, &wish, 200).await;

    for body in [
        json!({ "email": "me@example.com" }),
        json!({ "client_id": 2 }),
        json!({ "client_id": 1 }),
        json!({ "first_name": "x" }),
        json!({ "metadata": { "role": "admin" } }),
        json!({ "preferred_language": "fr", "email": "me@example.com" }),
        json!({ "id": 1 }),
    ] {
        attack
            .refused(("PATCH", own), &client(1), &body, (403, "42501"))
            .await;
    }
    for url in [
        "/client_contacts?client_id=eq.2",
        "/client_contacts?client_id=neq.1",
        "/client_contacts?email=like.secret*",
        "/client_contacts?last_name=eq.secret",
        "/client_contacts?id=eq.99999999",
    ] {
        attack
            .reaches_nothing(("PATCH", url), &client(1), &wish)
            .await;
    }
    // no filter at all means the own ones
    let call = attack
        .server
        .call("PATCH", "/client_contacts")
        .token(&client(1));
    let changed = attack.accepted(call, &wish, 200).await;
    let rows = changed.reveals_nothing().json();
    assert!(
        rows.as_array()
            .unwrap()
            .iter()
            .all(|row| row["client_id"] == 1)
    );
    let unlinked = token("desk_client", json!({ "team_member_id": 1 }));
    attack
        .reaches_nothing(("PATCH", "/client_contacts"), &unlinked, &wish)
        .await;
}

/// By token alone: what else a request says about who asks is heard by nobody.
#[tokio::test]
async fn headers_and_bodies_make_nobody_of_anybody() {
    let attack = Attack::new().await;
    let body = json!({ "ticket_id": 8_000_012, "message_text": "x" });
    let claims = r#"{"client_id": 2, "role": "desk_admin"}"#;
    for (name, value) in [
        ("request.jwt.claims", claims),
        ("role", "desk_admin"),
        ("set-role", "desk_admin"),
        ("x-client-id", "2"),
        ("client_id", "2"),
        ("desk.reassigned", "8000012"),
        (
            "cookie",
            "role=desk_admin; client_id=2; desk.reassigned=8000012",
        ),
        ("x-http-method-override", "DELETE"),
        ("prefer", "role=desk_admin"),
    ] {
        let call = attack
            .server
            .post("/ticket_messages")
            .token(&client(1))
            .json(&body);
        let reply = call.header(name, value).send().await;
        reply.reveals_nothing().refused(403, "42501");
        attack.assert_unchanged(name).await;
    }
    for extra in ["role", "request.jwt.claims", "desk.reassigned", "client_id"] {
        let mut body = body.clone();
        body[extra] = json!(2);
        let call = attack.server.post("/ticket_messages").token(&client(1));
        let reply = call.json(&body).send().await;
        reply.reveals_nothing().refused(400, "PGRST204");
        attack.assert_unchanged(extra).await;
    }
}

/// Whatever is not in the API is not there for writing either.
#[tokio::test]
async fn other_schemas_are_not_written_to() {
    let attack = Attack::new().await;
    let admin = token("desk_admin", json!({ "team_member_id": 1 }));
    let body: Value = json!({ "name": "agent_visibility", "value": "all" });
    for name in [
        "settings",
        "ops.settings",
        "audit",
        "ops.audit",
        "ticket_facts",
        "repeatable_files",
        "pg_authid",
    ] {
        for method in ["POST", "PATCH", "PUT", "DELETE"] {
            for who in [&client(1), &admin] {
                let url = format!("/{name}?name=eq.agent_visibility");
                let call = attack.server.call(method, &url).token(who).json(&body);
                call.send().await.reveals_nothing().refused(404, "PGRST205");
                let call = attack
                    .server
                    .call(method, "/settings")
                    .token(who)
                    .json(&body);
                let call = call.header("content-profile", "ops");
                call.send().await.reveals_nothing().refused(406, "PGRST106");
            }
        }
    }
    attack.assert_unchanged("other schemas").await;
}

/// A client is refused every widget, by every method: 403, not an empty answer.
#[tokio::test]
async fn clients_call_no_widget_by_any_method() {
    let attack = Attack::new().await;
    let names = attack.admin.query(
        "select proname::text from pg_proc p where pronamespace = 'public'::regnamespace
        and provolatile = 's' and not has_function_privilege('desk_client', p.oid, 'execute')
        -- not those that are computed columns
        and not exists (
            select from pg_class where relkind in ('r', 'v') and reltype = any (proargtypes::oid[])
        )",
        &[],
    );
    let names = names.await.unwrap();
    assert!(names.len() >= 2);
    for row in names {
        let url = format!("/rpc/{}", row.get::<_, &str>(0));
        for who in [client(1), token("desk_client", json!({}))] {
            let reply = attack.server.get(&url).token(&who).send().await;
            reply.refused_plainly(403, "42501");
            let reply = attack
                .server
                .post(&url)
                .token(&who)
                .json(&json!({}))
                .send()
                .await;
            reply.refused_plainly(403, "42501");
        }
        let anonymous = attack.server.post(&url).json(&json!({})).send().await;
        anonymous.refused_plainly(401, "42501");
    }
}

/// Also reference data.
#[tokio::test]
async fn the_public_writes_nothing_anywhere() {
    let attack = Attack::new().await;
    let names = attack.admin.query(
        // with a column that somebody could write, metadata where there is one
        "select relname::text, (
            select attname::text from pg_attribute
            where attrelid = c.oid and attnum > 0 and pg_column_is_updatable(c.oid, attnum, false)
            order by attname = 'metadata' desc, attnum desc limit 1
        ) from pg_class as c
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
        -- what cannot be written at all: tests/queues/rights.rs
        and pg_relation_is_updatable(oid, true) <> 0",
        &[],
    );
    let anonymous = token("desk_anon", json!({ "client_id": 1, "team_member_id": 1 }));
    for row in names.await.unwrap() {
        let url = format!("/{}", row.get::<_, &str>(0));
        let body = json!({ (row.get::<_, &str>(1)): null });
        for method in ["POST", "PATCH", "DELETE"] {
            for call in [
                attack.server.call(method, &url),
                attack.server.call(method, &url).token(&anonymous),
            ] {
                let reply = call.json(&body).send().await;
                reply.refused_plainly(401, "42501");
            }
        }
    }
    attack.assert_unchanged("the public").await;
}
