//! The demo data: the same at every run, as many tickets as asked for, in the assignment's shape.

mod shape;

use tokio_postgres::Client;

use crate::harness::cluster::{Template, TestDb};
use crate::harness::desk::{execute, migrate_to, seed, seeding};

static EMPTY_DESK: Template = Template::new("template_empty_desk");

/// Migrated, without any rows.
async fn empty_desk() -> TestDb {
    TestDb::from_template(&EMPTY_DESK, |admin_uri| async move {
        migrate_to(&admin_uri).await;
    })
    .await
}

async fn number(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.expect(sql).get(0)
}

async fn text(client: &Client, sql: &str) -> String {
    client.query_one(sql, &[]).await.expect(sql).get(0)
}

/// Every row of every table, generated columns and times of change included, as one hash a table.
async fn everything(client: &Client) -> Vec<(String, String)> {
    execute(client, "set timezone = 'UTC'; set datestyle = 'ISO'").await;
    let tables = "select relname::text from pg_class
                  where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname";
    let mut hashes = Vec::new();
    for row in client.query(tables, &[]).await.unwrap() {
        let table: String = row.get(0);
        let sql = format!(
            "select coalesce(md5(string_agg(t::text, e'\\n' order by t::text)), 'empty') from public.{table} as t"
        );
        let hash = text(client, &sql).await;
        hashes.push((table, hash));
    }
    hashes
}

#[tokio::test]
async fn the_same_number_gives_the_same_rows_and_another_gives_others() {
    let [first, second, other] = [empty_desk().await, empty_desk().await, empty_desk().await];
    let client = first.connect("postgres").await;
    execute(&client, &seeding(600, 1)).await;
    let expected = everything(&client).await;
    assert!(expected.len() >= 10, "{expected:?}");

    // on another day, in another place, with other plans
    let client = second.connect("postgres").await;
    execute(
        &client,
        "set timezone = 'Asia/Kathmandu'; set datestyle = 'German'; set enable_hashjoin = off;
         set enable_mergejoin = off; set max_parallel_workers_per_gather = 0; set work_mem = '64kB'",
    )
    .await;
    execute(&client, &seeding(600, 1)).await;
    assert_eq!(everything(&client).await, expected);

    let client = other.connect("postgres").await;
    execute(&client, &seeding(600, 2)).await;
    let others = everything(&client).await;
    for table in ["tickets", "ticket_messages", "ticket_feedback", "payments"] {
        let of = |hashes: &[(String, String)]| {
            hashes.iter().find(|(t, _)| t == table).unwrap().1.clone()
        };
        assert_ne!(of(&others), of(&expected), "{table}");
    }
}

#[tokio::test]
async fn there_are_exactly_as_many_tickets_as_asked_for() {
    for tickets in [0, 1, 10, 1_000] {
        let database = empty_desk().await;
        let client = database.connect("postgres").await;
        seed(&client, tickets).await;
        let got = number(&client, "select count(*) from tickets").await;
        assert_eq!(got, i64::from(tickets));
        for (table, expected) in [("clients", 50), ("team_members", 15), ("ticket_types", 14)] {
            let got = number(&client, &format!("select count(*) from {table}")).await;
            assert_eq!(got, expected, "{table} beside {tickets} tickets");
        }
        // the next ids are free
        execute(
            &client,
            "insert into tickets (client_id, ticket_type_id, title) values (1, 1, 'next');
             insert into ticket_messages (ticket_id, message_text) select max(id), 'next' from tickets;
             insert into ticket_feedback (ticket_id, rating) select max(id), 5 from tickets;
             insert into clients (client_name, email) values ('next', 'next');
             insert into team_members (username, email, department) values ('next', 'next', 'support');
             insert into ticket_types (type_name, department) values ('next', 'support');
             insert into payments (client_id, amount_usd, payment_type) values (1, 1, 'one-time');
             insert into client_contacts (client_id, first_name, last_name, email) values (1, 'n', 'n', 'next')",
        )
        .await;
        let next = number(&client, "select max(id)::bigint from tickets").await;
        assert_eq!(next, i64::from(tickets) + 1);
    }
}

/// Indexes, foreign keys and triggers are lifted for speed: they come back as they were.
#[tokio::test]
async fn seeding_leaves_the_schema_as_it_was() {
    let database = empty_desk().await;
    let client = database.connect("postgres").await;
    let schema = "
        select string_agg(line, e'\\n' order by line) from (
            select format('%s %s %s', pg_get_indexdef(indexrelid), obj_description(indexrelid, 'pg_class'), indisvalid)
            from pg_index where indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
            union all
            select format('%s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
            from pg_constraint where connamespace = 'public'::regnamespace
            union all
            select format('%s %s', pg_get_triggerdef(oid), tgenabled) from pg_trigger where not tgisinternal
        ) as l (line)";
    let before = text(&client, schema).await;
    seed(&client, 100).await;
    assert_eq!(text(&client, schema).await, before);
    let left = "select count(*) from pg_class where relpersistence = 't'";
    assert_eq!(number(&client, left).await, 0, "no temporary table is left");
}

#[tokio::test]
async fn a_desk_with_rows_is_not_seeded_over() {
    let database = empty_desk().await;
    let client = database.connect("postgres").await;
    execute(
        &client,
        "insert into clients (client_name, email) values ('here before', 'x@example.com')",
    )
    .await;
    #[expect(clippy::disallowed_methods, reason = "a script that must fail")]
    let error = client.batch_execute(&seeding(10, 1)).await.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "55000");
    execute(&client, "rollback").await;
    assert_eq!(number(&client, "select count(*) from clients").await, 1);
    assert_eq!(number(&client, "select count(*) from tickets").await, 0);
}
