//! A schema in which everything is wrong once: each fault is found in its line, and nothing besides.

use std::fs;
use std::path::Path;

use rowdesk::check::rules::ALL;
use rowdesk::migrate::{self, Source};
use serde_json::Value;

use super::{check, folder};
use crate::harness::cluster::TestDb;

type Fault = (String, u64, String);

/// What the ends of the lines promise, by `here: rule, rule` and, of a database, `live: rule`.
fn promised(with_live: bool) -> Vec<Fault> {
    let root = folder("planted");
    let mut found = Vec::new();
    let mut folders = vec![Path::new(&root).to_owned()];
    while let Some(here) = folders.pop() {
        for entry in fs::read_dir(here).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).expect("a file of it");
            let text = fs::read_to_string(&path).expect("text");
            for (line, number) in text.lines().zip(1..) {
                for (mark, counts) in [("-- here: ", true), ("-- live: ", with_live)] {
                    let rules = line.split_once(mark).filter(|_| counts);
                    found.extend(rules.into_iter().flat_map(|(_, rules)| {
                        rules.split(", ").map(|rule| {
                            (name.display().to_string(), number, rule.trim().to_owned())
                        })
                    }));
                }
            }
        }
    }
    found.sort();
    found
}

fn told(report: &Value) -> Vec<Fault> {
    let findings = report["findings"].as_array().expect("findings");
    let mut found: Vec<_> = findings
        .iter()
        .map(|one| {
            (
                one["file"].as_str().unwrap_or_default().to_owned(),
                one["line"].as_u64().unwrap_or_default(),
                one["rule"].as_str().expect("a rule").to_owned(),
            )
        })
        .collect();
    found.sort();
    found
}

const SETTINGS: [&str; 4] = [
    "--db-uri",
    "host=localhost user=planted_login",
    "--db-anon-role",
    "planted_anon",
];

#[test]
fn the_files_alone_tell_every_fault_that_files_can_tell() {
    let source = folder("planted");
    let arguments = ["--files", "--source", &source, "--format", "json"];
    let checked = check(&[&arguments[..], &SETTINGS].concat());
    assert_eq!(checked.code, Some(1), "{}", checked.stderr);
    assert_eq!(told(&checked.json()), promised(false));
    assert_eq!(checked.json()["unread"], serde_json::json!([]));
}

#[tokio::test]
async fn a_database_tells_them_in_the_same_lines_and_what_only_it_knows() {
    let database = TestDb::empty().await;
    let uri = database.uri("postgres");
    let source = Source::read(Path::new(&folder("planted"))).expect("files");
    let admin = uri.parse().expect("a connection string");
    let connection = database.connect("postgres").await;
    connection
        .execute("revoke all on schema public from public", &[])
        .await
        .expect("a clean schema");
    migrate::run(&admin, &source, |_| {})
        .await
        .unwrap_or_else(|error| panic!("{error}"));

    let with_files = folder("planted");
    let arguments = [
        "--source",
        &with_files,
        "--admin-db-uri",
        &uri,
        "--format",
        "json",
    ];
    let checked = check(&[&arguments[..], &SETTINGS].concat());
    assert_eq!(checked.code, Some(1), "{}", checked.stderr);
    assert_eq!(told(&checked.json()), promised(true));

    // without the files: the same, but for what stands in comments
    let arguments = ["--admin-db-uri", &uri, "--format", "json"];
    let checked = check(&[&arguments[..], &SETTINGS].concat());
    let mut rules: Vec<_> = told(&checked.json())
        .into_iter()
        .map(|(_, _, rule)| rule)
        .collect();
    rules.sort();
    let mut expected: Vec<_> = promised(true)
        .into_iter()
        .map(|(_, _, rule)| rule)
        .collect();
    expected.retain(|rule| !rule.ends_with("_exclusion"));
    expected.sort();
    assert_eq!(rules, expected);

    // what somebody makes by hand, no file names; a file that is gone leaves what it made
    connection
        .execute(
            "create view public.by_hand with (security_invoker) as select 1 as one",
            &[],
        )
        .await
        .expect("a view");
    connection
        .execute(
            "insert into history.repeatable_files (path, hash) values ('sql/views/public.gone.sql', 'x')",
            &[],
        )
        .await
        .expect("a ledger");
    let arguments = [
        "--source",
        &with_files,
        "--admin-db-uri",
        &uri,
        "--rule",
        "leftover_object",
    ];
    let checked = check(&arguments);
    assert_eq!(checked.code, Some(1), "{}", checked.stderr);
    assert!(
        checked.stdout.contains("no file makes view public.by_hand")
            && checked.stdout.contains("sql/views/public.gone.sql is gone")
            && checked.stdout.contains("1 rule: 2 warnings"),
        "{}",
        checked.stdout
    );
}

/// A rule that nobody plants could stop finding anything, and nobody would notice.
#[test]
fn every_rule_is_planted() {
    let planted = promised(true);
    for rule in ALL {
        // tested apart: one needs an extension, the other what is in no file
        let is_apart = ["extension_exposed", "leftover_object"].contains(&rule.name);
        let is_planted = planted.iter().any(|(_, _, name)| name == rule.name);
        assert!(is_apart || is_planted, "{}", rule.name);
    }
}
