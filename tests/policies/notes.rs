//! Internal notes: a client never sees one, counts one, or sees that there is one.

use serde_json::Value;

use super::secrets::marked_desk;
use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, client, execute, serve};
use crate::harness::server::TestServer;

/// Every way to ask for messages; each would show a note if it could.
const DOORS: &[&str] = &[
    "/ticket_messages",
    "/ticket_messages?select=*",
    "/ticket_messages?select=message_text",
    "/ticket_messages?select=text:message_text,is_internal",
    "/ticket_messages?order=is_internal.desc",
    "/ticket_messages?or=(is_internal.is.true,is_internal.is.false)",
    "/ticket_messages?from_client=is.false",
    "/ticket_messages?created_at=gte.2000-01-01",
];

/// Ways to ask for nothing but notes.
const NOTES_ONLY: &[&str] = &[
    "/ticket_messages?is_internal=is.true",
    "/ticket_messages?is_internal=eq.true",
    "/ticket_messages?is_internal=not.is.false",
    "/ticket_messages?is_internal=neq.false",
    "/ticket_messages?not.or=(is_internal.is.false,id.lt.0)",
    "/ticket_messages?message_text=like.*secret*",
    "/ticket_messages?message_text=match.secret",
    "/ticket_messages?select=id&message_text=eq.secret%20note",
    "/ticket_messages?id=eq.9000001",
    "/ticket_messages?id=in.(9000001,9000002)&limit=1",
    // a cast of a note would fail
    "/ticket_messages?select=message_text::integer&is_internal=is.true",
];

/// A ticket of client 1 that nobody has answered, with two notes on it.
const NOTES: &str = "
    delete from ticket_messages where ticket_id = 9000000;
    insert into tickets (id, client_id, assigned_to, ticket_type_id, title)
    values (9000000, 1, 1, 1, 'Not answered yet')
    on conflict do nothing;
    insert into ticket_messages (id, ticket_id, from_client, from_team_member_id, message_text, is_internal)
    values
        (9000001, 9000000, false, 1, 'secret note', true),
        -- whoever it says it is from
        (9000002, 9000000, true, null, 'secret note', true)";

async fn own_messages(database: &TestDb) -> i64 {
    let admin = database.connect("postgres").await;
    let statement = "select count(*) from ticket_messages
        where is_internal = false and ticket_id in (select id from tickets where client_id = 1)";
    admin.query_one(statement, &[]).await.unwrap().get(0)
}

async fn ticket(server: &TestServer, token: &str) -> Value {
    let url = "/tickets?id=eq.9000000";
    server.get(url).token(token).send().await.ok()[0].clone()
}

#[tokio::test]
async fn no_list_or_count_of_a_client_has_a_note() {
    let database = marked_desk().await;
    execute(&database.connect("postgres").await, NOTES).await;
    let server = serve(&database).await;
    let own = own_messages(&database).await;
    for url in DOORS {
        for accept in ["application/json", "text/csv"] {
            let call = server.get(url).token(&client(1)).header("accept", accept);
            let reply = call.header("prefer", "count=exact").send().await;
            reply.reveals_nothing();
            assert!(reply.status.is_success(), "{url}: {}", reply.text());
            if url.contains("from_client") {
                continue;
            }
            let range = reply.header("content-range").unwrap();
            assert!(
                range.ends_with(&format!("/{own}")),
                "{url}: {range} of {own}"
            );
        }
        // there are notes to be seen, by those who may
        let reply = server.get(url).token(&agent()).send().await;
        assert!(reply.text().contains("secret note"), "{url}");
    }
}

#[tokio::test]
async fn asking_for_notes_finds_none() {
    let database = marked_desk().await;
    execute(&database.connect("postgres").await, NOTES).await;
    let server = serve(&database).await;
    for url in NOTES_ONLY {
        let call = server.get(url).token(&client(1));
        call.header("prefer", "count=exact").send().await.is_empty();
        let head = server.head(url).token(&client(1));
        let head = head.header("prefer", "count=exact").send().await;
        assert_eq!(head.header("content-range"), Some("*/0"), "HEAD {url}");
        let object = server.get(url).token(&client(1));
        let object = object.header("accept", "application/vnd.pgrst.object+json");
        let reply = object.send().await;
        reply.reveals_nothing().refused(406, "PGRST116");
    }
}

#[tokio::test]
async fn a_note_leaves_no_trace_on_the_ticket() {
    let database = marked_desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, NOTES).await;
    let server = serve(&database).await;
    let with_notes = ticket(&server, &client(1)).await;
    assert_eq!(with_notes["first_response_at"], Value::Null);
    execute(
        &admin,
        "update ticket_messages set message_text = 'x' where id = 9000001",
    )
    .await;
    assert_eq!(ticket(&server, &client(1)).await, with_notes);
    execute(
        &admin,
        "delete from ticket_messages where ticket_id = 9000000",
    )
    .await;
    assert_eq!(ticket(&server, &client(1)).await, with_notes);
}

#[tokio::test]
async fn a_message_that_becomes_a_note_is_gone_at_once() {
    let database = marked_desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, NOTES).await;
    let server = serve(&database).await;
    let url = "/ticket_messages?id=eq.9000001";
    let publish = "update ticket_messages set is_internal = false, message_text = 'Hello'
        where id = 9000001";
    execute(&admin, publish).await;
    let shown = server.get(url).token(&client(1)).send().await.ok();
    assert_eq!(shown[0]["message_text"], "Hello");
    assert_ne!(
        ticket(&server, &client(1)).await["first_response_at"],
        Value::Null
    );

    execute(
        &admin,
        "update ticket_messages set is_internal = true where id = 9000001",
    )
    .await;
    server.get(url).token(&client(1)).send().await.is_empty();
    assert_eq!(
        ticket(&server, &client(1)).await["first_response_at"],
        Value::Null
    );
}
