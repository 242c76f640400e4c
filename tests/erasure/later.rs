//! What may still be written once a client is erased.

use serde_json::{Value, json};

use super::{admin, erase};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, client, desk, execute, serve};
use crate::harness::http::Reply;
use crate::harness::server::{TestServer, token};

const TICKETS: &str = "
    insert into public.tickets (id, client_id, ticket_type_id, title, status) values
        (9100001, 1, 1, 'Open', 'open'), (9100002, 1, 1, 'Solved', 'resolved'), (9100003, 2, 1, 'Another', 'open');
    insert into public.ticket_messages (ticket_id, message_text) values (9100001, 'Hello')";

async fn erased() -> (TestDb, TestServer) {
    let database = desk().await;
    execute(&database.connect("postgres").await, TICKETS).await;
    let server = serve(&database).await;
    erase(&server, &admin(), 1).await.ok();
    (database, server)
}

async fn send(
    server: &TestServer,
    token: &str,
    (method, url): (&'static str, &str),
    body: &Value,
) -> Reply {
    let call = server.call(method, url).token(token);
    call.json(body).send().await
}

#[tokio::test]
async fn nothing_more_is_written_down() {
    let (_database, server) = erased().await;
    let service = token("desk_service", json!({}));
    let manager = token("desk_manager", json!({ "team_member_id": 1 }));
    let ticket = json!({ "client_id": 1, "ticket_type_id": 1, "title": "Again" });
    let message = json!({ "ticket_id": 9_100_001, "message_text": "Again" });
    let mail = json!({ "ticket_id": 9_100_001, "message_text": "By mail", "from_client": true });
    let contact =
        json!({ "client_id": 1, "first_name": "A", "last_name": "B", "email": "a@b.example" });
    let noted = json!({ "client_id": 1, "amount_usd": 5, "payment_type": "top-up", "metadata": { "iban": "x" } });
    let feedback = json!({ "ticket_id": 9_100_002, "rating": 5, "feedback_text": "Again" });
    let patch = "/tickets?id=eq.9100001";
    let said = "/ticket_messages?ticket_id=eq.9100001";
    let record = "/clients?id=eq.1";
    for (who, method, url, body) in [
        (&client(1), "POST", "/tickets", &ticket),
        (&agent(), "POST", "/tickets", &ticket),
        (&service, "POST", "/tickets", &ticket),
        (&client(1), "POST", "/ticket_messages", &message),
        (&agent(), "POST", "/ticket_messages", &message),
        (&service, "POST", "/ticket_messages", &mail),
        (&client(1), "POST", "/ticket_feedback", &feedback),
        (&manager, "POST", "/client_contacts", &contact),
        (&service, "POST", "/payments", &noted),
        (&agent(), "PATCH", patch, &json!({ "title": "Mr. Meier" })),
        (&agent(), "PATCH", patch, &json!({ "tags": ["meier"] })),
        (
            &agent(),
            "PATCH",
            patch,
            &json!({ "custom_fields": { "name": "Meier" } }),
        ),
        (
            &service,
            "PATCH",
            "/tickets?id=eq.9100003",
            &json!({ "client_id": 1 }),
        ),
        (
            &service,
            "PATCH",
            said,
            &json!({ "message_text": "Mr. Meier" }),
        ),
        (
            &manager,
            "PATCH",
            record,
            &json!({ "client_name": "Meier" }),
        ),
        (
            &manager,
            "PATCH",
            record,
            &json!({ "email": "a@b.example" }),
        ),
        (
            &service,
            "PATCH",
            record,
            &json!({ "metadata": { "name": "Meier" } }),
        ),
        (&admin(), "PATCH", record, &json!({ "erased_at": null })),
    ] {
        let error = send(&server, who, (method, url), body)
            .await
            .refused(409, "PT409");
        assert_eq!(
            error["message"], "client 1 was erased",
            "{method} {url} {body}"
        );
        assert!(error["hint"].as_str().unwrap().contains("POST /clients"));
    }
}

/// The desk goes on: what is open is closed, the books are kept.
#[tokio::test]
async fn what_says_nothing_about_the_person_is_still_possible() {
    let (_database, server) = erased().await;
    let patch = "/tickets?id=eq.9100001";
    let status =
        json!({ "status": "resolved", "assigned_to": 3, "priority": "low", "title": "Erased" });
    let refund =
        json!({ "client_id": 1, "amount_usd": -5, "payment_type": "top-up", "status": "refunded" });
    let helper = json!({ "ticket_id": 9_100_001, "team_member_id": 4 });
    let record = json!({ "status": "inactive", "monthly_budget": 0 });
    for (who, method, url, body, answer) in [
        (&agent(), "PATCH", patch, &status, 204),
        (&agent(), "POST", "/ticket_assignees", &helper, 201),
        (&admin(), "POST", "/payments", &refund, 201),
        (&admin(), "PATCH", "/clients?id=eq.1", &record, 204),
        (&admin(), "DELETE", patch, &json!({}), 204),
    ] {
        let reply = send(&server, who, (method, url), body).await;
        assert_eq!(reply.status, answer, "{method} {url}: {}", reply.text());
    }
}

/// Somebody who comes back is somebody new, under the old address.
#[tokio::test]
async fn the_address_is_free_again() {
    let database = desk().await;
    let server = serve(&database).await;
    let url = "/clients?id=eq.1&select=client_name,email";
    let before = server.get(url).token(&admin()).send().await.ok()[0].clone();
    erase(&server, &admin(), 1).await.ok();
    let after = server.get(url).token(&admin()).send().await.ok()[0].clone();
    assert_eq!(after["client_name"], "Erased client 1");
    assert_ne!(after["email"], before["email"]);
    let reply = send(&server, &admin(), ("POST", "/clients"), &before).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
}

/// Others' tickets, contacts and records are not asked twice.
#[tokio::test]
async fn other_clients_go_on_as_before() {
    let (_database, server) = erased().await;
    let message = json!({ "ticket_id": 9_100_003, "message_text": "Hello" });
    for who in [client(2), agent()] {
        let reply = send(&server, &who, ("POST", "/ticket_messages"), &message).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
    }
    let title = json!({ "title": "Changed" });
    let reply = send(
        &server,
        &agent(),
        ("PATCH", "/tickets?id=eq.9100003"),
        &title,
    )
    .await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    // and a client asking for the erased one's tickets is told what it always was
    let message = json!({ "ticket_id": 9_100_001, "message_text": "Hello" });
    let reply = send(&server, &client(2), ("POST", "/ticket_messages"), &message).await;
    let error = reply.refused(403, "42501");
    assert_eq!(error["message"], "you have no ticket 9100001");
}
