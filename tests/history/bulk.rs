//! Many rows at once: each has its event, in one go; what is deleted, emptied or undone leaves none.

use serde_json::json;
use tokio_postgres::Client;

use super::{history, last_seq, rows};
use crate::harness::desk::execute;

async fn count(admin: &Client, condition: &str) -> i64 {
    let statement = format!("select count(*) from public.ticket_events where {condition}");
    admin.query_one(&statement, &[]).await.unwrap().get(0)
}

/// Also in a session whose plans were made for one row.
#[tokio::test]
async fn a_bulk_update_gives_each_ticket_its_event() {
    let (_database, _server, admin) = history().await;
    execute(&admin, "update tickets set status = 'pending' where id = 1").await;
    let before = last_seq(&admin).await;
    execute(
        &admin,
        "insert into tickets (client_id, ticket_type_id, title)
        select 1, 1, 'Many' from generate_series(1, 20000);
        update tickets set status = 'blocked', assigned_to = 5 where title = 'Many'",
    )
    .await;
    let since = format!("seq > {before} and type");
    for (of, expected) in [
        ("= 'created'", 20_000),
        ("= 'status-update'", 20_000),
        ("= 'assignment-added'", 20_000),
        ("not in ('created', 'status-update', 'assignment-added')", 0),
    ] {
        assert_eq!(
            count(&admin, &format!("{since} {of}")).await,
            expected,
            "{of}"
        );
    }
    let untold = "select id from tickets where title = 'Many' and 3 <> (
        select count(distinct type) from ticket_events where ticket_id = tickets.id)";
    assert_eq!(rows(&admin, untold).await, Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn a_deleted_ticket_takes_its_history_along() {
    let (_database, _server, admin) = history().await;
    execute(
        &admin,
        "insert into ticket_messages (ticket_id, message_text) values (9200001, 'x');
        insert into ticket_feedback (ticket_id, rating) values (9200001, 1);
        insert into ticket_assignees (ticket_id, team_member_id) values (9200001, 4)",
    )
    .await;
    let (others, own) = ("ticket_id <> 9200001", "ticket_id = 9200001");
    let before = count(&admin, others).await;
    assert_eq!(count(&admin, own).await, 4);
    execute(&admin, "delete from tickets where id = 9200001").await;
    assert_eq!(count(&admin, own).await, 0);
    assert_eq!(count(&admin, others).await, before);
    execute(
        &admin,
        "truncate clients, team_members, ticket_types restart identity cascade",
    )
    .await;
    assert_eq!(count(&admin, "true").await, 0);
}

#[tokio::test]
async fn what_is_rolled_back_has_not_happened() {
    let (_database, _server, admin) = history().await;
    let before = count(&admin, "true").await;
    execute(
        &admin,
        "begin; update tickets set status = 'blocked'; delete from ticket_messages; rollback",
    )
    .await;
    assert_eq!(count(&admin, "true").await, before);
}

/// A desk whose history begins now: all that is there is told, each at its own time.
#[tokio::test]
async fn what_was_there_before_the_history_is_found() {
    let (_database, _server, admin) = history().await;
    let script = include_str!("../../migrations/V008__history.sql");
    let (_, rest) = script.split_once("insert into").unwrap();
    let (backfill, _) = rest.split_once("alter table public").unwrap();
    execute(
        &admin,
        &format!("set role desk_owner; truncate ticket_events; insert into {backfill}; reset role"),
    )
    .await;
    for (found, told) in [
        (
            "select id as t, created_at as at from tickets",
            "type = 'created'",
        ),
        (
            "select id, created_at from tickets where assigned_to is not null",
            "type = 'assignment-added' and visibility = 'public'",
        ),
        (
            "select ticket_id, assigned_at from ticket_assignees",
            "type = 'assignment-added' and visibility = 'private'",
        ),
        (
            "select ticket_id, created_at from ticket_messages where not is_internal",
            "type = 'message' and visibility = 'public'",
        ),
        (
            "select ticket_id, created_at from ticket_messages where is_internal",
            "type = 'note-added' and visibility = 'private'",
        ),
        (
            "select ticket_id, created_at from ticket_feedback",
            "type = 'feedback-added' and new_value ? 'rating'",
        ),
    ] {
        let query = format!(
            "select count(*) as missing from (({found}) except all
            (select ticket_id, created_at from ticket_events where {told})) as m
            union all select count(*) from ((select ticket_id, created_at from ticket_events where {told})
            except all ({found})) as m"
        );
        let none = json!({ "missing": 0 });
        assert_eq!(rows(&admin, &query).await, [none.clone(), none], "{told}");
    }
    let first = "select distinct on (ticket_id) type from ticket_events order by ticket_id, created_at, seq";
    let not_first = format!("select type from ({first}) as f where type <> 'created'");
    assert_eq!(rows(&admin, &not_first).await.len(), 0);
}
