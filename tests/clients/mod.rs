//! The clients that others publish for PostgREST, unmodified, each driven by a program in its own
//! language: every method of the version that is pinned beside the program, over the support desk and
//! `tests/fixtures/clients.sql`. A method that no program calls fails its test, so a new version
//! cannot be pinned without its new methods.

mod install;
mod supabase;

use std::process::Stdio;
use std::time::Duration;

use rowdesk::config::TransactionEnd;
use serde_json::json;
use tokio::process::Command;

use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, client, desk, execute};
use crate::harness::server::{TestServer, token};

/// What takes longer hangs: alone, each takes seconds.
const PATIENCE: Duration = Duration::from_mins(10);

const PAGE: &str = include_str!("../../docs/clients.md");

#[tokio::test]
async fn every_method_of_postgrest_js_is_answered() {
    let folder = install::node_packages("postgrest-js");
    let mut node = Command::new("node");
    node.arg("--test-reporter=spec");
    drive(node.arg(folder.join("main.mjs"))).await;
}

#[tokio::test]
async fn every_method_of_the_asynchronous_postgrest_py_is_answered() {
    drive_python("async").await;
}

#[tokio::test]
async fn every_method_of_the_synchronous_postgrest_py_is_answered() {
    drive_python("sync").await;
}

async fn drive_python(kind: &str) {
    let python = install::python_packages("postgrest-py");
    let script = install::folder("postgrest-py").join("main.py");
    drive(Command::new(python).arg("-B").arg(script).arg(kind)).await;
}

#[tokio::test]
async fn the_documented_programs_print_what_the_page_says() {
    let folder = install::node_packages("postgrest-js");
    let mut node = Command::new("node");
    node.current_dir(folder).arg("--input-type=module");
    let python = install::python_packages("postgrest-py");
    for (program, language) in [
        (node.arg("--eval"), "js"),
        (Command::new(python).arg("-c"), "python"),
    ] {
        let printed = drive(program.arg(block(PAGE, language))).await;
        let (_, behind) = PAGE.split_once(&format!("```{language}\n")).unwrap();
        assert_eq!(printed, block(behind, "text"), "{language}");
    }
}

#[test]
fn the_documentation_names_the_versions_that_are_tested() {
    let package: serde_json::Value =
        serde_json::from_str(include_str!("postgrest-js/package.json")).unwrap();
    let js = package["dependencies"]["@supabase/postgrest-js"].as_str();
    let py = include_str!("postgrest-py/requirements.txt")
        .lines()
        .find_map(|line| line.strip_prefix("postgrest=="));
    for version in [js, py] {
        let version = version.expect("a pinned version");
        assert!(PAGE.contains(version), "docs/clients.md without {version}");
    }
}

/// The first block of code in a language.
fn block<'a>(page: &'a str, language: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// Runs a program that drives a client against a server of its own, and gives what it printed. The
/// environment says where the server is and holds a token of each kind; any status but 0 is a failure.
async fn drive(program: &mut Command) -> String {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, include_str!("../fixtures/clients.sql")).await;
    let server = serve(&database).await;
    let running = program
        .env("ROWDESK_URL", &server.base)
        .env("ROWDESK_CLIENT", client(1))
        .env("ROWDESK_AGENT", agent())
        .env(
            "ROWDESK_ADMIN",
            token("desk_admin", json!({ "team_member_id": 1 })),
        )
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, running)
        .await
        .expect("a program that ends")
        .expect("a program that starts");
    let printed = String::from_utf8(output.stdout).expect("text");
    assert!(
        output.status.success(),
        "{}\n{printed}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    printed
}

/// As the demo, with what a client has methods for and an operator must allow: plans and `tx=rollback`.
async fn serve(database: &TestDb) -> TestServer {
    TestServer::start(database.uri("desk_authenticator"), |config| {
        config.db_anon_role = Some("desk_anon".to_owned());
        config.db_schemas = vec!["public".to_owned(), "lab".to_owned()];
        config.strict_json_types = true;
        config.require_filter = true;
        config.db_aggregates_enabled = true;
        config.db_plan_enabled = true;
        config.db_tx_end = TransactionEnd::CommitAllowOverride;
    })
    .await
}
