//! What is small when it is sent and huge, endless or no number at all when it is read.

use serde_json::json;

use super::Attack;
use crate::harness::desk::{client, execute};
use crate::harness::server::{TestServer, token};

/// A few kilobytes of JSON that would be written out with more than a gigabyte of zeros, in every list
/// of every team member who may see the ticket.
#[tokio::test]
async fn a_row_that_nobody_could_read_is_not_written() {
    let attack = Attack::new().await;
    let text = "x".repeat(250_000);
    let huge = format!("[{}]", vec!["1e131000"; 9_000].join(","));
    for (code, status, ticket) in [
        ("22003", 400, format!(r#""custom_fields": {{"a": {huge}}}"#)),
        (
            "22003",
            400,
            r#""custom_fields": {"a": [-1e309]}"#.to_owned(),
        ),
        (
            "22003",
            400,
            r#""custom_fields": {"a": [{"b": 1e-400}]}"#.to_owned(),
        ),
        ("PT413", 413, format!(r#""description": "{text}""#)),
        ("PT413", 413, format!(r#""tags": ["{text}"]"#)),
        (
            "PT413",
            413,
            format!(r#""custom_fields": {{"{text}": ""}}"#),
        ),
    ] {
        let body = format!(r#"{{"ticket_type_id": 1, "title": "Help", {ticket}}}"#);
        let call = attack.server.post("/tickets").token(&client(1));
        let reply = call.body("application/json", body).send().await;
        reply.refused(status, code);
        attack
            .assert_unchanged(&ticket.chars().take(60).collect::<String>())
            .await;
    }
    for (method, url, body) in [
        (
            "POST",
            "/ticket_messages",
            json!({ "ticket_id": 8_000_011, "message_text": text }),
        ),
        (
            "POST",
            "/ticket_feedback",
            json!({ "ticket_id": 8_000_031, "rating": 5, "feedback_text": text }),
        ),
        (
            "PATCH",
            "/client_contacts?id=gt.0",
            json!({ "preferred_language": text }),
        ),
        (
            "PATCH",
            "/client_contacts?id=gt.0",
            json!({ "communication_channels": [text] }),
        ),
    ] {
        attack
            .refused((method, url), &client(1), &body, (413, "PT413"))
            .await;
    }
    let honest = json!({
        "ticket_type_id": 1,
        "title": "Help",
        "description": "x".repeat(100_000),
        "custom_fields": { "a": [1e300, -1e300, 1e-300, 0, 0.0, "1e400"] },
    });
    let call = attack.server.post("/tickets").token(&client(1));
    attack.accepted(call, &honest, 201).await;
}

/// History that was loaded as it was can still be worked on.
#[tokio::test]
async fn a_row_that_is_too_large_already_may_change_but_not_grow() {
    let attack = Attack::new().await;
    execute(
        &attack.admin,
        "update public.tickets set description = repeat('x', 300000), custom_fields = '[1e400]'
        where id = 8000011",
    )
    .await;
    let agent = token("desk_agent", json!({ "team_member_id": 3 }));
    for (change, status) in [
        (json!({ "priority": "low" }), 200),
        (json!({ "description": "x".repeat(250_000) }), 200),
        (json!({ "description": "x".repeat(310_000) }), 413),
    ] {
        let call = attack.server.call("PATCH", "/tickets?id=eq.8000011");
        let call = call.token(&agent).json(&change);
        let reply = call.header("prefer", "return=representation").send().await;
        assert_eq!(reply.status, status, "{}", reply.text().len());
    }
}

/// One amount that is no number makes every sum over it none.
#[tokio::test]
async fn money_is_a_number() {
    let attack = Attack::new().await;
    let admin = token("desk_admin", json!({ "team_member_id": 3 }));
    let told = ("an amount is a number", "such as 99.90");
    let payment = json!({ "client_id": 1, "amount_usd": "NaN", "payment_type": "one-time" });
    let budget = json!({ "monthly_budget": "NaN" });
    let new = json!({ "client_name": "x", "email": "x@x.example", "monthly_budget": "nan" });
    for (method, url, body) in [
        ("POST", "/payments", &payment),
        ("PATCH", "/payments?client_id=eq.1", &payment),
        ("PATCH", "/clients?id=eq.1", &budget),
        ("POST", "/clients", &new),
    ] {
        attack
            .told((method, url), &admin, body, (400, "23514"), told)
            .await;
    }
    let call = attack.server.post("/payments").token(&admin);
    let honest = json!({ "client_id": 1, "amount_usd": -99.9, "payment_type": "one-time" });
    attack.accepted(call, &honest, 201).await;
}

/// A client's own hundred tickets, eight times over, are more rows than there are atoms in a drop of
/// water; whoever asks for them holds a connection of the pool.
#[tokio::test]
async fn no_request_works_for_ever() {
    let attack = Attack::new().await;
    let limit = "select setting from pg_db_role_setting, unnest(setconfig) as setting
        where setrole = 'desk_authenticator'::regrole and setdatabase = 0";
    let limit: String = attack.admin.query_one(limit, &[]).await.unwrap().get(0);
    assert_eq!(limit, "statement_timeout=30s");

    execute(
        &attack.admin,
        "do $$ begin execute format(
            'alter role desk_authenticator in database %I set statement_timeout = ''500ms''', current_database()
        ); end $$",
    )
    .await;
    let hasty = TestServer::start(attack.database.uri("desk_authenticator"), |config| {
        config.db_pool = 1;
    })
    .await;
    let depth = 8;
    let url = format!(
        "/clients?select={}id{}",
        "tickets(clients(".repeat(depth),
        "))".repeat(depth)
    );
    for _ in 0..2 {
        let reply = hasty.get(&url).token(&client(1)).send().await;
        reply.refused(500, "57014");
    }
    let reply = hasty
        .get("/clients?select=id")
        .token(&client(1))
        .send()
        .await;
    assert_eq!(reply.text(), r#"[{"id":1}]"#);
}
