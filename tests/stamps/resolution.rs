//! When a ticket was resolved and closed: nothing is open and resolved at once.

use tokio_postgres::Client;

use super::write;
use crate::brute_force::Generator;
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};

/// What a ticket shows; times as text, to the microsecond.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    status: Option<String>,
    category: String,
    resolved_at: Option<String>,
    closed_at: Option<String>,
}

async fn shown(client: &Client, id: i32) -> Shown {
    let sql =
        "select t.status, coalesce(s.category, 'open'), t.resolved_at::text, t.closed_at::text
               from public.tickets as t
               left join public.ticket_statuses as s on s.code = t.status
               where t.id = $1";
    let row = client.query_one(sql, &[&id]).await.unwrap();
    Shown {
        status: row.get(0),
        category: row.get(1),
        resolved_at: row.get(2),
        closed_at: row.get(3),
    }
}

async fn now(client: &Client) -> Option<String> {
    let row = client.query_one("select now()::text", &[]).await.unwrap();
    row.get(0)
}

async fn desk_in_utc() -> (TestDb, Client) {
    let database = desk().await;
    let client = database.connect("postgres").await;
    execute(&client, "set timezone = 'UTC'").await;
    (database, client)
}

#[tokio::test]
async fn a_row_that_arrives_keeps_the_times_that_it_brings() {
    let (_database, client) = desk_in_utc().await;
    for (status, resolved, closed) in [
        ("'resolved'", "'2024-01-02 00:00:00+00'", "null"),
        ("'resolved'", "null", "null"),
        (
            "'closed'",
            "'2024-01-02 00:00:00+00'",
            "'2024-01-03 00:00:00+00'",
        ),
        ("'closed'", "null", "null"),
        ("'open'", "null", "null"),
        ("null", "null", "null"),
    ] {
        let sql = format!(
            "insert into public.tickets (client_id, ticket_type_id, title, status, resolved_at, closed_at)
             values (1, 1, 'x', {status}, {resolved}, {closed}) returning id"
        );
        let id: i32 = client.query_one(&sql, &[]).await.unwrap().get(0);
        let ticket = shown(&client, id).await;
        let text = |time: Option<String>| time.map_or("null".to_owned(), |t| format!("'{t}'"));
        assert_eq!(text(ticket.resolved_at), resolved, "{sql}");
        assert_eq!(text(ticket.closed_at), closed, "{sql}");
    }
}

/// One ticket through a hundred random changes; the rules are read by eye from domain.md.
#[tokio::test]
async fn no_walk_through_the_statuses_leaves_a_ticket_open_and_resolved() {
    let (_database, client) = desk_in_utc().await;
    let mut generator = Generator::new(9);
    let statuses = [
        "'new'",
        "'open'",
        "'in_progress'",
        "'blocked'",
        "'pending'",
        "'resolved'",
        "'resolved'",
        "'closed'",
        "'closed'",
        "null",
    ];
    for id in [3, 8, 15] {
        write(
            &client,
            &format!("update tickets set status = 'open' where id = {id} and status <> 'open'"),
        )
        .await;
        for _ in 0..100 {
            let before = shown(&client, id).await;
            let status = generator.one(&statuses);
            let resolved = generator.chance(20);
            let closed = generator.chance(20);
            let mut sets = vec![format!("status = {status}")];
            if resolved {
                sets.push("resolved_at = '2020-02-02 02:02:02+00'".to_owned());
            }
            if closed {
                sets.push("closed_at = '2020-03-03 03:03:03+00'".to_owned());
            }
            let sql = format!("update tickets set {} where id = {id}", sets.join(", "));
            execute(&client, "begin").await;
            write(&client, &sql).await;
            let after = shown(&client, id).await;
            let now = now(&client).await;
            execute(&client, "commit").await;
            if after.status == before.status {
                continue;
            }
            let given = |given: bool, at: &str| given.then(|| at.to_owned());
            let resolved = given(resolved, "2020-02-02 02:02:02+00");
            let closed = given(closed, "2020-03-03 03:03:03+00");
            let told = format!("{before:?} then {sql}");
            match after.category.as_str() {
                "open" | "pending" => {
                    assert_eq!((after.resolved_at, after.closed_at), (None, None), "{told}");
                }
                "solved" => {
                    assert_eq!(
                        after.resolved_at,
                        resolved.or(before.resolved_at).or(now),
                        "{told}"
                    );
                    // a time that stays as it was is not one that the statement sets
                    let kept = closed.filter(|at| before.closed_at.as_ref() != Some(at));
                    assert_eq!(after.closed_at, kept, "{told}");
                }
                "closed" => {
                    assert_eq!(
                        after.resolved_at,
                        resolved.or(before.resolved_at),
                        "closing does not resolve: {told}"
                    );
                    assert_eq!(
                        after.closed_at,
                        closed.or(before.closed_at).or(now),
                        "{told}"
                    );
                }
                other => unreachable!("{other}"),
            }
        }
    }
}

#[tokio::test]
async fn many_at_once_are_each_stamped_by_their_own_past() {
    let (_database, client) = desk_in_utc().await;
    write(&client, "update tickets set status = 'resolved'").await;
    write(
        &client,
        "update tickets set status = 'closed' where id % 2 = 0",
    )
    .await;
    let sql = "select count(*) from tickets
               where (status = 'resolved') is distinct from (resolved_at is not null and closed_at is null)
                   and status <> 'closed'
                   or status = 'closed' and closed_at is null";
    // tickets that were resolved without a time before stay so: their status did not change
    let untouched: i64 = client
        .query_one(
            "select count(*) from tickets where status = 'resolved' and resolved_at is null",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    let wrong: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(wrong, untouched);
    write(&client, "update tickets set status = 'open'").await;
    let sql = "select count(*) from tickets
               where resolved_at is not null or closed_at is not null or resolution_seconds is not null";
    assert_eq!(
        client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0),
        0
    );
}

#[tokio::test]
async fn a_change_of_anything_else_stamps_nothing() {
    let (_database, client) = desk_in_utc().await;
    for id in 1..40 {
        let before = shown(&client, id).await;
        let sql = format!(
            "update tickets set title = title || '!', priority = 'high', status = status, assigned_to = 2 where id = {id}"
        );
        write(&client, &sql).await;
        assert_eq!(shown(&client, id).await, before);
    }
}
