//! What is looked at before a transaction commits.

use serde_json::json;

use super::{OBJECT, Writer, untouched};
use crate::harness::desk::execute;
use crate::harness::server::TestServer;

#[tokio::test]
async fn a_change_that_is_not_one_object_is_rolled_back() {
    let writer = Writer::with_things().await;
    for (method, url, body, rows) in [
        ("PATCH", "/thing?id=lte.2", json!({"amount": 0}), 2),
        ("PATCH", "/thing?id=eq.99", json!({"amount": 0}), 0),
        ("DELETE", "/thing?id=gt.2", json!({}), 3),
        ("DELETE", "/thing?id=eq.99", json!({}), 0),
        ("POST", "/thing", json!([{"name": "a"}, {"name": "b"}]), 2),
        ("POST", "/thing", json!([]), 0),
    ] {
        for prefer in ["", "return=minimal", "return=representation"] {
            let call = writer.call(method, url, prefer).header("accept", OBJECT);
            let refused = call.json(&body).send().await.refused(406, "PGRST116");
            let message = "Cannot coerce the result to a single JSON object";
            assert_eq!(refused["message"], message);
            let details = format!("The result contains {rows} rows");
            assert_eq!(refused["details"], details, "{method} {url}");
        }
    }
    assert_eq!(writer.amounts().await, untouched());
}

#[tokio::test]
async fn one_object_is_what_one_row_becomes() {
    let writer = Writer::with_things().await;
    for (method, url, body, status) in [
        ("POST", "/thing?select=name", json!({"name": "one"}), 201),
        (
            "PATCH",
            "/thing?id=eq.1&select=name",
            json!({"name": "one"}),
            200,
        ),
        ("DELETE", "/thing?id=eq.1&select=name", json!({}), 200),
    ] {
        let call = writer.call(method, url, "return=representation");
        let reply = call.header("accept", OBJECT).json(&body).send().await;
        assert_eq!(reply.status, status, "{}", reply.text());
        assert_eq!(reply.json(), json!({"name": "one"}));
        let expected = format!("{OBJECT}; charset=utf-8");
        assert_eq!(reply.header("content-type"), Some(expected.as_str()));
    }
    let call = writer.call("PATCH", "/thing?id=eq.2", "");
    let call = call.header("accept", OBJECT).json(&json!({"amount": 0}));
    super::assert_empty(&call.send().await, 204);
}

#[tokio::test]
async fn more_rows_than_allowed_are_rolled_back() {
    let writer = Writer::with_things().await;
    let strict = "handling=strict, max-affected=2";
    for (method, body) in [("PATCH", json!({"amount": 0})), ("DELETE", json!({}))] {
        let reply = writer.send(method, "/thing?id=lte.3", strict, &body).await;
        let refused = reply.refused(400, "PGRST124");
        assert_eq!(
            refused,
            json!({
                "code": "PGRST124",
                "details": "The query affects 3 rows",
                "hint": null,
                "message": "Query result exceeds max-affected preference constraint",
            })
        );
    }
    assert_eq!(writer.amounts().await, untouched());
    let reply = writer
        .send("PATCH", "/thing?id=lte.2", strict, &json!({"amount": 0}))
        .await;
    super::assert_empty(&reply, 204);
    assert_eq!(reply.header("preference-applied"), Some(strict));
    // Without handling=strict it is a wish; for new rows it says nothing.
    let lenient = "handling=lenient, max-affected=0";
    let reply = writer
        .send("DELETE", "/thing?id=eq.3", lenient, &json!({}))
        .await;
    super::assert_empty(&reply, 204);
    assert_eq!(reply.header("preference-applied"), Some("handling=lenient"));
    let reply = writer
        .send(
            "POST",
            "/thing",
            "handling=strict, max-affected=0",
            &json!({"name": "new"}),
        )
        .await;
    super::assert_empty(&reply, 201);
    assert_eq!(reply.header("preference-applied"), Some("handling=strict"));
}

#[tokio::test]
async fn a_function_may_not_give_more_rows_than_allowed() {
    let writer = Writer::new().await;
    let call = |url: &'static str, prefer| {
        writer
            .call("POST", url, prefer)
            .json(&json!({"body": "two"}))
            .send()
    };
    let strict = "handling=strict, max-affected=1";
    let refused = call("/rpc/add_two_notes", strict).await;
    let refused = refused.refused(400, "PGRST124");
    assert_eq!(refused["details"], "The query affects 2 rows");
    assert_eq!(writer.get("/note").await, json!([]));
    let reply = call("/rpc/add_two_notes", "handling=strict, max-affected=2").await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        writer.get("/note?select=body").await,
        json!([{"body": "two"}, {"body": "two"}])
    );
    // Of several faults that of the function comes last.
    let both = call("/rpc/add_note", "handling=strict, max-affected=1, nonsense");
    both.await.refused(400, "PGRST122");
    let refused = call("/rpc/add_note", strict).await;
    let refused = refused.refused(400, "PGRST128");
    assert_eq!(
        refused["message"],
        "Function must return SETOF or TABLE when max-affected preference is used with handling=strict"
    );
}

async fn serve(writer: &Writer, tx_end: &str) -> TestServer {
    use rowdesk::config::TransactionEnd::{
        Commit, CommitAllowOverride, Rollback, RollbackAllowOverride,
    };
    let all = [Commit, CommitAllowOverride, Rollback, RollbackAllowOverride];
    let end = all.into_iter().find(|end| end.name() == tx_end);
    writer
        .fixture
        .serve_with(|config| config.db_tx_end = end.expect("an end"))
        .await
}

#[tokio::test]
async fn transactions_end_as_the_setting_and_where_allowed_the_request_say() {
    let writer = Writer::with_things().await;
    for (setting, prefer, commits, is_applied) in [
        ("commit", "", true, false),
        ("commit", "tx=rollback", true, false),
        ("commit-allow-override", "", true, false),
        ("commit-allow-override", "tx=rollback", false, true),
        ("commit-allow-override", "tx=commit", true, true),
        ("rollback", "", false, false),
        ("rollback", "tx=commit", false, false),
        ("rollback-allow-override", "", false, false),
        ("rollback-allow-override", "tx=commit", true, true),
    ] {
        let server = serve(&writer, setting).await;
        let prefers = format!("return=representation,{prefer}");
        for (method, url, body, status) in [
            (
                "POST",
                "/thing?select=amount",
                json!({"name": "n", "amount": 7}),
                201,
            ),
            (
                "PATCH",
                "/thing?amount=eq.7&select=amount",
                json!({"amount": 7}),
                200,
            ),
            ("DELETE", "/thing?amount=eq.7&select=amount", json!({}), 200),
            (
                "PATCH",
                "/thing?id=eq.1&select=amount",
                json!({"amount": 0}),
                200,
            ),
            ("DELETE", "/thing?id=eq.2&select=amount", json!({}), 200),
            (
                "PUT",
                "/thing?id=eq.9&select=amount",
                json!({"id": 9, "name": "p"}),
                201,
            ),
            ("POST", "/rpc/add_note", json!({"body": "n"}), 200),
        ] {
            let call = server.call(method, url).token(&writer.user);
            let reply = call.header("prefer", &prefers).json(&body).send().await;
            assert_eq!(reply.status, status, "{setting} {prefer} {}", reply.text());
            let applied = reply.header("preference-applied").unwrap_or_default();
            assert_eq!(applied.contains("tx="), is_applied, "{applied}");
        }
        let changed = writer.amounts().await != untouched();
        assert_eq!(changed, commits, "{setting} {prefer}");
        let notes = writer.get("/note").await != json!([]);
        assert_eq!(notes, commits, "{setting} {prefer}");
        let admin = writer.fixture.admin().await;
        execute(
            &admin,
            "delete from api.note; delete from api.thing;
             insert into api.thing (id, name, amount)
             select n, 'thing ' || n, n * 10 from generate_series(1, 5) as n",
        )
        .await;
    }
}

#[tokio::test]
async fn deferred_constraints_speak_before_a_rollback() {
    let writer = Writer::new().await;
    for setting in ["commit", "rollback"] {
        let server = serve(&writer, setting).await;
        for _ in 0..3 {
            let orphan = json!({"name": "orphan", "parent": 12345});
            let call = server.post("/thing").token(&writer.user);
            call.json(&orphan).send().await.refused(409, "23503");
        }
    }
    assert_eq!(writer.amounts().await, json!([]));
}

#[tokio::test]
async fn an_end_that_may_not_be_chosen_is_no_unknown_preference() {
    let writer = Writer::new().await;
    let reply = writer
        .send(
            "POST",
            "/thing",
            "handling=strict, tx=rollback",
            &json!({"name": "a"}),
        )
        .await;
    super::assert_empty(&reply, 201);
    assert_eq!(reply.header("preference-applied"), Some("handling=strict"));
}
