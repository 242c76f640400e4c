//! The time of the last change, on every table that has one.

use super::write;
use crate::harness::desk::{desk, execute};

const TABLES: [(&str, &str); 5] = [
    ("clients", "client_name = client_name || '!'"),
    ("client_contacts", "last_name = last_name || '!'"),
    ("team_members", "username = username || '!'"),
    ("tickets", "title = title || '!'"),
    ("ticket_feedback", "feedback_text = 'changed'"),
];

#[tokio::test]
async fn every_table_with_the_column_stamps_it() {
    let database = desk().await;
    let client = database.connect("postgres").await;
    let sql = "select relname::text from pg_attribute as a join pg_class as c on c.oid = a.attrelid
               where relnamespace = 'public'::regnamespace and relkind = 'r' and attname = 'updated_at'
               order by relname";
    let rows = client.query(sql, &[]).await.unwrap();
    let mut tables: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let mut known = TABLES.map(|(table, _)| table.to_owned());
    tables.sort();
    known.sort();
    assert_eq!(tables, known, "a new table wants a line here");

    for (table, change) in TABLES {
        let one = format!("id = (select min(id) from {table})");
        execute(&client, "begin").await;
        assert_eq!(
            write(&client, &format!("update {table} set {change} where {one}")).await,
            1
        );
        let sql = format!(
            "select count(*) filter (where {one} and updated_at = now()), count(*) filter (where updated_at = now())
             from {table}"
        );
        let row = client.query_one(&sql, &[]).await.unwrap();
        let (it, all): (i64, i64) = (row.get(0), row.get(1));
        assert_eq!((it, all), (1, 1), "{table}: it, and no other");
        // an import brings its own
        write(
            &client,
            &format!("update {table} set {change}, updated_at = '2020-02-02' where {one}"),
        )
        .await;
        let sql = format!("select updated_at = '2020-02-02' from {table} where {one}");
        assert!(
            client.query_one(&sql, &[]).await.unwrap().get::<_, bool>(0),
            "{table}"
        );
        execute(&client, "rollback").await;
    }
}

#[tokio::test]
async fn every_update_makes_another_time_also_of_one_instant_and_of_a_clock_that_goes_back() {
    let database = desk().await;
    let client = database.connect("postgres").await;
    let later = "set updated_at = '2999-01-01'";
    for (table, change) in TABLES {
        let one = format!("id = (select min(id) from {table})");
        execute(&client, "begin").await;
        // As if the clock had been ahead, and then is not.
        write(&client, &format!("update {table} {later} where {one}")).await;
        let mut before: Option<String> = None;
        for _ in 0..3 {
            let sql = format!("update {table} set {change} where {one} returning updated_at::text");
            let now: String = client.query_one(&sql, &[]).await.unwrap().get(0);
            assert!(before.is_none_or(|before| before < now), "{table}: {now}");
            assert!(
                now.starts_with("2999-01-01 00:00:00.00000"),
                "{table}: {now}"
            );
            before = Some(now);
        }
        execute(&client, "rollback").await;
    }
}
