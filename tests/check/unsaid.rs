//! What would pass for a clean bill and is none.

use std::fs;

use super::check;
use crate::harness::cluster::TestDb;
use crate::harness::desk::execute;

#[test]
fn a_file_is_read_to_its_end_or_not_at_all() {
    let folder = std::env::temp_dir().join(format!("rowdesk-unsaid-{}", std::process::id()));
    let migrations = folder.join("migrations");
    fs::create_dir_all(&migrations).expect("a folder");
    let source = folder.display().to_string();
    let checked = |text: &str| {
        fs::write(migrations.join("V001__a.sql"), text).expect("a file");
        check(&["--files", "--source", &source, "--rule", "rls_disabled"])
    };
    let marked = checked("\u{feff}create table public.notes (id integer primary key);");
    assert_eq!(marked.code, Some(1), "{}", marked.stderr);
    assert!(marked.stdout.contains("public.notes"), "{}", marked.stdout);
    for (text, opening) in [
        ("select 'abc;", "'"),
        ("/* a", "/*"),
        ("do $x$ begin", "$x$"),
    ] {
        let cut = checked(&format!(
            "select 1;\n{text}\ncreate table public.notes (id integer primary key);"
        ));
        assert_eq!(cut.code, Some(2), "{}", cut.stdout);
        let said = format!("migrations/V001__a.sql:2: {opening} is opened here and never closed");
        assert!(cut.stderr.contains(&said), "{}", cut.stderr);
    }
    fs::remove_dir_all(&folder).expect("the folder");
}

#[tokio::test]
async fn what_is_set_and_not_there_is_an_error() {
    let database = TestDb::empty().await;
    let role = format!("{}_anon", database.name());
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        &format!("create schema app; create role {role} nologin"),
    )
    .await;
    let uri = database.uri("postgres");
    let set = |setting, value| check(&["--admin-db-uri", &uri, setting, value]);
    let schema = set("--db-schemas", "ap");
    assert_eq!(schema.code, Some(2), "{}", schema.stdout);
    let said = "db-schemas: there is no schema ap; the nearest is app";
    assert!(schema.stderr.contains(said), "{}", schema.stderr);
    let anon = set("--db-anon-role", &format!("{role}s"));
    assert_eq!(anon.code, Some(2), "{}", anon.stdout);
    let said = format!("db-anon-role: there is no role {role}s; the nearest is {role}");
    assert!(anon.stderr.contains(&said), "{}", anon.stderr);
    let there = check(&[
        "--admin-db-uri",
        &uri,
        "--db-schemas",
        "app",
        "--db-anon-role",
        &role,
    ]);
    assert_ne!(there.code, Some(2), "{}", there.stderr);
}

/// PostgreSQL keeps the word that was written.
#[tokio::test]
async fn an_invoker_is_one_in_every_word_for_true() {
    let database = TestDb::empty().await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "create schema app; create table app.notes (id integer primary key);
        alter table app.notes enable row level security;
        create view app.t with (security_invoker = 't') as select id from app.notes;
        create view app.o with (security_invoker = 'ON') as select id from app.notes;
        create view app.f with (security_invoker = 'F', check_option = local) as select id from app.notes",
    )
    .await;
    let uri = database.uri("postgres");
    let asked = ["--admin-db-uri", &uri, "--db-schemas", "app"];
    let checked = check(&[&asked[..], &["--rule", "definer_view"]].concat());
    let found = checked.stdout.lines().next().unwrap_or_default();
    assert!(
        found.contains("app.f "),
        "{}{}",
        checked.stdout,
        checked.stderr
    );
    assert!(
        checked.stdout.contains("1 rule: 1 error"),
        "{}",
        checked.stdout
    );
}
