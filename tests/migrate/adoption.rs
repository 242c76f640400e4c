//! A database that was here before us, and data written by somebody who never saw ours.

use std::path::PathBuf;
use std::process::Command;

use rowdesk::embedded::Binaries;
use rowdesk::migrate::{Source, run};
use tokio_postgres::Client;

use super::{config, count};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{execute, migrate_to};
use crate::widgets::assert_every_number_is_right;

const SCHEMA: &str = include_str!("original_schema.sql");
const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/migrate/original_data.sql"
);
const TABLES: [&str; 7] = [
    "clients",
    "team_members",
    "ticket_types",
    "tickets",
    "ticket_messages",
    "ticket_feedback",
    "payments",
];

/// The seven tables as their author made them, empty.
async fn original() -> TestDb {
    let database = TestDb::empty().await;
    execute(&database.connect("postgres").await, SCHEMA).await;
    database
}

/// Beside the server's programs (of which PATH may hold links), else wherever PATH says.
fn psql() -> PathBuf {
    let found = Binaries::find(None).unwrap();
    let server = found[0].dir().join("postgres").canonicalize().unwrap();
    let beside = [found[0].dir().join("psql"), server.with_file_name("psql")];
    let existing = beside.into_iter().find(|path| path.exists());
    existing.unwrap_or_else(|| "psql".into())
}

/// Loads the data script with psql, which stops at the first error.
fn load(database: &TestDb) {
    let output = Command::new(psql())
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", DATA])
        .arg(database.uri("postgres"))
        .env("PGOPTIONS", "-c search_path=public")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The columns of the original schema, as every later state must still have them.
async fn base_columns(client: &Client) -> Vec<(String, String)> {
    let sql = "
        select c.relname::text, format(
            '%I %s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid)
        )
        from pg_attribute as a
        join pg_class as c on c.oid = a.attrelid
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace
            and c.relname = any ($1)
            and a.attnum > 0
        order by c.relname, a.attnum";
    let rows = client.query(sql, &[&TABLES.as_slice()]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Every base column of every row, to the microsecond, and where the sequences stand.
async fn base_rows(client: &Client, columns: &[(String, String)]) -> Vec<String> {
    let mut rows = Vec::new();
    for table in TABLES {
        let names: Vec<&str> = columns
            .iter()
            .filter(|(of, _)| of == table)
            .map(|(_, column)| column.split(' ').next().unwrap())
            .collect();
        let sql = format!(
            "select row('{table}', {})::text from public.{table} order by id",
            names.join(", ")
        );
        rows.extend(
            client
                .query(&sql, &[])
                .await
                .unwrap()
                .iter()
                .map(|r| r.get(0)),
        );
        let sql = format!("select row(last_value, is_called)::text from public.{table}_id_seq");
        rows.push(client.query_one(&sql, &[]).await.unwrap().get(0));
    }
    rows
}

#[track_caller]
fn assert_identical(when: &str, expected: &[String], got: &[String]) {
    assert_eq!(expected.len(), got.len(), "{when}: rows");
    for (expected, got) in expected.iter().zip(got) {
        assert_eq!(expected, got, "{when}");
    }
}

#[tokio::test]
async fn a_database_with_data_is_adopted_bit_by_bit_and_every_number_is_right() {
    let database = original().await;
    load(&database);
    let client = database.connect("postgres").await;
    let columns = base_columns(&client).await;
    let rows = base_rows(&client, &columns).await;
    assert!(rows.len() > 1_500, "{}", rows.len());

    let report = run(&config(&database), &Source::embedded(), |_| {})
        .await
        .unwrap();
    assert!(!report.migrations.is_empty());
    let now = base_columns(&client).await;
    for column in &columns {
        assert!(now.contains(column), "{column:?} in {now:?}");
    }
    assert_identical("adopted", &rows, &base_rows(&client, &columns).await);
    let cells = "select count(*) from analytics.ticket_cells";
    assert_ne!(count(&database, cells).await, 0);
    for nothing in ["analytics.ticket_delta", "analytics.verify()"] {
        let sql = format!("select count(*) from {nothing}");
        assert_eq!(count(&database, &sql).await, 0, "{nothing}");
    }
    let database = assert_every_number_is_right(database).await;

    // the same script again, and once more after a TRUNCATE of the author's own
    for time in ["reloaded", "reloaded again"] {
        load(&database);
        assert_identical(time, &rows, &base_rows(&client, &columns).await);
    }
    let database = assert_every_number_is_right(database).await;
    let truncate = format!(
        "TRUNCATE TABLE {} RESTART IDENTITY CASCADE",
        TABLES.join(", ")
    );
    execute(&client, &truncate).await;
    let database = assert_every_number_is_right(database).await;
    load(&database);
    assert_identical("after TRUNCATE", &rows, &base_rows(&client, &columns).await);
    assert_every_number_is_right(database).await;
}

#[tokio::test]
async fn the_script_loads_into_a_new_database_as_into_the_original() {
    let first = original().await;
    load(&first);
    let client = first.connect("postgres").await;
    let columns = base_columns(&client).await;
    let rows = base_rows(&client, &columns).await;

    let database = TestDb::empty().await;
    migrate_to(&database.uri("postgres")).await;
    let client = database.connect("postgres").await;
    let now = base_columns(&client).await;
    for column in &columns {
        assert!(now.contains(column), "{column:?} in {now:?}");
    }
    for time in ["loaded", "loaded again"] {
        load(&database);
        assert_identical(time, &rows, &base_rows(&client, &columns).await);
    }
    assert_every_number_is_right(database).await;
}

#[tokio::test]
async fn a_new_and_an_adopted_database_end_alike() {
    let adopted = original().await;
    let fresh = TestDb::empty().await;
    let shape = "
        select string_agg(line, e'\\n' order by line) from (
            select format('%s.%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attgenerated)
            from pg_attribute
            where attnum > 0 and not attisdropped
                and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r')
            union all
            select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
            from pg_constraint where connamespace = 'public'::regnamespace
            union all
            select format('%s %s %s %s', polrelid::regclass, polname, polcmd, pg_get_expr(polqual, polrelid)) from pg_policy
            union all
            select format('%s owner %s %s %s', oid::regclass, relowner::regrole, relrowsecurity, relforcerowsecurity)
            from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'S')
            union all
            select format('%s %s', tgrelid::regclass, pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
        ) as l (line)";
    let mut shapes = Vec::new();
    for database in [&adopted, &fresh] {
        migrate_to(&database.uri("postgres")).await;
        let client = database.connect("postgres").await;
        let text: String = client.query_one(shape, &[]).await.unwrap().get(0);
        shapes.push(text);
    }
    let (adopted, fresh) = (&shapes[0], &shapes[1]);
    for (one, other) in [(adopted, fresh), (fresh, adopted)] {
        for line in one.lines() {
            assert!(other.lines().any(|l| l == line), "only in one: {line}");
        }
    }
}

#[tokio::test]
async fn rows_with_words_of_their_own_are_kept_and_counted_as_open() {
    let database = original().await;
    load(&database);
    let client = database.connect("postgres").await;
    execute(
        &client,
        "UPDATE tickets SET status = 'escalated' WHERE id IN (SELECT id FROM tickets WHERE resolved_at IS NULL ORDER BY id LIMIT 7);
         UPDATE tickets SET priority = 'critical' WHERE id IN (3, 4);
         UPDATE payments SET status = 'disputed' WHERE id = 5;
         INSERT INTO tickets (client_id, ticket_type_id, status, title, created_at, resolved_at)
         VALUES (1, 1, 'resolved', 'Since ever', '-infinity', '2025-01-01'),
             (1, 1, 'open', 'Without a time', NULL, NULL),
             (1, 1, 'resolved', 'Before it began', '2025-02-02', '2025-02-01');
         ALTER TABLE tickets ENABLE ROW LEVEL SECURITY;
         CREATE POLICY everybody ON tickets FOR SELECT USING (true);
         GRANT SELECT ON tickets TO PUBLIC",
    )
    .await;
    let columns = base_columns(&client).await;
    let rows = base_rows(&client, &columns).await;
    migrate_to(&database.uri("postgres")).await;
    assert_identical("adopted", &rows, &base_rows(&client, &columns).await);
    for (what, sql, expected) in [
        (
            "the word is a status",
            "select count(*) from ticket_statuses where code = 'escalated' and category = 'open'",
            1,
        ),
        (
            "what was open to everybody is closed",
            "select count(*) from pg_policy where polname = 'everybody'",
            0,
        ),
        (
            "and granted to nobody",
            "select count(*) from pg_class, aclexplode(relacl) as a where oid = 'tickets'::regclass and a.grantee = 0",
            0,
        ),
    ] {
        assert_eq!(count(&database, sql).await, expected, "{what}");
    }
    // the rule holds for new rows
    let refused = client
        .execute("update tickets set priority = 'critical' where id = 9", &[])
        .await
        .unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "23514");
    // and those of old do not stand in the way of work
    execute(
        &client,
        "begin;
         set local role desk_agent;
         set local request.jwt.claims = '{\"team_member_id\": 1}';
         insert into ticket_messages (ticket_id, message_text) values (3, 'Hello');
         update tickets set status = 'resolved' where id in (3, 4);
         update tickets set title = 'Still critical' where id = 3;
         commit",
    )
    .await;
    let kept =
        "select count(*) from tickets where priority = 'critical' and title = 'Still critical'";
    assert_eq!(count(&database, kept).await, 1);
    assert_every_number_is_right(database).await;
}
