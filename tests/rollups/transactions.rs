//! What transactions do to roll-ups: each sees its own, and nothing of what is undone.

use super::{fold, manager, number, small_desk, total, unfolded, verify};
use crate::harness::desk::execute;

const ANOTHER: &str =
    "insert into public.tickets (client_id, ticket_type_id, title) values (1, 1, 'Another')";
const AS_MANAGER: &str = "set local role desk_manager";

#[tokio::test]
async fn uncommitted_writes_count_for_their_own_transaction_only() {
    let (database, admin) = small_desk().await;
    let other = manager(&database).await;
    let before = total(&other).await;
    execute(
        &admin,
        &format!("begin; {ANOTHER}; {ANOTHER}; {AS_MANAGER}"),
    )
    .await;
    assert_eq!(total(&admin).await, before + 2);
    assert_eq!(total(&other).await, before);
    // also where they are folded in the same transaction
    execute(&admin, "reset role").await;
    assert!(fold(&admin, 100_000).await > 2);
    execute(&admin, AS_MANAGER).await;
    assert_eq!(total(&admin).await, before + 2);
    assert_eq!(total(&other).await, before);
    execute(&admin, "commit").await;
    assert_eq!(total(&other).await, before + 2);
    assert!(verify(&admin).await.is_empty());
}

#[tokio::test]
async fn what_is_rolled_back_leaves_nothing() {
    let (database, admin) = small_desk().await;
    let reader = manager(&database).await;
    let (before, changes) = (total(&reader).await, unfolded(&admin).await);
    let many = "update public.tickets set priority = 'low', assigned_to = 1";
    for script in [
        format!("begin; {ANOTHER}; {many}; delete from public.tickets where id % 5 = 0; rollback"),
        format!("begin; savepoint here; {ANOTHER}; {many}; rollback to savepoint here; commit"),
        format!("begin; {many}; select analytics.fold(); rollback"),
        "begin; truncate public.tickets cascade; rollback".to_owned(),
    ] {
        execute(&admin, &script).await;
        assert_eq!(unfolded(&admin).await, changes, "{script}");
        assert_eq!(total(&reader).await, before, "{script}");
        assert!(verify(&admin).await.is_empty(), "{script}");
    }
}

#[tokio::test]
async fn an_old_snapshot_sees_old_numbers_whatever_is_folded_and_rebuilt() {
    let (database, admin) = small_desk().await;
    let reader = manager(&database).await;
    let answer = "select (
            select jsonb_agg(to_jsonb(t)) from public.team_performance() as t
        )::text || (select to_jsonb(o) from public.dashboard_overview() as o)::text";
    execute(&reader, "begin isolation level repeatable read").await;
    let before: String = reader.query_one(answer, &[]).await.unwrap().get(0);
    for script in [
        ANOTHER,
        "select analytics.fold()",
        "delete from public.tickets where id % 12 = 0",
        "call analytics.rebuild('Asia/Kathmandu')",
        "update public.tickets set assigned_to = 3, priority = 'low'",
        "select analytics.fold()",
    ] {
        execute(&admin, script).await;
        let now: String = reader.query_one(answer, &[]).await.unwrap().get(0);
        assert_eq!(now, before, "after {script}");
    }
    execute(&reader, "commit").await;
    let now: String = reader.query_one(answer, &[]).await.unwrap().get(0);
    assert_ne!(now, before);
    let tickets = number(&reader, "select count(*) from public.tickets").await;
    assert_eq!(total(&reader).await, tickets);
}

#[tokio::test]
async fn a_prepared_transaction_counts_when_it_is_committed() {
    let (database, admin) = small_desk().await;
    let reader = manager(&database).await;
    fold(&admin, 100_000).await;
    let before = total(&reader).await;
    for (decision, more) in [("rollback", 0), ("commit", 1)] {
        let name = format!("{}_{decision}", database.name());
        execute(
            &admin,
            &format!("begin; {ANOTHER}; prepare transaction '{name}'"),
        )
        .await;
        assert_eq!(total(&reader).await, before);
        assert_eq!(fold(&admin, 100).await, 0);
        execute(&admin, "call analytics.rebuild()").await;
        assert_eq!(total(&reader).await, before);
        execute(&admin, &format!("{decision} prepared '{name}'")).await;
        assert_eq!(total(&reader).await, before + more);
        assert_eq!(fold(&admin, 100).await > 0, more > 0);
        assert_eq!(total(&reader).await, before + more);
        assert!(verify(&admin).await.is_empty());
    }
}

#[tokio::test]
async fn emptying_the_tickets_empties_the_roll_ups() {
    let (database, admin) = small_desk().await;
    let reader = manager(&database).await;
    execute(&admin, "select analytics.fold(100)").await;
    let script = format!("begin; {ANOTHER}; truncate public.tickets cascade; {ANOTHER}; commit");
    execute(&admin, &script).await;
    assert_eq!(total(&reader).await, 1);
    assert_eq!(unfolded(&admin).await, 1);
    assert!(verify(&admin).await.is_empty());
    execute(&admin, "truncate public.clients cascade").await;
    assert_eq!(total(&reader).await, 0);
    for table in ["ticket_delta", "ticket_cells", "duration_cells"] {
        let rows = format!("select count(*) from analytics.{table}");
        assert_eq!(number(&admin, &rows).await, 0, "{table}");
    }
}

/// The foreign key moves the tickets, not a statement on them.
#[tokio::test]
async fn a_status_that_is_renamed_takes_its_cells_along() {
    let (database, admin) = small_desk().await;
    let reader = manager(&database).await;
    fold(&admin, 100_000).await;
    let pending =
        "select coalesce((by_status ->> 'NAME')::bigint, 0) from public.dashboard_overview()";
    let before = number(&reader, &pending.replace("NAME", "in_progress")).await;
    assert!(before > 5);
    execute(
        &admin,
        "update public.ticket_statuses set code = 'at_work' where code = 'in_progress'",
    )
    .await;
    for _ in 0..2 {
        assert_eq!(
            number(&reader, &pending.replace("NAME", "in_progress")).await,
            0
        );
        assert_eq!(
            number(&reader, &pending.replace("NAME", "at_work")).await,
            before
        );
        assert!(verify(&admin).await.is_empty());
        fold(&admin, 100_000).await;
    }
    // what it means is looked up when it is asked
    let open = "select open_tickets from public.dashboard_overview()";
    let opened = number(&reader, open).await;
    execute(
        &admin,
        "update public.ticket_statuses set category = 'closed' where code = 'at_work'",
    )
    .await;
    assert_eq!(number(&reader, open).await, opened - before);
    assert!(verify(&admin).await.is_empty());
}
