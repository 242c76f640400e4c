//! What the documentation shows is sent, and answered as it says.

mod curl;
mod example;
mod http_file;
mod story;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, client, desk};
use crate::harness::server::{TestServer, token};

/// Serves with the settings of the demo.
async fn serve(database: &TestDb) -> TestServer {
    TestServer::start(database.uri("desk_authenticator"), |config| {
        config.db_anon_role = Some("desk_anon".to_owned());
        config.auth_role = Some("desk_worker".to_owned());
        config.strict_json_types = true;
        config.require_filter = true;
        config.db_aggregates_enabled = true;
        config.db_idempotency_table = Some("kept.idempotency_keys".to_owned());
        config.db_idempotency_role = Some("desk_worker".to_owned());
        config.db_version_column = Some("updated_at".to_owned());
    })
    .await
}

#[tokio::test]
async fn the_curl_lines_of_the_readme_are_answered_as_it_says() {
    assert_answered(include_str!("../../README.md"), 25).await;
}

#[tokio::test]
async fn the_curl_lines_on_reading_are_answered_as_the_page_says() {
    assert_answered(include_str!("../../docs/reading.md"), 15).await;
}

#[tokio::test]
async fn the_curl_lines_on_writing_are_answered_as_the_page_says() {
    assert_answered(include_str!("../../docs/writing.md"), 6).await;
}

#[tokio::test]
async fn the_curl_lines_on_queues_are_answered_as_the_page_says() {
    assert_answered(include_str!("../../docs/queues.md"), 4).await;
}

#[tokio::test]
async fn the_curl_lines_on_the_life_of_a_ticket_are_answered_as_the_page_says() {
    assert_answered(include_str!("../../docs/workflow.md"), 7).await;
}

#[tokio::test]
async fn the_curl_lines_on_history_are_answered_as_the_page_says() {
    assert_answered(include_str!("../../docs/history.md"), 9).await;
}

#[tokio::test]
async fn the_curl_lines_on_erasure_are_answered_as_the_page_says() {
    assert_answered(include_str!("../../docs/erasure.md"), 6).await;
}

#[tokio::test]
async fn the_curl_lines_on_accounts_are_answered_as_the_page_says() {
    assert_answered(include_str!("../../docs/accounts.md"), 7).await;
}

#[tokio::test]
async fn the_curl_line_on_operation_is_answered_as_the_page_says() {
    // The admin's pages are those of another server, with tests of their own.
    let page =
        include_str!("../../docs/operation.md").replace("$ curl -i http://127.0.0.1:3001", "");
    assert_answered(&page, 1).await;
}

/// Asserts that each of the page's curl lines, at least so many, is answered as stands below it.
async fn assert_answered(page: &str, least: usize) {
    let database = desk().await;
    let server = serve(&database).await;
    let variables = HashMap::from([
        ("U".to_owned(), server.base.clone()),
        ("TOKEN".to_owned(), agent()),
        ("AGENT".to_owned(), agent()),
        ("CLIENT".to_owned(), client(1)),
        (
            "MANAGER".to_owned(),
            token("desk_manager", json!({ "team_member_id": 10 })),
        ),
        (
            "ADMIN".to_owned(),
            token("desk_admin", json!({ "team_member_id": 1 })),
        ),
    ]);
    let page = page.replace("http://127.0.0.1:3000", &server.base);
    let examples = curl::examples(&page);
    assert!(examples.len() >= least, "{}", examples.len());
    for example in examples {
        example.run(&server, &variables).await;
    }
}

#[tokio::test]
async fn the_requests_for_editors_are_answered_as_the_file_says() {
    let database = desk().await;
    let server = serve(&database).await;
    let mut variables = HashMap::from([("base".to_owned(), server.base.clone())]);
    let examples = http_file::examples(include_str!("../../docs/examples.http"));
    assert!(examples.len() >= 20, "{}", examples.len());
    for example in examples {
        let reply = example.run(&server, &variables).await;
        if let Some(name) = &example.name {
            remember(
                &mut variables,
                &format!("{name}.response.body.$"),
                &reply.json(),
            );
        }
    }
}

/// Every value of an answer under its JSON path.
fn remember(variables: &mut HashMap<String, String>, path: &str, value: &Value) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                remember(variables, &format!("{path}[{index}]"), item);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                remember(variables, &format!("{path}.{key}"), member);
            }
        }
        Value::String(text) => {
            variables.insert(path.to_owned(), text.clone());
        }
        other => {
            variables.insert(path.to_owned(), other.to_string());
        }
    }
}
