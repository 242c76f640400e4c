//! Keys instead of tokens: those that are settings, and those of machines.

use rowdesk::config::Secret;
use serde_json::{Value, json};

use super::accounts::{ADMIN, number, serve, serve_with, session, text};
use crate::harness::desk::{agent, client, desk, execute};
use crate::harness::http::Reply;
use crate::harness::server::{TestServer, token};

const PUBLISHABLE: &str = "sb_publishable_0123456789";
const SECRET: &str = "sb_secret_0123456789abcdef0123456789";

fn admin() -> String {
    token("desk_admin", json!({ "team_member_id": 1 }))
}

async fn create(server: &TestServer, token: &str, body: Value) -> Reply {
    let call = server.post("/rpc/create_api_key").token(token);
    call.json(&body).send().await
}

async fn key(server: &TestServer, body: Value) -> String {
    let made = create(server, &admin(), body).await.ok();
    made["key"].as_str().expect("a key").to_owned()
}

async fn status(server: &TestServer, key: &str) -> u16 {
    let reply = server.get("/clients?select=id").token(key).send().await;
    reply.status.as_u16()
}

#[tokio::test]
async fn the_two_keys_of_the_settings_stand_for_their_roles() {
    let database = desk().await;
    let server = serve_with(&database, |config| {
        config.publishable_key = Some(Secret::new(PUBLISHABLE));
        config.secret_key = Some(Secret::new(SECRET));
        config.secret_key_role = Some("desk_service".to_owned());
    })
    .await;
    let clients = "/clients?select=id&limit=1";
    for name in ["authorization", "apikey"] {
        let value = |key: &str| match name {
            "apikey" => key.to_owned(),
            _ => format!("Bearer {key}"),
        };
        let scripted = server.get(clients).header(name, &value(SECRET));
        assert_eq!(scripted.send().await.ok().as_array().map(Vec::len), Some(1));
        let public = server.get(clients).header(name, &value(PUBLISHABLE));
        public.send().await.refused(401, "42501");
    }
    // a token counts, whatever key comes along; and what is no key says nothing
    let own = server
        .get(clients)
        .token(&client(1))
        .header("apikey", SECRET);
    assert_eq!(own.send().await.ok(), json!([{ "id": 1 }]));
    let own = server
        .get(clients)
        .token(&client(1))
        .header("apikey", "any key");
    assert_eq!(own.send().await.ok(), json!([{ "id": 1 }]));
    let wrong = format!("{SECRET}x");
    server
        .get(clients)
        .token(&wrong)
        .send()
        .await
        .refused(401, "PGRST301");
    let anybody = server.get(clients).header("apikey", &wrong).send().await;
    anybody.refused(401, "42501");
    // as somebody's session it is none
    let user = server.get("/auth/v1/user").token(SECRET).send().await;
    user.refused_sign_in(403, "bad_jwt");
}

#[tokio::test]
async fn a_machine_does_what_its_key_is_for_until_it_is_withdrawn() {
    let database = desk().await;
    let server = serve(&database).await;
    let own = key(
        &server,
        json!({ "name": "portal of client 2", "role": "desk_client", "client_id": 2 }),
    )
    .await;
    let all = key(&server, json!({ "name": "export", "role": "desk_service" })).await;
    let read = server
        .get("/clients?select=id")
        .token(&own)
        .send()
        .await
        .ok();
    assert_eq!(read, json!([{ "id": 2 }]));
    let read = server
        .get("/clients?select=id")
        .header("apikey", &all)
        .send()
        .await;
    assert!(read.ok().as_array().is_some_and(|rows| rows.len() > 1));
    let widget = server.get("/rpc/team_performance").token(&own).send().await;
    widget.refused(403, "42501");
    let listed = server.get("/rpc/api_keys").token(&admin()).send().await;
    assert!(!listed.text().contains(&own) && !listed.text().contains("hash"));
    let listed = listed.ok();
    assert_eq!(listed[1]["name"], "portal of client 2");
    assert!(listed[1]["last_used_at"].is_string());
    for _ in 0..2 {
        let call = server.post("/rpc/revoke_api_key").token(&admin());
        assert_eq!(
            call.json(&json!({ "id": listed[1]["id"] }))
                .send()
                .await
                .status,
            204
        );
    }
    let refused = server.get("/clients").token(&own).send().await;
    refused.refused(401, "PGRST303");
    assert_eq!(status(&server, &all).await, 200);
    // the name is free again
    key(
        &server,
        json!({ "name": "portal of client 2", "role": "desk_client", "client_id": 2 }),
    )
    .await;
    let audit = server.get("/audit_log?relation=eq.auth.api_keys&select=action,role&order=id");
    let audit = audit.token(&admin()).send().await.ok();
    let actions: Vec<_> = audit
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["action"].clone())
        .collect();
    assert_eq!(actions, ["insert", "insert", "update", "insert"]);
}

#[tokio::test]
async fn nobody_but_an_admin_makes_keys_and_none_is_above_its_owner() {
    let database = desk().await;
    let server = serve(&database).await;
    let manager = token("desk_manager", json!({ "team_member_id": 10 }));
    let service = token("desk_service", json!({}));
    let body = json!({ "name": "x", "role": "desk_service" });
    let machine = key(&server, body.clone()).await;
    for caller in [agent(), client(1), manager, service, machine] {
        create(&server, &caller, body.clone())
            .await
            .refused(403, "42501");
        let listed = server.get("/rpc/api_keys").token(&caller).send().await;
        listed.refused(403, "42501");
        let revoked = server.post("/rpc/revoke_api_key").token(&caller);
        revoked
            .json(&json!({ "id": 1 }))
            .send()
            .await
            .refused(403, "42501");
    }
    for (body, status, code) in [
        (json!({ "name": "y" }), 404, "PGRST202"),
        (
            json!({ "name": null, "role": "desk_service" }),
            400,
            "23502",
        ),
        (json!({ "name": " ", "role": "desk_service" }), 400, "23514"),
        (json!({ "name": "x", "role": "desk_service" }), 409, "23505"),
        (
            json!({ "name": "y", "role": "desk_service", "client_id": 1 }),
            400,
            "23514",
        ),
        (json!({ "name": "y", "role": "desk_owner" }), 400, "23514"),
        (
            json!({ "name": "y", "role": "postgres", "team_member_id": 1 }),
            400,
            "23514",
        ),
        (json!({ "name": "y", "role": "desk_client" }), 400, "23514"),
        (
            json!({ "name": "y", "role": "desk_agent", "client_id": 1 }),
            400,
            "23514",
        ),
        (
            json!({ "name": "y", "role": "desk_client", "client_id": 999_999 }),
            409,
            "23503",
        ),
        (
            json!({ "name": "y", "role": "desk_agent", "team_member_id": 999_999 }),
            409,
            "23503",
        ),
        (
            json!({ "name": "y", "role": "desk_admin", "team_member_id": 2 }),
            403,
            "42501",
        ),
        (
            json!({ "name": "y", "role": "desk_service", "expires_at": "2020-01-01" }),
            400,
            "23514",
        ),
    ] {
        create(&server, &admin(), body).await.refused(status, code);
    }
}

#[tokio::test]
async fn a_key_ends_with_what_it_stands_on() {
    let database = desk().await;
    let server = serve(&database).await;
    let db = database.connect("postgres").await;
    let client = json!({ "name": "c", "role": "desk_client", "client_id": 3 });
    for (body, ending) in [
        (
            json!({ "name": "a", "role": "desk_service" }),
            "update auth.api_keys set expires_at = now()",
        ),
        (
            json!({ "name": "b", "role": "desk_manager", "team_member_id": 10 }),
            "update public.team_members set role = 'support_agent' where id = 10",
        ),
        (
            json!({ "name": "d", "role": "desk_agent", "team_member_id": 2 }),
            "update auth.accounts set status = 'disabled' where team_member_id = 2",
        ),
        (client.clone(), "update public.clients set erased_at = now() where id = 3"),
        (
            json!({ "name": "e", "role": "desk_client", "client_id": 4 }),
            "truncate public.clients restart identity cascade;
             insert into public.clients (id, client_name, email) values (4, 'Another', 'another@example.com')",
        ),
    ] {
        let key = key(&server, body.clone()).await;
        assert_eq!(status(&server, &key).await, 200, "{body}");
        execute(&db, ending).await;
        assert_eq!(status(&server, &key).await, 401, "{body}");
    }
    let left: i64 = db
        .query_one(
            "select count(*) from auth.api_keys where client_id is not null",
            &[],
        )
        .await
        .expect("a count")
        .get(0);
    assert_eq!(left, 0);
}

/// Whoever was let go has a token for some minutes more.
#[tokio::test]
async fn a_token_that_outlives_its_session_makes_nothing_that_lasts() {
    let database = desk().await;
    let server = serve(&database).await;
    let db = database.connect("postgres").await;
    let signed_in = session(&server, ADMIN).await;
    let token = text(&signed_in, "access_token");
    let made = create(
        &server,
        token,
        json!({ "name": "x", "role": "desk_service" }),
    );
    made.await.ok();
    let member = json!({ "username": "mine", "email": "mine@evil.example", "department": "support", "role": "admin" });
    let contact = json!({ "client_id": 1, "first_name": "M", "last_name": "E", "email": "mine@evil.example" });
    let client = json!({ "client_name": "Mine", "email": "mine@evil.example" });
    for ending in [
        "update public.team_members set role = 'support_agent' where id = 1",
        "update public.team_members set role = 'admin' where id = 1;
         update auth.accounts set status = 'disabled' where team_member_id = 1",
    ] {
        execute(&db, ending).await;
        create(
            &server,
            token,
            json!({ "name": "y", "role": "desk_service" }),
        )
        .await
        .refused(403, "42501");
        let listed = server.get("/rpc/api_keys").token(token).send().await;
        listed.refused(403, "42501");
        let revoked = server.post("/rpc/revoke_api_key").token(token);
        let revoked = revoked.json(&json!({ "id": 1 })).send().await;
        revoked.refused(403, "42501");
        for (method, path, body) in [
            ("POST", "/team_members", &member),
            (
                "PATCH",
                "/team_members?id=eq.2",
                &json!({ "role": "admin" }),
            ),
            (
                "PATCH",
                "/team_members?id=eq.2",
                &json!({ "email": "mine@evil.example" }),
            ),
            ("POST", "/client_contacts", &contact),
            (
                "PATCH",
                "/client_contacts?client_id=eq.1",
                &json!({ "email": "mine@evil.example" }),
            ),
            ("POST", "/clients", &client),
        ] {
            let call = server.call(method, path).token(token).json(body);
            call.send().await.refused(403, "42501");
        }
    }
    let left = "select (select count(*) from auth.api_keys) + (select count(*) from public.team_members where email like '%evil%')
        + (select count(*) from public.client_contacts where email like '%evil%')";
    assert_eq!(number(&db, left).await, 1);
}

#[tokio::test]
async fn a_key_makes_no_keys_and_is_told_once() {
    let database = desk().await;
    let server = serve_with(&database, |config| {
        config.db_idempotency_table = Some("kept.idempotency_keys".to_owned());
        config.db_idempotency_role = Some("desk_worker".to_owned());
    })
    .await;
    let own = key(
        &server,
        json!({ "name": "a", "role": "desk_admin", "team_member_id": 1 }),
    )
    .await;
    let body = json!({ "name": "b", "role": "desk_service" });
    create(&server, &own, body.clone())
        .await
        .refused(403, "42501");
    let call = server.post("/rpc/create_api_key").token(&admin());
    let call = call.header(
        "idempotency-key",
        "\"6f2c8b1e-0a4d-4f6b-9a3c-2b7d5e8f1a90\"",
    );
    call.json(&body).send().await.refused(400, "PT400");
}
