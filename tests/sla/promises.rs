//! What tickets and roll-ups say about promises is what the clocks say, whoever writes at the same time.

use futures_util::future::join_all;

use super::desk::Desk;
use crate::harness::desk::execute;

const ROUNDS: usize = 40;

/// One of the things that happen to ten tickets, to each at most one a statement: no deadlocks.
fn write(nth: usize, round: usize) -> String {
    let ticket = 9_500_000 + 1 + (round * 7 + nth * 3) % 10;
    match (nth + round) % 8 {
        0 => format!(
            "insert into public.ticket_messages (ticket_id, from_client, message_text) values ({ticket}, true, 'Any news?')"
        ),
        1 => format!(
            "insert into public.ticket_messages (ticket_id, from_client, message_text) values ({ticket}, false, 'Soon')"
        ),
        2 => format!(
            "update public.tickets set priority = case priority when 'urgent' then 'high' else 'urgent' end where id = {ticket}"
        ),
        3 => format!(
            "update public.tickets set assigned_to = {}, ticket_type_id = {} where id = {ticket}",
            1 + round % 15,
            1 + round % 14
        ),
        4 => format!(
            "update public.tickets set status = 'resolved', resolved_at = now() where id = {ticket} and resolved_at is null"
        ),
        5 => format!(
            "update public.tickets set status = 'open', resolved_at = null where id = {ticket} and resolved_at is not null"
        ),
        // becomes overdue while nobody looks
        6 => format!(
            "update public.sla_clocks set due_at = now() - interval '1 minute'
             where ticket_id = {ticket} and stopped_at is null and breached_at is null"
        ),
        _ => "select ops.record_breaches(3)".to_owned(),
    }
}

#[tokio::test]
async fn nothing_is_torn_where_clocks_and_tickets_change_at_once() {
    let desk = Desk::new().await;
    desk.run(
        "insert into public.tickets (id, client_id, ticket_type_id, title, priority)
         select 9500000 + n, 1, 1, 'Contended', 'urgent' from generate_series(1, 10) as n",
    )
    .await;
    let writers = join_all((0..5).map(|_| desk.database.connect("postgres"))).await;
    let writing = writers.iter().enumerate().map(|(nth, writer)| async move {
        for round in 0..ROUNDS {
            execute(writer, &write(nth, round)).await;
        }
    });
    let folder = desk.database.connect("postgres").await;
    let folding = async {
        for _ in 0..ROUNDS / 4 {
            execute(&folder, "select analytics.fold()").await;
        }
    };
    let reading = async {
        for _ in 0..ROUNDS / 8 {
            assert_eq!(wrong(&desk).await, "");
        }
    };
    tokio::join!(join_all(writing), folding, reading);
    assert_eq!(wrong(&desk).await, "");
    let changed = "(select bool_or(breached_at is not null) and bool_or(is_done) and bool_or(stopped_at is null)
        from public.sla_clocks where ticket_id > 9500000)";
    assert!(desk.holds(changed).await);
}

/// What `analytics.verify()` finds, in one snapshot.
async fn wrong(desk: &Desk) -> String {
    let found = "(select string_agg(v::text, ', ') from analytics.verify() as v)";
    desk.text(found).await.unwrap_or_default()
}

/// A reader that began before a breach was recorded counts it as all others do.
#[tokio::test]
async fn whoever_began_earlier_sees_a_recorded_breach() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now()").await;
    desk.run("begin").await;
    let running = desk.clocks().await;
    assert!(
        running.iter().all(|clock| clock.contains("running")),
        "{running:?}"
    );
    let other = desk.database.connect("postgres").await;
    execute(
        &other,
        "update public.sla_clocks set due_at = clock_timestamp(), breached_at = clock_timestamp(), recorded_at = clock_timestamp()
         where ticket_id = 9200001",
    )
    .await;
    let breached = desk.clocks().await;
    assert!(
        breached.iter().all(|clock| clock.contains("breached")),
        "{breached:?}"
    );
    desk.run("commit").await;
}
