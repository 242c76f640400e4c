//! Somebody writes while the client is erased: whoever is first, nothing is left.

use std::time::Duration;

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::traces::marked;
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};
use crate::harness::identity::sqlstate;

const MARK: &str = "late words";

const TICKETS: &str = "
    insert into public.tickets (id, client_id, ticket_type_id, title, status) values
        (9100001, 1, 1, 'Open', 'open'), (9100002, 1, 1, 'Solved', 'resolved'), (9100003, 1, 1, 'Rated', 'resolved'),
        (9100004, 2, 1, 'late words of another', 'open');
    insert into public.ticket_feedback (ticket_id, rating, feedback_text) values (9100003, 5, 'Hello');
    insert into public.client_contacts (id, client_id, first_name, last_name, email)
    values (9100001, 2, 'late words', 'of another', 'a@b.example')";

/// Who writes, and what.
const WRITES: &[(&str, &str)] = &[
    (
        "desk_client",
        "insert into tickets (ticket_type_id, title) values (1, 'late words')",
    ),
    (
        "desk_client",
        "insert into ticket_messages (ticket_id, message_text) values (9100001, 'late words')",
    ),
    (
        "desk_client",
        "insert into ticket_feedback (ticket_id, rating, feedback_text) values (9100002, 5, 'late words')",
    ),
    (
        "desk_client",
        "update ticket_feedback set feedback_text = 'late words' where ticket_id = 9100003",
    ),
    (
        "desk_agent",
        "insert into ticket_messages (ticket_id, message_text, is_internal) values (9100001, 'late words', true)",
    ),
    (
        "desk_agent",
        "insert into tickets (client_id, ticket_type_id, title) values (1, 1, 'late words')",
    ),
    (
        "desk_agent",
        "update tickets set title = 'late words', tags = '{late words}' where id = 9100001",
    ),
    (
        "desk_manager",
        "update clients set client_name = 'late words' where id = 1",
    ),
    (
        "desk_manager",
        "insert into client_contacts (client_id, first_name, last_name, email) values (1, 'late words', 'x', 'late@x.example')",
    ),
    (
        "desk_manager",
        "update client_contacts set client_id = 1 where id = 9100001",
    ),
    (
        "desk_admin",
        "insert into payments (client_id, amount_usd, payment_type, metadata) values (1, 5, 'top-up', '{\"a\": \"late words\"}')",
    ),
    (
        "desk_service",
        "insert into ticket_messages (ticket_id, from_client, message_text) values (9100001, true, 'late words')",
    ),
    (
        "desk_service",
        "update tickets set client_id = 1 where id = 9100004",
    ),
];

/// A connection of the server's login that has become somebody, within a transaction.
async fn begin(database: &TestDb, role: &str, claims: &Value) -> Client {
    let login = database.connect("desk_authenticator").await;
    let become_it =
        format!("begin; set local role {role}; set local request.jwt.claims = '{claims}'");
    execute(&login, &become_it).await;
    login
}

/// Until it has finished, or waits for somebody.
async fn blocked<T>(desk: &Client, pid: i32, running: &tokio::task::JoinHandle<T>) -> bool {
    let waits = "select cardinality(pg_blocking_pids($1)) > 0";
    let until = async {
        loop {
            if running.is_finished() {
                return false;
            }
            if desk.query_one(waits, &[&pid]).await.unwrap().get(0) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let until = tokio::time::timeout(Duration::from_secs(30), until).await;
    until.expect("it finishes, or waits")
}

async fn pid(client: &Client) -> i32 {
    let row = client.query_one("select pg_backend_pid()", &[]).await;
    row.unwrap().get(0)
}

/// Runs `first` in an open transaction, starts `second`, commits the first; gives the second's SQLSTATE,
/// empty where it was done, and whether it had to wait.
async fn one_after_the_other(
    desk: &Client,
    (first, does): (Client, &str),
    (second, then): (Client, &'static str),
) -> (String, bool) {
    first.execute(does, &[]).await.expect(does);
    let pid = pid(&second).await;
    let running = tokio::spawn(async move {
        let answer = second.execute(then, &[]).await;
        let code = sqlstate(&answer).to_owned();
        execute(&second, "commit").await;
        code
    });
    let waited = blocked(desk, pid, &running).await;
    execute(&first, "commit").await;
    (running.await.unwrap(), waited)
}

const ERASE: &str = "select public.erase_client(1)";

async fn race(role: &str, write: &'static str, writer_first: bool) {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    execute(&desk, TICKETS).await;
    let claims = match role {
        "desk_client" => json!({ "client_id": 1 }),
        _ => json!({ "team_member_id": 1 }),
    };
    let writer = begin(&database, role, &claims).await;
    let eraser = begin(&database, "desk_admin", &json!({ "team_member_id": 1 })).await;
    let said = if writer_first {
        one_after_the_other(&desk, (writer, write), (eraser, ERASE)).await
    } else {
        one_after_the_other(&desk, (eraser, ERASE), (writer, write)).await
    };
    let refused = if writer_first { "" } else { "PT409" };
    assert_eq!(said, (refused.to_owned(), true), "{write}");
    // what another client's rows say is another's, unless they have become this one's
    execute(
        &desk,
        "delete from public.tickets where client_id = 2;
        delete from public.client_contacts where client_id = 2",
    )
    .await;
    assert_eq!(marked(&desk, MARK).await, [""; 0], "{write}");
}

#[tokio::test]
async fn what_is_being_written_is_waited_for_and_erased() {
    for (role, write) in WRITES {
        race(role, write, true).await;
    }
}

#[tokio::test]
async fn who_writes_during_an_erasure_waits_and_is_refused() {
    for (role, write) in WRITES {
        race(role, write, false).await;
    }
}

#[tokio::test]
async fn of_two_erasures_at_once_one_waits_and_both_are_answered() {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    let claims = json!({ "team_member_id": 1 });
    let first = begin(&database, "desk_admin", &claims).await;
    let second = begin(&database, "desk_admin", &claims).await;
    let said = one_after_the_other(&desk, (first, ERASE), (second, ERASE)).await;
    assert_eq!(said, (String::new(), true));
}
