//! Fields that the desk defines.

use serde_json::{Value, json};

use super::desk::{Desk, OPEN, agent, manager};
use crate::harness::desk::client;

async fn define(desk: &Desk, field: Value) {
    let call = desk.server.post("/custom_fields").token(&manager());
    let reply = call.json(&field).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text());
}

async fn defined() -> Desk {
    let desk = Desk::new().await;
    for kind in ["text", "number", "boolean", "date"] {
        define(
            &desk,
            json!({ "name": format!("a_{kind}"), "label": kind, "kind": kind }),
        )
        .await;
    }
    let choice = json!({
        "name": "a_choice", "label": "Colour", "kind": "choice", "choices": ["red", "blue"],
    });
    define(&desk, choice).await;
    desk
}

#[tokio::test]
async fn a_defined_field_holds_what_it_promises_and_others_are_free() {
    let desk = defined().await;
    let url = format!("/tickets?id=eq.{OPEN}");
    for (field, right, wrong) in [
        (
            "a_text",
            vec![json!("x"), json!("")],
            vec![json!(1), json!(["x"]), json!({})],
        ),
        (
            "a_number",
            vec![json!(1), json!(-2.5)],
            vec![json!("1"), json!(true)],
        ),
        (
            "a_boolean",
            vec![json!(true)],
            vec![json!("true"), json!(1)],
        ),
        (
            "a_date",
            vec![json!("2024-02-29")],
            vec![
                json!("2025-02-29"),
                json!("tomorrow"),
                json!("0000-00-00"),
                json!("2025-1-1"),
                json!(20_250_301),
                json!("2025-03-01x"),
            ],
        ),
        (
            "a_choice",
            vec![json!("red")],
            vec![json!("green"), json!(["red"])],
        ),
        ("free", vec![json!([1, { "x": "y" }]), json!("x")], vec![]),
    ] {
        for value in right.into_iter().chain([Value::Null]) {
            let body = json!({ "custom_fields": { field: value } });
            let reply = desk.patch(&agent(3), &url, &body).await;
            assert_eq!(reply.ok()[0]["custom_fields"], body["custom_fields"]);
        }
        for value in wrong {
            let body = json!({ "custom_fields": { field: value } });
            let error = desk
                .patch(&agent(3), &url, &body)
                .await
                .refused(400, "23514");
            let message = error["message"].as_str().unwrap();
            assert!(
                message.starts_with(&format!("custom field \"{field}\" is no ")),
                "{body}: {message}"
            );
            assert!(error["hint"].as_str().unwrap().starts_with("Say "));
            let mut ticket = json!({ "ticket_type_id": 1, "title": "x" });
            ticket["custom_fields"] = body["custom_fields"].clone();
            let call = desk.server.post("/tickets").token(&client(1));
            call.json(&ticket).send().await.refused(400, "23514");
        }
    }
    for list in [json!([]), json!("x"), json!(1)] {
        let error = desk
            .patch(&agent(3), &url, &json!({ "custom_fields": list }))
            .await;
        assert_eq!(
            error.refused(400, "23514")["message"],
            "custom_fields is no object"
        );
    }
}

#[tokio::test]
async fn a_required_field_is_asked_of_new_tickets_only() {
    let desk = Desk::new().await;
    let field = json!({
        "name": "contract", "label": "Contract number", "kind": "text", "is_required": true,
    });
    define(&desk, field).await;
    let open = |fields: Value| {
        let body = json!({ "ticket_type_id": 1, "title": "x", "custom_fields": fields });
        desk.server.post("/tickets").token(&client(1)).json(&body)
    };
    for fields in [
        json!({}),
        json!({ "contract": null }),
        json!({ "other": 1 }),
    ] {
        let error = open(fields).send().await.refused(400, "23502");
        assert_eq!(error["message"], "custom field \"contract\" is missing");
        let hint = error["hint"].as_str().unwrap();
        assert!(hint.contains("Contract number"), "{hint}");
    }
    let reply = open(json!({ "contract": "C-7" })).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    // What was there before it was asked for is changed without it.
    let url = format!("/tickets?id=eq.{OPEN}");
    desk.patch(&agent(3), &url, &json!({ "custom_fields": { "a": 1 } }))
        .await
        .ok();
}

#[tokio::test]
async fn a_definition_is_checked_itself() {
    let desk = Desk::new().await;
    for (field, value) in [
        ("name", json!("Not A Key")),
        ("kind", json!("colour")),
        ("choices", json!(["x"])),
        ("kind", json!("choice")),
    ] {
        let mut body = json!({ "name": "fine", "label": "Fine", "kind": "text" });
        body[field] = value;
        let call = desk.server.post("/custom_fields").token(&manager());
        call.json(&body).send().await.refused(400, "23514");
    }
    for token in [agent(3), client(1)] {
        let body = json!({ "name": "fine", "label": "Fine", "kind": "text" });
        let call = desk.server.post("/custom_fields").token(&token);
        call.json(&body).send().await.refused(403, "42501");
        let reply = desk.server.get("/custom_fields").token(&token).send().await;
        assert_eq!(reply.ok().as_array().map(Vec::len), Some(1));
    }
}
