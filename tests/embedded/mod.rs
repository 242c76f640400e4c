//! The private Postgres, as the demo and these tests use it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rowdesk::embedded::{Binaries, Cluster, EmbeddedError, Folder, Running};
use tokio_postgres::NoTls;

use crate::harness::cluster::{Template, TestDb, connect};

fn scratch(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("rowdesk-it-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    dir
}

fn start(dir: &std::path::Path) -> Result<Running, EmbeddedError> {
    Cluster::prepare(Folder::claim(dir)?, &Binaries::find(None)?)?
        .with_setting("shared_buffers", "16MB")
        .start()
}

async fn ask(running: &Running, sql: &str) -> String {
    let (client, connection) = tokio_postgres::connect(&running.uri("postgres", "postgres"), NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client.query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_second_start_finds_the_data_of_the_first() {
    let dir = scratch("second");
    let first = start(&dir).unwrap();
    ask(
        &first,
        "with t as (select set_config('a.b', 'x', false)) select 'x'",
    )
    .await;
    let (client, connection) = tokio_postgres::connect(&first.uri("postgres", "postgres"), NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
        .execute("create table kept as select 'here'::text as it", &[])
        .await
        .unwrap();
    first.stop();
    let second = start(&dir).unwrap();
    assert_eq!(ask(&second, "select it from kept").await, "here");
    drop(second);
    assert!(
        !dir.join("postgres/postmaster.pid").exists(),
        "stopped by Drop"
    );
    fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn a_half_made_cluster_is_made_again() {
    let dir = scratch("half");
    drop(Folder::claim(&dir).unwrap());
    fs::create_dir_all(dir.join("postgres.unfinished/base")).unwrap();
    let running = start(&dir).unwrap();
    assert_eq!(
        ask(&running, "select current_setting('TimeZone')").await,
        "UTC"
    );
    assert!(!dir.join("postgres.unfinished").exists());
    drop(running);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_start_that_fails_shows_the_end_of_the_log() {
    let dir = scratch("fails");
    let cluster = Cluster::prepare(Folder::claim(&dir).unwrap(), &Binaries::find(None).unwrap());
    let error = cluster
        .unwrap()
        .with_setting("shared_buffers", "nonsense")
        .start()
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("invalid value for parameter \"shared_buffers\""),
        "{text}"
    );
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn data_of_another_version_is_refused_until_reset() {
    let dir = scratch("version");
    start(&dir).unwrap().stop();
    fs::write(dir.join("postgres/PG_VERSION"), "9\n").unwrap();
    assert!(matches!(
        start(&dir),
        Err(EmbeddedError::OtherVersion { .. })
    ));
    Folder::claim(&dir).unwrap().reset().unwrap();
    start(&dir).unwrap().stop();
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_server_outlives_the_thread_that_asked_for_it() {
    let dir = scratch("thread");
    let started = dir.clone();
    let running = std::thread::spawn(move || start(&started).unwrap())
        .join()
        .unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert!(running.is_alive());
    drop(running);
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_path_too_long_for_a_socket_works_all_the_same() {
    let dir = scratch("long").join("x".repeat(90));
    let running = start(&dir).unwrap();
    assert!(
        running
            .uri("postgres", "postgres")
            .contains("/tmp/rowdesk-")
    );
    drop(running);
    fs::remove_dir_all(dir.parent().unwrap()).unwrap();
}

#[tokio::test]
async fn a_test_database_is_dropped_with_its_value() {
    let template = Template::new("template_empty");
    let db = TestDb::from_template(&template, |_| async {}).await;
    let name: String = db
        .connect("postgres")
        .await
        .query_one("select current_database()::text", &[])
        .await
        .unwrap()
        .get(0);
    drop(db);
    let there = connect("postgres", "postgres").await;
    let count = there
        .query("select from pg_database where datname = $1", &[&name])
        .await
        .unwrap();
    assert!(count.is_empty());
    drop(TestDb::empty().await);
}
