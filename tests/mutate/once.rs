//! `Idempotency-Key`: a write that is sent twice happens once.

use serde_json::{Value, json};

use super::{OBJECT, Writer};
use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::{Call, Reply};

const TABLE: &str = include_str!("../fixtures/idempotency.sql");
const KEY: &str = "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"";

async fn writer() -> Writer {
    let fixture = Fixture::own_with(TABLE).await;
    let server = fixture
        .serve_with(|config| {
            config.db_idempotency_table = Some("kept.idempotency_keys".to_owned());
            config.db_idempotency_role = Some(fixture.role("keeper"));
            config.db_tx_end = rowdesk::config::TransactionEnd::CommitAllowOverride;
        })
        .await;
    let user = fixture.user(json!({"name": "ann"}));
    Writer {
        fixture,
        server,
        user,
    }
}

fn keyed(writer: &Writer, method: &'static str, url: &str, prefer: &str) -> Call {
    writer
        .call(method, url, prefer)
        .header("idempotency-key", KEY)
}

async fn rows(writer: &Writer, table: &str) -> i64 {
    let query = format!("select count(*) from {table}");
    let row = writer.fixture.admin().await.query_one(&query, &[]).await;
    row.expect("a count").get(0)
}

/// But for what each answer has of its own.
fn told(reply: &Reply) -> (u16, String, Vec<Option<String>>) {
    let names = [
        "content-range",
        "content-type",
        "location",
        "preference-applied",
    ];
    let headers = names.map(|name| reply.header(name).map(str::to_owned));
    (
        reply.status.as_u16(),
        reply.text().to_owned(),
        headers.to_vec(),
    )
}

fn is_replayed(reply: &Reply) -> bool {
    reply.header("idempotency-replayed") == Some("true")
}

#[tokio::test]
async fn a_write_that_is_sent_again_happens_once_and_is_answered_alike() {
    let writer = writer().await;
    for (method, url, prefer, body) in [
        (
            "POST",
            "/thing",
            "return=headers-only",
            json!({"name": "once"}),
        ),
        (
            "POST",
            "/thing?select=id,name",
            "return=representation,count=exact",
            json!([{"name": "a"}, {"name": "é\""}]),
        ),
        ("POST", "/rpc/add_note", "", json!({"body": "a note"})),
        (
            "POST",
            "/rpc/add_two_notes?select=body",
            "count=exact",
            json!({"body": "two"}),
        ),
        (
            "PATCH",
            "/thing?name=eq.once",
            "return=representation",
            json!({"name": "never"}),
        ),
        (
            "PUT",
            "/thing?id=eq.700",
            "return=representation",
            json!({"id": 700, "name": "put"}),
        ),
        (
            "DELETE",
            "/thing?id=eq.700",
            "return=representation",
            json!({}),
        ),
    ] {
        let send = || keyed(&writer, method, url, prefer).json(&body).send();
        let first = send().await;
        assert!(
            first.status.is_success(),
            "{method} {url}: {}",
            first.text()
        );
        assert!(!is_replayed(&first));
        let state = everything(&writer).await;
        for _ in 0..3 {
            let again = send().await;
            assert_eq!(told(&again), told(&first), "{method} {url}");
            assert!(is_replayed(&again), "{method} {url}");
        }
        assert_eq!(everything(&writer).await, state, "{method} {url}");
        let admin = writer.fixture.admin().await;
        execute(&admin, "truncate kept.idempotency_keys").await;
    }
    let body = json!({"name": "twice"});
    for _ in 0..2 {
        let reply = writer.send("POST", "/thing", "", &body).await;
        assert!(!is_replayed(&reply));
    }
    assert_eq!(rows(&writer, "api.thing where name = 'twice'").await, 2);
}

async fn everything(writer: &Writer) -> String {
    let query = "select json_build_array(
        (select json_agg(t order by id) from api.thing t), (select json_agg(n order by id) from api.note n))::text";
    let row = writer.fixture.admin().await.query_one(query, &[]).await;
    row.expect("rows").get(0)
}

#[tokio::test]
async fn many_at_once_are_one() {
    let writer = writer().await;
    let send = || {
        keyed(&writer, "POST", "/rpc/add_note", "")
            .json(&json!({"body": "raced"}))
            .send()
    };
    let replies = futures_util::future::join_all((0..8).map(|_| send())).await;
    for reply in &replies {
        assert_eq!(reply.ok(), replies[0].ok());
    }
    assert_eq!(
        replies.iter().filter(|reply| !is_replayed(reply)).count(),
        1
    );
    assert_eq!(rows(&writer, "api.note where body = 'raced'").await, 1);
}

#[tokio::test]
async fn a_key_of_another_request_is_refused() {
    let writer = writer().await;
    let send = |url: &str, prefer: &str, body: Value| {
        keyed(&writer, "POST", url, prefer).json(&body).send()
    };
    assert_eq!(send("/thing", "", json!({"name": "one"})).await.status, 201);
    for (url, prefer, body) in [
        ("/thing", "", json!({"name": "two"})),
        ("/thing?select=id", "", json!({"name": "one"})),
        ("/thing", "return=representation", json!({"name": "one"})),
        ("/rpc/add_note", "", json!({"body": "one"})),
    ] {
        let refused = send(url, prefer, body).await.refused(422, "RD112");
        let message = "The Idempotency-Key was used for another request";
        assert_eq!(refused["message"], message);
    }
    let changed = keyed(&writer, "PATCH", "/thing?id=gt.0", "").json(&json!({"name": "two"}));
    changed.send().await.refused(422, "RD112");
    assert_eq!(rows(&writer, "api.thing where name = 'one'").await, 1);
    assert_eq!(rows(&writer, "api.thing where name = 'two'").await, 0);
}

#[tokio::test]
async fn nobody_else_has_the_key() {
    let writer = writer().await;
    let send = |token: String| {
        let call = writer.server.post("/thing").token(&token);
        let call = call.header("idempotency-key", KEY);
        call.json(&json!({"name": "mine"})).send()
    };
    let token = |claims: Value| writer.fixture.user(claims);
    assert!(!is_replayed(&send(token(json!({"name": "ann"}))).await));
    assert!(!is_replayed(&send(token(json!({"name": "bob"}))).await));
    // A newer token of the same session is the same caller.
    let newer = json!({"name": "ann", "iat": 1_700_000_000, "exp": 4_000_000_000_u64, "jti": "x"});
    assert!(is_replayed(&send(token(newer)).await));
    assert_eq!(rows(&writer, "api.thing where name = 'mine'").await, 2);
}

#[tokio::test]
async fn what_failed_or_was_rolled_back_can_be_sent_again() {
    let writer = writer().await;
    let send = |prefer: &str, accept: &str, body: Value| {
        let call = keyed(&writer, "POST", "/thing", prefer);
        call.header("accept", accept).json(&body).send()
    };
    let two = json!([{"name": "a"}, {"name": "b"}]);
    send("", "*/*", json!({"amount": -1}))
        .await
        .refused(400, "23502");
    send("return=representation", OBJECT, two)
        .await
        .refused(406, "PGRST116");
    let reply = send("tx=rollback", "*/*", json!({"name": "gone"})).await;
    assert_eq!(reply.status, 201);
    assert_eq!(rows(&writer, "kept.idempotency_keys").await, 0);
    assert_eq!(send("", "*/*", json!({"name": "kept"})).await.status, 201);
    assert_eq!(rows(&writer, "api.thing").await, 1);
    // A deferred constraint speaks at the end, before the outcome is kept.
    let refer = || keyed(&writer, "POST", "/rpc/refer", "tx=commit").json(&json!({"note": 99}));
    let admin = writer.fixture.admin().await;
    execute(&admin, "truncate kept.idempotency_keys").await;
    refer().send().await.refused(409, "23503");
    refer().send().await.refused(409, "23503");
    assert_eq!(rows(&writer, "kept.idempotency_keys").await, 0);
}

#[tokio::test]
async fn a_key_is_kept_for_a_day() {
    let writer = writer().await;
    let admin = writer.fixture.admin().await;
    let send = || {
        keyed(&writer, "POST", "/thing", "")
            .json(&json!({"name": "daily"}))
            .send()
    };
    assert!(!is_replayed(&send().await));
    let age = |hours: i32| {
        format!("update kept.idempotency_keys set created_at = now() - interval '{hours} hours'")
    };
    execute(&admin, &age(23)).await;
    assert!(is_replayed(&send().await));
    execute(&admin, &age(25)).await;
    assert!(!is_replayed(&send().await));
    assert_eq!(rows(&writer, "api.thing where name = 'daily'").await, 2);
    // Those of others go, too.
    let old = "insert into kept.idempotency_keys select 'somebody', n::text, '', '{}', '', now() - interval '2 days'
        from generate_series(1, 5) as n; truncate api.thing cascade; delete from kept.idempotency_keys where caller <> 'somebody'";
    execute(&admin, old).await;
    send().await;
    assert_eq!(rows(&writer, "kept.idempotency_keys").await, 1);
}

#[tokio::test]
async fn what_is_no_key_is_refused_where_keys_are_kept() {
    let writer = writer().await;
    for key in ["\"\"", "a key", "é", &"k".repeat(256)] {
        let call = writer
            .call("POST", "/thing", "")
            .header("idempotency-key", key);
        let reply = call.json(&json!({"name": "never"})).send().await;
        reply.refused(400, "RD113");
    }
    // Reads take none.
    for url in ["/thing", "/rpc/answer"] {
        let reply = keyed(&writer, "GET", url, "").send().await;
        assert!(reply.status == 200 && !is_replayed(&reply));
    }
    assert_eq!(rows(&writer, "kept.idempotency_keys").await, 0);
}

#[tokio::test]
async fn callers_cannot_read_what_is_kept_and_a_wrong_table_is_an_error_of_the_server() {
    let writer = writer().await;
    let peek = "create function api.peek() returns setof text volatile language sql
        as $$ select body::text from kept.idempotency_keys $$";
    let admin = writer.fixture.admin().await;
    execute(&admin, &format!("{peek}; notify pgrst")).await;
    let fixture = &writer.fixture;
    for table in ["kept.nowhere", "kept.other", "idempotency_keys"] {
        let server = fixture
            .serve_with(|config| config.db_idempotency_table = Some(table.to_owned()))
            .await;
        let call = server.post("/thing").token(&writer.user);
        let call = call.header("idempotency-key", KEY);
        let reply = call.json(&json!({"name": "lost"})).send().await;
        let error = reply.refused(500, "RD500");
        assert_eq!(
            error["message"],
            "The table of idempotency keys cannot be used"
        );
        let reply = server.post("/rpc/peek").token(&writer.user).send().await;
        reply.refused(403, "42501");
    }
    assert_eq!(rows(&writer, "api.thing").await, 0);
}
