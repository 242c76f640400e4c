//! Exclusions, formats and exit codes.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::check;
use crate::harness::cluster::TestDb;
use crate::harness::desk::execute;

const TABLES: &str = "create table public.notes (id integer primary key);
create table public.moods (id integer primary key);";

async fn open_tables() -> TestDb {
    let database = TestDb::empty().await;
    let admin = database.connect("postgres").await;
    execute(&admin, TABLES).await;
    database
}

#[tokio::test]
async fn what_is_excluded_needs_a_reason_and_is_counted() {
    let database = open_tables().await;
    let uri = database.uri("postgres");
    let only = ["--admin-db-uri", &uri, "--rule", "rls_disabled"];
    let checked = check(&only);
    assert_eq!(checked.code, Some(1), "{}", checked.stderr);
    assert_eq!(
        checked.stdout,
        "error: row-level security is off on public.moods (rls_disabled)\n\
         error: row-level security is off on public.notes (rls_disabled)\n\
         1 rule: 2 errors\n"
    );

    let excluding = |text| check(&[&only[..], &["--exclude", text]].concat());
    let one = excluding("rls_disabled public.notes: for everybody");
    assert_eq!(one.code, Some(1));
    assert!(
        one.stdout.ends_with("1 rule: 1 error, 1 excluded\n"),
        "{}",
        one.stdout
    );
    let all = excluding("rls_disabled public: a toy");
    assert_eq!(
        (all.code, all.stdout.as_str()),
        (Some(0), "1 rule: nothing found, 2 excluded\n")
    );
    let shown = check(&[&only[..], &["--all", "--exclude", "rls_disabled: a toy"]].concat());
    assert_eq!(shown.code, Some(0));
    assert!(
        shown
            .stdout
            .contains("public.notes (rls_disabled)\n  excluded: a toy\n"),
        "{}",
        shown.stdout
    );

    for (text, words) in [
        ("rls_disabled public.notes", "it has no reason"),
        ("rls_disable: x", "did you mean rls_disabled?"),
    ] {
        let refused = excluding(text);
        assert_eq!(refused.code, Some(2), "{}", refused.stdout);
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }

    let file = std::env::temp_dir().join(format!("{}-exclusions", database.name()));
    fs::write(
        &file,
        "# a toy\n\nrls_disabled public.notes: for everybody\nrls_disabled public.gone: x\n",
    )
    .expect("a file");
    let path = file.display().to_string();
    let with_file = check(&[&only[..2], &["--exclusions", &path]].concat());
    fs::remove_file(&file).expect("the file");
    assert!(
        with_file.stdout.contains("1 excluded\n"),
        "{}",
        with_file.stdout
    );
    let unused = "info: nothing is found that `rls_disabled public.gone: x` would exclude (unused_exclusion)";
    assert!(with_file.stdout.contains(unused), "{}", with_file.stdout);
}

#[tokio::test]
async fn levels_decide_what_fails() {
    let database = TestDb::empty().await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "create table public.notes (body text);
        alter table public.notes enable row level security, force row level security",
    )
    .await;
    let uri = database.uri("postgres");
    let at = |level| check(&["--admin-db-uri", &uri, "--level", level]);
    assert_eq!(at("info").code, Some(1));
    let checked = at("warn");
    assert_eq!(checked.code, Some(0), "{}", checked.stdout);
    assert!(
        checked
            .stdout
            .starts_with("info: public.notes has no primary key (no_primary_key)\n"),
        "{}",
        checked.stdout
    );
}

#[test]
fn what_cannot_be_looked_at_is_no_finding() {
    for (arguments, words) in [
        (&[] as &[&str], "which database?"),
        (
            &["--admin-db-uri", "host=/nonexistent user=nobody"],
            "connecting",
        ),
        (
            &["--files", "--source", "/nonexistent"],
            "holds none of migrations/",
        ),
        (
            &["--files", "--rule", "rls_disable"],
            "did you mean rls_disabled?",
        ),
        (
            &["--files", "--exclusions", "/nonexistent"],
            "reading /nonexistent",
        ),
    ] {
        let refused = check(arguments);
        assert_eq!(
            (refused.code, refused.stdout.as_str()),
            (Some(2), ""),
            "{words}"
        );
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
    // contradictions are the command line's
    assert_eq!(check(&["--files", "--data"]).code, Some(2));
}

#[tokio::test]
async fn sarif_has_what_its_schema_requires() {
    let source = super::folder("planted");
    let exclude = "force_missing public.loose: a test";
    let checked = check(&[
        "--files",
        "--source",
        &source,
        "--format",
        "sarif",
        "--exclude",
        exclude,
    ]);
    assert_eq!(checked.code, Some(1), "{}", checked.stderr);
    let log = checked.json();
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .is_some_and(|uri| uri.ends_with("sarif-2.1.0.json"))
    );
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "rowdesk");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert!(results.len() > 20);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(
            !rules[index]["shortDescription"]["text"]
                .as_str()
                .unwrap()
                .is_empty()
        );
        assert!(["note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert!(
            place["region"]["startLine"].as_u64().unwrap() > 0,
            "{result}"
        );
        let file = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(Path::new(&source).join(file).is_file(), "{file}");
    }
    let suppressed: Vec<&Value> = results
        .iter()
        .filter(|result| result["suppressions"].is_array())
        .collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(
        suppressed[0]["suppressions"],
        json!([{ "kind": "external", "justification": "a test" }])
    );
}
