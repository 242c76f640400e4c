//! `tickets.first_response_at`, `answers` and `rating` are what messages and feedback say, whatever
//! happens to those.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::SinkExt;
use futures_util::future::join_all;
use tokio_postgres::Client;

use super::write;
use crate::brute_force::Generator;
use crate::harness::desk::{desk, execute};

/// First response, rating, and how many answers, two at most.
type Stamps = BTreeMap<i32, (Option<i64>, Option<i32>, i32)>;

/// What the tickets hold.
async fn kept(client: &Client) -> Stamps {
    let sql =
        "select id, (extract(epoch from first_response_at) * 1000000)::bigint, rating::integer, answers::integer
               from public.tickets";
    let rows = client.query(sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2), row.get(3))))
        .collect()
}

/// The same from messages and feedback, row by row.
async fn brute_force(client: &Client) -> Stamps {
    let mut stamps: Stamps = kept(client)
        .await
        .into_keys()
        .map(|id| (id, (None, None, 0)))
        .collect();
    let sql = "select ticket_id, (extract(epoch from created_at) * 1000000)::bigint, from_client, is_internal
               from public.ticket_messages";
    for row in client.query(sql, &[]).await.unwrap() {
        let (at, from_client): (Option<i64>, Option<bool>) = (row.get(1), row.get(2));
        if from_client == Some(false) && !row.get::<_, bool>(3) {
            let (first, _, answers) = stamps.get_mut(&row.get(0)).unwrap();
            *answers = 2.min(*answers + 1);
            if let Some(at) = at {
                *first = Some(first.map_or(at, |earlier| earlier.min(at)));
            }
        }
    }
    let sql = "select ticket_id, rating from public.ticket_feedback";
    for row in client.query(sql, &[]).await.unwrap() {
        stamps.get_mut(&row.get(0)).unwrap().1 = row.get(1);
    }
    stamps
}

async fn assert_kept(client: &Client, after: &str) {
    let (expected, got) = (brute_force(client).await, kept(client).await);
    for (id, stamps) in &expected {
        assert_eq!(Some(stamps), got.get(id), "ticket {id} after: {after}");
    }
}

/// Every kind of write, on tickets that differ at each turn.
fn statements(generator: &mut Generator) -> Vec<String> {
    let mut id = || 1 + generator.below(60);
    let (a, b, c) = (id(), id(), id());
    let hours = i64::try_from(generator.below(200)).unwrap() - 100;
    let message = format!(
        "insert into ticket_messages (ticket_id, from_client, from_team_member_id, is_internal, message_text, created_at)
         select {a}, {}, 1, {}, 'x', created_at + {hours} * interval '1 hour' from tickets where id = {a}",
        generator.one(&["true", "false", "false", "null"]),
        generator.one(&["true", "false", "false"]),
    );
    let rating = 1 + generator.below(5);
    vec![
        message,
        format!("insert into ticket_messages (ticket_id, message_text) values ({b}, 'by default staff')"),
        format!("insert into ticket_messages (ticket_id, message_text, created_at) values ({b}, 'no time', null)"),
        format!(
            "insert into ticket_messages (ticket_id, from_client, message_text, created_at)
             select n, n % 3 = 0, 'many at once', timestamptz '2025-01-01' + {hours} * interval '1 hour'
             from generate_series({a}, {a} + 20) as n, generate_series(1, 3)"
        ),
        format!("update ticket_messages set message_text = 'changed' where ticket_id = {a}"),
        format!("update ticket_messages set is_internal = not is_internal where ticket_id in ({a}, {c})"),
        format!("update ticket_messages set from_client = not from_client where ticket_id = {b}"),
        format!("update ticket_messages set created_at = created_at + {hours} * interval '1 hour' where ticket_id = {a}"),
        format!("update ticket_messages set ticket_id = {c} where ticket_id = {b}"),
        format!(
            "update ticket_messages set ticket_id = case ticket_id when {a} then {b} else {a} end
             where ticket_id in ({a}, {b})"
        ),
        format!("delete from ticket_messages where ticket_id = {c} and not from_client"),
        format!("delete from ticket_messages where ticket_id between {c} and {c} + 5"),
        "delete from ticket_messages where false".to_owned(),
        format!(
            "insert into ticket_feedback (ticket_id, rating) values ({a}, {rating})
             on conflict (ticket_id) do update set rating = excluded.rating"
        ),
        format!(
            "insert into ticket_feedback (ticket_id, rating) values ({b}, {rating})
             on conflict (ticket_id) do nothing"
        ),
        format!("update ticket_feedback set rating = null where ticket_id = {a}"),
        format!("update ticket_feedback set rating = {rating} where ticket_id between {a} and {a} + 9"),
        format!("update ticket_feedback set feedback_text = 'changed' where ticket_id = {b}"),
        // to a ticket that has none
        format!(
            "update ticket_feedback set ticket_id = (
                 select min(t.id) from tickets as t
                 where t.id > {c} and not exists (select from ticket_feedback as f where f.ticket_id = t.id)
             )
             where ticket_id = (select min(ticket_id) from ticket_feedback)"
        ),
        format!("delete from ticket_feedback where ticket_id between {c} and {c} + 3"),
        // both changed at once, and a ticket that goes with its children
        format!(
            "with gone as (delete from ticket_feedback where ticket_id = {a})
             insert into ticket_messages (ticket_id, message_text) values ({a}, 'together')"
        ),
        format!("delete from tickets where id = {} and not exists (select from ticket_assignees where ticket_id = tickets.id)", 61 + generator.below(100)),
    ]
}

#[tokio::test]
async fn tickets_keep_what_messages_and_feedback_say_through_every_kind_of_write() {
    let database = desk().await;
    let client = database.connect("postgres").await;
    assert_kept(&client, "the seed").await;
    let mut generator = Generator::new(8);
    for _ in 0..4 {
        for sql in statements(&mut generator) {
            write(&client, &sql).await;
            assert_kept(&client, &sql).await;
        }
    }
    // two feedbacks change places: only a deferred or a three-step swap can
    execute(
        &client,
        "begin;
         create temporary table two on commit drop as
         select ticket_id, rating from ticket_feedback order by rating desc nulls last, ticket_id limit 2;
         delete from ticket_feedback where ticket_id in (select ticket_id from two);
         insert into ticket_feedback (ticket_id, rating)
         select (array(select ticket_id from two order by ticket_id))[3 - row_number() over (order by ticket_id)], rating
         from two;
         commit",
    )
    .await;
    assert_kept(&client, "a swap").await;
    for sql in ["truncate ticket_feedback", "truncate ticket_messages"] {
        execute(&client, sql).await;
        assert_kept(&client, sql).await;
    }
    assert!(
        kept(&client)
            .await
            .values()
            .all(|stamps| *stamps == (None, None, 0))
    );
}

#[tokio::test]
async fn what_is_rolled_back_is_not_kept() {
    let database = desk().await;
    let client = database.connect("postgres").await;
    let before = kept(&client).await;
    execute(
        &client,
        "begin; delete from ticket_messages; delete from ticket_feedback; rollback",
    )
    .await;
    assert_eq!(kept(&client).await, before);
}

#[tokio::test]
async fn a_bulk_load_by_copy_is_kept_too() {
    let database = desk().await;
    let client = database.connect("postgres").await;
    execute(&client, "truncate ticket_messages, ticket_feedback").await;
    for (copy, lines) in [
        (
            "copy ticket_messages (ticket_id, from_client, message_text, created_at) from stdin (format csv)",
            "1,true,a,2025-01-01\n1,false,b,2025-01-03\n1,false,c,2025-01-02\n2,false,d,2025-01-04\n",
        ),
        (
            "copy ticket_feedback (ticket_id, rating) from stdin (format csv)",
            "1,5\n2,\n3,1\n",
        ),
    ] {
        let mut sink = Box::pin(client.copy_in::<_, Bytes>(copy).await.unwrap());
        sink.send(Bytes::from_static(lines.as_bytes()))
            .await
            .unwrap();
        sink.close().await.unwrap();
        assert_kept(&client, copy).await;
    }
    assert_eq!(kept(&client).await[&3], (None, Some(1), 0));
}

/// The first answer is deleted while another, later one is being written.
#[tokio::test]
async fn two_writers_at_once_lose_no_response() {
    let database = desk().await;
    let client = database.connect("postgres").await;
    execute(
        &client,
        "delete from ticket_messages where ticket_id = 1;
         insert into ticket_messages (id, ticket_id, message_text, created_at) values (-1, 1, 'first', '2025-01-05')",
    )
    .await;
    let writer = database.connect("postgres").await;
    execute(
        &writer,
        "begin; insert into ticket_messages (ticket_id, message_text, created_at) values (1, 'later', '2025-01-07')",
    )
    .await;
    let deleter = database.connect("postgres").await;
    let pid: i32 = deleter
        .query_one("select pg_backend_pid()", &[])
        .await
        .unwrap()
        .get(0);
    let deleting = tokio::spawn(async move {
        write(&deleter, "delete from ticket_messages where id = -1").await;
    });
    // done, or waiting for the writer
    let blocked = "select cardinality(pg_blocking_pids($1)) > 0";
    while !deleting.is_finished()
        && !client
            .query_one(blocked, &[&pid])
            .await
            .unwrap()
            .get::<_, bool>(0)
    {
        tokio::task::yield_now().await;
    }
    execute(&writer, "commit").await;
    deleting.await.unwrap();
    assert_kept(&client, "both").await;
}

/// Of many who answer at once, and of many who take back what they said, each counts.
#[tokio::test]
async fn answers_given_at_once_are_all_counted() {
    let database = desk().await;
    let client = database.connect("postgres").await;
    execute(&client, "delete from ticket_messages").await;
    let writers = join_all((0..6).map(|_| database.connect("postgres"))).await;
    // of two who delete messages of one ticket at once PostgreSQL may end one (40P01): they take turns here
    for (sql, answers, at_once) in [
        (
            "insert into ticket_messages (id, ticket_id, message_text) values (9000000 + $n, 1 + $n % 3, 'x')",
            [2, 2, 2],
            6,
        ),
        (
            "delete from ticket_messages where id = 9000000 + $n and ($n % 3 = 1 or $n % 3 = 2 and $n > 2)",
            [2, 0, 1],
            1,
        ),
    ] {
        let at_work = writers.iter().take(at_once).enumerate();
        let writing = at_work.map(|(nth, writer)| async move {
            for round in 0..36 / at_once {
                let n = (nth + round * at_once).to_string();
                write(writer, &sql.replace("$n", &n)).await;
            }
        });
        join_all(writing).await;
        assert_kept(&client, sql).await;
        let kept = kept(&client).await;
        assert_eq!([kept[&1].2, kept[&2].2, kept[&3].2], answers);
    }
}

/// The third answer, and those after it, leave the ticket alone.
#[tokio::test]
async fn a_long_thread_changes_its_ticket_twice() {
    let database = desk().await;
    let client = database.connect("postgres").await;
    execute(
        &client,
        "update ticket_statuses set pauses_sla = false;
         insert into tickets (id, client_id, ticket_type_id, title, priority) values (9100001, 1, 1, 'Long', 'low');
         insert into ticket_messages (ticket_id, message_text) values (9100001, 'one');
         insert into ticket_messages (ticket_id, message_text) values (9100001, 'two')",
    )
    .await;
    let version = "select xmin::text from tickets where id = 9100001";
    let before: String = client.query_one(version, &[]).await.unwrap().get(0);
    execute(&client, "insert into ticket_messages (ticket_id, message_text) select 9100001, 'more' from generate_series(1, 5)").await;
    let after: String = client.query_one(version, &[]).await.unwrap().get(0);
    assert_eq!(before, after);
}
