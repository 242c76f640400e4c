//! The examples of every rule, run in a database: the catalog says what the files say, in the same lines.

use rowdesk::check::rules::{ALL, Reach, Rule, examples};
use rowdesk::check::{Inspection, Report, catalog, inspect};
use rowdesk::migrate::AdminSession;

use crate::harness::cluster::TestDb;
use crate::harness::desk::execute;

/// The catalog after the example has run, asked by this rule alone.
async fn live(database: &TestDb, rule: &'static Rule, example: &str) -> Report {
    let prefix = format!("{}_", database.name());
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "create schema if not exists public; revoke all on schema public from public",
    )
    .await;
    for script in [examples::PREAMBLE, example, "reset role"] {
        execute(&admin, &script.replace("web_", &prefix)).await;
    }
    let connector = database
        .uri("postgres")
        .parse()
        .expect("a connection string");
    let session = AdminSession::open(&connector).await.expect("a session");
    inspect(Inspection {
        catalog: Some(catalog::read(&session).await.expect("a catalog")),
        files: Some(examples::read(example, &prefix)),
        // nothing is pending: what the files say besides is not told
        pending: Some([].into()),
        exposure: examples::exposure(&prefix),
        rules: vec![rule],
        exclusions: Vec::new(),
    })
}

async fn holds(rule: &'static Rule) {
    let database = TestDb::empty().await;
    let report = live(&database, rule, rule.bad).await;
    let mut lines: Vec<_> = report
        .found
        .iter()
        .map(|found| {
            let place = found.finding.place.as_ref();
            let place = place.unwrap_or_else(|| panic!("{}: no place: {found:?}", rule.name));
            assert_eq!(place.file, examples::FILE);
            place.line
        })
        .collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        examples::marked(rule.bad),
        "{}: {report:?}",
        rule.name
    );
    if rule.reach == Reach::Both {
        let prefix = format!("{}_", database.name());
        let mut live: Vec<_> = report
            .found
            .into_iter()
            .map(|found| found.finding)
            .collect();
        live.sort_by(|one, other| one.object.cmp(&other.object));
        assert_eq!(
            live,
            examples::found(rule, rule.bad, &prefix),
            "{}",
            rule.name
        );
    }
    drop(database);

    let database = TestDb::empty().await;
    let report = live(&database, rule, rule.good).await;
    assert_eq!(report.found, [], "{}", rule.name);
}

#[tokio::test]
async fn the_catalog_tells_good_from_bad_as_the_files_do() {
    let postgres = TestDb::empty().await;
    let admin = postgres.connect("postgres").await;
    let contrib = "select from pg_available_extensions where name = 'pgcrypto'";
    let has_contrib = admin
        .query_opt(contrib, &[])
        .await
        .expect(contrib)
        .is_some();
    let mut asked = 0;
    for rule in ALL {
        // its examples need an extension, which not every Postgres comes with
        let is_possible = rule.name != "extension_exposed" || has_contrib;
        if is_possible && !rule.bad.is_empty() {
            holds(rule).await;
            asked += 1;
        }
    }
    assert!(asked >= 35, "{asked}");
}
