//! Rebuilding: exact while everybody goes on, and the remedy for a load that no trigger has seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_postgres::Client;

use super::{attempt, fold, manager, number, small_desk, total, unfolded, verify};
use crate::harness::desk::execute;

/// What waits longer for a lock than this fails.
const UNBLOCKED: &str = "set lock_timeout = '150ms'";

async fn zone(session: &Client) -> String {
    let sql = "select zone from analytics.rollups";
    session.query_one(sql, &[]).await.expect(sql).get(0)
}

#[tokio::test]
async fn a_load_past_the_triggers_is_found_and_mended() {
    let (database, admin) = small_desk().await;
    let reader = manager(&database).await;
    fold(&admin, 100_000).await;
    let before = total(&reader).await;
    execute(
        &admin,
        "set session_replication_role = replica;
         insert into public.tickets (client_id, ticket_type_id, title, priority)
         select 1, 1, 'Loaded', 'low' from generate_series(1, 30);
         set session_replication_role = origin",
    )
    .await;
    assert_eq!(unfolded(&admin).await, 0);
    assert_eq!(total(&reader).await, before);
    let wrong = verify(&admin).await;
    assert!(
        wrong
            .iter()
            .any(|row| row["problem"] == "wrong" || row["problem"] == "missing")
    );
    execute(&admin, "call analytics.rebuild()").await;
    assert_eq!(total(&reader).await, before + 30);
    assert!(verify(&admin).await.is_empty());
}

#[tokio::test]
async fn a_zone_is_kept_until_another_is_given() {
    let (_database, admin) = small_desk().await;
    execute(&admin, "set role desk_owner").await;
    for (call, expected) in [
        ("rebuild()", "UTC"),
        ("rebuild('America/Havana')", "America/Havana"),
        ("rebuild()", "America/Havana"),
        ("rebuild('UTC')", "UTC"),
    ] {
        execute(&admin, &format!("call analytics.{call}")).await;
        assert_eq!(zone(&admin).await, expected, "{call}");
        assert!(verify(&admin).await.is_empty(), "{call}");
    }
    let locks = "select count(*) from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())";
    assert_eq!(number(&admin, locks).await, 0);
}

/// Or nobody would fold any more while the session lasts.
#[tokio::test]
async fn a_rebuild_that_fails_gives_its_lock_back() {
    let (database, admin) = small_desk().await;
    let other = database.connect("postgres").await;
    execute(&admin, "set statement_timeout = '20ms'").await;
    for zone in ["UTC", "Nowhere/Land"] {
        let call = format!("call analytics.rebuild('{zone}')");
        let failed = attempt(&admin, &call).await;
        assert!(failed.is_err(), "{zone}");
        execute(&admin, "set statement_timeout = 0").await;
        assert!(verify(&other).await.is_empty(), "{zone}");
        assert!(fold(&other, 10).await > 0, "{zone}");
    }
}

/// Its snapshot is older than what is loaded, and than the emptiness.
#[tokio::test]
async fn a_rebuild_that_waits_for_a_reload_is_exact() {
    let (database, admin) = small_desk().await;
    let other = database.connect("postgres").await;
    execute(
        &admin,
        "begin; truncate public.tickets cascade;
         insert into public.tickets (client_id, ticket_type_id, title) values (1, 1, 'New'), (2, 2, 'New')",
    )
    .await;
    let rebuilding = tokio::spawn(async move {
        execute(&other, "call analytics.rebuild('Asia/Kathmandu')").await;
    });
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    while number(&admin, waiting).await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        execute(&admin, "select pg_stat_clear_snapshot()").await;
    }
    execute(&admin, "commit").await;
    rebuilding.await.expect("a rebuild");
    assert_eq!(zone(&admin).await, "Asia/Kathmandu");
    assert_eq!(total(&manager(&database).await).await, 2);
    assert!(verify(&admin).await.is_empty());
}

/// Neither waits for the other.
#[tokio::test]
async fn a_rebuild_beside_an_open_transaction_leaves_it_its_changes() {
    let (database, admin) = small_desk().await;
    let reader = manager(&database).await;
    let before = total(&reader).await;
    let writer = database.connect("postgres").await;
    execute(
        &writer,
        "begin;
         insert into public.tickets (client_id, ticket_type_id, title) values (1, 1, 'Another');
         update public.tickets set assigned_to = 7, created_at = created_at - interval '1 month' where id % 12 = 0",
    )
    .await;
    let open = unfolded(&writer).await;
    execute(&admin, UNBLOCKED).await;
    execute(&admin, "call analytics.rebuild('Europe/Berlin')").await;
    assert_eq!(total(&reader).await, before);
    assert!(verify(&admin).await.is_empty());
    execute(&writer, "commit").await;
    assert!(unfolded(&admin).await > 10 && open > 10);
    assert_eq!(total(&reader).await, before + 1);
    assert!(verify(&admin).await.is_empty());
    fold(&admin, 100_000).await;
    assert!(verify(&admin).await.is_empty());
}

/// Each writer has tickets of its own, so that whoever waits, waits for the rebuild.
async fn keep_writing(session: Client, nth: usize, stop: Arc<AtomicBool>) -> usize {
    execute(&session, UNBLOCKED).await;
    let script = format!(
        "insert into public.tickets (client_id, ticket_type_id, assigned_to, title, created_at)
            values ({nth} + 1, 1, 2, 'Own {nth}', '2025-03-05');
         update public.tickets set priority = 'urgent', status = 'pending', created_at = '2025-07-31 23:30Z'
            where title = 'Own {nth}' and id % 3 = 0;
         delete from public.tickets where title = 'Own {nth}' and id % 5 = 0"
    );
    let mut rounds = 0;
    while !stop.load(Ordering::Relaxed) {
        execute(&session, &script).await;
        rounds += 1;
    }
    rounds
}

async fn keep_reading(session: Client, stop: Arc<AtomicBool>) -> usize {
    execute(&session, UNBLOCKED).await;
    let both = "select
        (select count(*) from public.tickets) - (select total_tickets from public.dashboard_overview())";
    let mut reads = 0;
    while !stop.load(Ordering::Relaxed) {
        assert_eq!(number(&session, both).await, 0, "read {reads}");
        reads += 1;
    }
    reads
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn rebuilds_are_exact_while_writers_write_and_block_nobody() {
    let (database, admin) = small_desk().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut going = Vec::new();
    for nth in 0..4 {
        let session = database.connect("postgres").await;
        going.push(tokio::spawn(keep_writing(session, nth, Arc::clone(&stop))));
    }
    let session = manager(&database).await;
    going.push(tokio::spawn(keep_reading(session, Arc::clone(&stop))));
    for call in ["rebuild('Asia/Kathmandu')", "rebuild()", "rebuild('UTC')"] {
        let before = number(&admin, "select max(id) from analytics.ticket_delta").await;
        execute(&admin, &format!("call analytics.{call}")).await;
        assert!(verify(&admin).await.is_empty(), "{call}");
        let after = number(
            &admin,
            "select last_value from analytics.ticket_delta_id_seq",
        )
        .await;
        assert!(after > before, "nobody wrote");
    }
    stop.store(true, Ordering::Relaxed);
    for at_work in going {
        assert!(at_work.await.expect("somebody at work") > 5);
    }
    assert!(verify(&admin).await.is_empty());
}
