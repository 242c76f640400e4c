//! Prepared statements: kept, bounded, and replaced when they are lost or stale.

use serde_json::{Value, json};

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

/// A server with one connection, so that every request meets the same statements.
async fn one_connection(fixture: &Fixture) -> TestServer {
    fixture.serve_with(|config| config.db_pool = 1).await
}

/// The prepared statements of the one connection: their text and how often they ran.
async fn prepared(server: &TestServer) -> Vec<(String, i64)> {
    let rows = server.get("/rpc/prepared").send().await.ok();
    let read = |row: &Value| {
        let text = row["statement"].as_str().expect("text").to_owned();
        (text, row["executions"].as_i64().expect("a number"))
    };
    rows.as_array().expect("rows").iter().map(read).collect()
}

async fn of_items(server: &TestServer) -> Vec<i64> {
    let all = prepared(server).await;
    let of_items = all.iter().filter(|(text, _)| text.contains("\"item\""));
    of_items.map(|(_, executions)| *executions).collect()
}

#[tokio::test]
async fn a_statement_is_prepared_once_a_role_and_used_again() {
    let fixture = Fixture::shared().await;
    let server = one_connection(fixture).await;
    for id in 1..=6 {
        let url = format!("/item?select=id&id=eq.{id}");
        assert_eq!(server.get(&url).send().await.ids(), [id]);
    }
    assert_eq!(of_items(&server).await, [6], "one statement for all values");
    let user = fixture.user(json!({}));
    for id in 1..=3 {
        let url = format!("/item?select=id&id=eq.{id}");
        assert_eq!(server.get(&url).token(&user).send().await.ids(), [id]);
    }
    let mut executions = of_items(&server).await;
    executions.sort_unstable();
    assert_eq!(executions, [3, 6]);
}

#[tokio::test]
async fn no_connection_keeps_statements_without_bound() {
    let fixture = Fixture::shared().await;
    let server = one_connection(fixture).await;
    for number in 0..300 {
        let url = format!("/item?select=a{number}:id&id=eq.1");
        let expected = json!([{ format!("a{number}"): 1 }]);
        assert_eq!(server.get(&url).send().await.ok(), expected);
    }
    let kept = prepared(&server).await.len();
    assert!((200..=260).contains(&kept), "{kept} statements");
}

#[tokio::test]
async fn lost_statements_are_prepared_again() {
    let fixture = Fixture::shared().await;
    let server = one_connection(fixture).await;
    for url in [
        "/item?select=id&id=eq.1",
        "/rpc/items?select=id&id=eq.1",
        // Of a type that the driver asks the catalog about, with statements of its own.
        "/item?select=id&id=eq.1&size=eq.small",
        "/item?select=id&id=eq.1&shade=eq.dark",
        "/item?select=id&id=eq.1&size=in.(small)",
    ] {
        for _ in 0..3 {
            assert_eq!(server.get(url).send().await.ids(), [1], "{url}");
            assert_eq!(
                server.post("/rpc/forget").send().await.ok(),
                json!("forgot")
            );
        }
        assert_eq!(server.get(url).send().await.ids(), [1], "{url}");
    }
}

#[tokio::test]
async fn a_write_after_lost_statements_happens_once() {
    let fixture = Fixture::own().await;
    let server = one_connection(&fixture).await;
    let user = fixture.user(json!({}));
    for expected in 1..=4 {
        let call = server.post("/rpc/count_then_add").token(&user);
        let reply = call.json(&json!({"body": "once"})).send().await;
        assert_eq!(reply.ok(), json!(expected));
        server.post("/rpc/forget").send().await.ok();
    }
}

#[tokio::test]
async fn a_table_that_changes_is_answered_in_its_new_shape() {
    let fixture = Fixture::own().await;
    let server = one_connection(&fixture).await;
    let admin = fixture.admin().await;
    let get = || async { server.get("/nothing").send().await.ok() };
    execute(&admin, "insert into api.nothing values (1)").await;
    for _ in 0..3 {
        assert_eq!(get().await, json!([{"id": 1}]));
    }
    for (change, expected) in [
        (
            "alter table api.nothing add column more text default 'x'",
            json!([{"id": 1, "more": "x"}]),
        ),
        (
            "alter table api.nothing alter column id type text",
            json!([{"id": "1", "more": "x"}]),
        ),
        (
            "alter table api.nothing drop column more",
            json!([{"id": "1"}]),
        ),
        (
            "alter table api.nothing rename to old; create table api.nothing (other int);
             grant select on api.nothing to public; insert into api.nothing values (2)",
            json!([{"other": 2}]),
        ),
    ] {
        execute(&admin, change).await;
        for _ in 0..3 {
            assert_eq!(get().await, expected, "{change}");
        }
    }
}

#[tokio::test]
async fn a_function_that_changes_is_called_as_it_is_now() {
    let fixture = Fixture::own().await;
    let server = one_connection(&fixture).await;
    let admin = fixture.admin().await;
    for round in 0..3 {
        let definition = format!(
            "drop function api.answer();
             create function api.answer() returns int immutable language sql as 'select {round}'"
        );
        execute(&admin, &definition).await;
        for _ in 0..3 {
            let reply = server.get("/rpc/answer").send().await;
            assert_eq!(reply.ok(), json!(round));
        }
    }
}
