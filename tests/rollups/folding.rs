//! Folding: exactly once, shared by whoever comes, in batches, by a worker without a server.

use futures_util::future::join_all;
use tokio_postgres::error::SqlState;

use super::{attempt, fold, manager, number, small_desk, total, unfolded, verify};
use crate::harness::desk::execute;

/// Each changes a third of the tickets.
const CHANGES: [&str; 3] = [
    "update public.tickets set assigned_to = 1 + id % 15 where id % 3 = 0",
    "update public.tickets set priority = 'urgent', status = 'pending' where id % 3 = 1",
    "update public.tickets set client_id = 1 + id % 9, created_at = created_at - interval '3 days' where id % 3 = 2",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folds_at_once_share_the_work_and_never_double_it() {
    let (database, admin) = small_desk().await;
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(database.connect("postgres").await);
    }
    fold(&admin, 100_000).await;
    let mut sharers = 0;
    for _ in 0..5 {
        for change in CHANGES {
            execute(&admin, change).await;
        }
        let changes = unfolded(&admin).await;
        let mut folded = vec![0; sessions.len()];
        while unfolded(&admin).await > 0 {
            let at_once = join_all(sessions.iter().map(|session| fold(session, 40))).await;
            for (folded, more) in folded.iter_mut().zip(at_once) {
                *folded += i64::from(more);
            }
        }
        assert_eq!(folded.iter().sum::<i64>(), changes);
        sharers += folded.iter().filter(|folded| **folded > 0).count();
        assert!(verify(&admin).await.is_empty());
        execute(
            &admin,
            "update public.tickets set priority = 'low', assigned_to = 1",
        )
        .await;
    }
    assert!(sharers > 5, "only {sharers}");
}

#[tokio::test]
async fn whoever_comes_while_another_folds_goes_away() {
    let (database, admin) = small_desk().await;
    let other = database.connect("postgres").await;
    let changes = unfolded(&admin).await;
    execute(&admin, "begin; select analytics.fold(1)").await;
    assert_eq!(fold(&other, 100_000).await, 0);
    assert_eq!(unfolded(&other).await, changes);
    execute(&admin, "rollback").await;
    assert_eq!(i64::from(fold(&other, 100_000).await), changes);
    assert!(verify(&admin).await.is_empty());
}

#[tokio::test]
async fn a_batch_is_as_large_as_it_is_asked_for() {
    let (database, admin) = small_desk().await;
    let reader = manager(&database).await;
    let tickets = total(&reader).await;
    let changes = unfolded(&admin).await;
    assert!(changes > 200, "{changes}");
    for (nth, batch) in [1, 10, 100].into_iter().enumerate() {
        assert_eq!(fold(&admin, batch).await, batch, "{nth}");
        assert_eq!(total(&reader).await, tickets);
        assert!(verify(&admin).await.is_empty());
    }
    // nonsense does a little all the same
    assert_eq!(fold(&admin, -5).await, 1);
    assert_eq!(unfolded(&admin).await, changes - 112);
    execute(&admin, "select analytics.fold()").await;
    assert_eq!(unfolded(&admin).await, 0);
    assert_eq!(fold(&admin, 100).await, 0);
    assert_eq!(total(&reader).await, tickets);
}

#[tokio::test]
async fn a_load_of_many_is_exact_before_between_and_after_its_folds() {
    let (database, admin) = small_desk().await;
    let reader = manager(&database).await;
    fold(&admin, 100_000).await;
    let before = total(&reader).await;
    execute(
        &admin,
        "insert into public.tickets (client_id, assigned_to, ticket_type_id, status, priority, title, created_at, resolved_at)
         select 1 + n % 50, 1 + n % 15, 1 + n % 14, case n % 2 when 0 then 'open' else 'resolved' end,
            (array['low', 'medium', 'high', 'urgent'])[1 + n % 4], 'Loaded', v.at,
            case n % 2 when 1 then v.at + n % 100 * interval '37 minutes' end
         from generate_series(1, 20000) as n
         cross join lateral (select timestamptz '2025-01-01Z' + n * interval '20 minutes' as at) as v",
    )
    .await;
    // its service levels may change it at once
    let changes = unfolded(&admin).await;
    assert!(changes >= 20_000, "{changes}");
    let batch = i32::try_from(changes).expect("so many") * 2 / 5;
    let sum = "select sum(tickets)::bigint from public.tickets_by_priority()";
    let mut folds = 0;
    loop {
        assert_eq!(total(&reader).await, before + 20_000);
        assert_eq!(number(&reader, sum).await, before + 20_000);
        if fold(&admin, batch).await == 0 {
            break;
        }
        folds += 1;
    }
    assert_eq!(folds, 3);
    assert!(verify(&admin).await.is_empty());
}

#[tokio::test]
async fn a_worker_folds_and_nobody_else_does() {
    let (database, admin) = small_desk().await;
    let changes = unfolded(&admin).await;
    let session = database.connect("postgres").await;
    for role in ["desk_admin", "desk_service", "desk_client", "desk_anon"] {
        execute(&session, &format!("set role {role}")).await;
        let refused = attempt(&session, "select analytics.fold()").await;
        let code = refused.expect_err("no right to").code().cloned();
        assert_eq!(
            code.map(|code| code.code().to_owned()).as_deref(),
            Some("42501"),
            "{role}"
        );
        execute(&session, "reset role").await;
    }
    execute(&session, "set role desk_worker").await;
    assert_eq!(i64::from(fold(&session, 100_000).await), changes);
    assert!(verify(&admin).await.is_empty());
}

/// An older snapshot may have the zone of before a rebuild.
#[tokio::test]
async fn a_fold_wants_to_see_what_is() {
    let (_database, admin) = small_desk().await;
    let script = "begin isolation level repeatable read; select analytics.fold()";
    let refused = attempt(&admin, script).await.expect_err("a refusal");
    assert_eq!(refused.code().map(SqlState::code), Some("25000"));
    execute(&admin, "rollback").await;
}
