//! Refusals that PostgREST does not have: settings that are off unless asked for.

use std::time::Duration;

use serde_json::json;

use super::{Writer, untouched};
use crate::harness::server::TestServer;

async fn strict(writer: &Writer) -> TestServer {
    writer
        .fixture
        .serve_with(|config| {
            config.strict_json_types = true;
            config.require_filter = true;
        })
        .await
}

#[tokio::test]
async fn json_of_another_kind_than_its_column_is_refused() {
    let writer = Writer::with_things().await;
    let server = strict(&writer).await;
    for (body, message, hint) in [
        (
            json!({"amount": "5"}),
            "Column \"amount\" takes a whole number, not the string \"5\"",
            "Write 5, not \"5\"",
        ),
        (
            json!({"amount": 4.5}),
            "Column \"amount\" takes a whole number, not the number 4.5",
            "Write a whole number, such as 5",
        ),
        (
            json!({"amount": true}),
            "Column \"amount\" takes a whole number, not the boolean true",
            "Write a whole number, such as 5",
        ),
        // A domain is what it is made of.
        (
            json!({"rank": "2"}),
            "Column \"rank\" takes a whole number, not the string \"2\"",
            "Write 2, not \"2\"",
        ),
        (
            json!({"ratio": "0.5"}),
            "Column \"ratio\" takes a number, not the string \"0.5\"",
            "Write 0.5, not \"0.5\"",
        ),
        (
            json!({"done": "true"}),
            "Column \"done\" takes true or false, not the string \"true\"",
            "Write true, not \"true\"",
        ),
        (
            json!({"done": 1}),
            "Column \"done\" takes true or false, not the number 1",
            "Write true or false",
        ),
        (
            json!({"name": 5}),
            "Column \"name\" takes a string, not the number 5",
            "Write \"5\", not 5",
        ),
        (
            json!({"due": 20_250_101}),
            "Column \"due\" takes a string, not the number 20250101",
            "Write \"20250101\", not 20250101",
        ),
        (
            json!({"code": 5}),
            "Column \"code\" takes a string, not the number 5",
            "Write \"5\", not 5",
        ),
        (
            json!({"size": false}),
            "Column \"size\" takes a string, not the boolean false",
            "Write \"false\", not false",
        ),
        (
            json!({"price": [1]}),
            "Column \"price\" takes a number, not the JSON [1]",
            "Write a number, such as 4.5",
        ),
    ] {
        for (method, url) in [
            ("PATCH", "/thing?id=eq.1"),
            ("POST", "/thing"),
            ("PUT", "/thing?id=eq.1"),
        ] {
            let call = server.call(method, url).token(&writer.user);
            let refused = call.json(&body).send().await.refused(400, "RD106");
            assert_eq!(refused["message"], message);
            assert_eq!(refused["hint"], hint);
            assert_eq!(refused["details"], json!(null));
        }
    }
    let rows = json!([{"name": "a", "amount": 1}, {"name": "b", "amount": "2"}]);
    for url in ["/thing", "/thing?columns=name,amount"] {
        let call = server.post(url).token(&writer.user).json(&rows);
        let refused = call.send().await.refused(400, "RD106");
        assert_eq!(refused["details"], "In row 2 of the body");
    }
    assert_eq!(writer.amounts().await, untouched());
}

#[tokio::test]
async fn json_of_its_columns_kind_is_written() {
    let writer = Writer::new().await;
    let server = strict(&writer).await;
    let thing = json!({
        "name": "5", "amount": 7, "price": "12.50", "ratio": 1, "done": null, "due": "2025-07-01T12:00:00Z",
        "code": "00000000-0000-4000-8000-000000000001", "size": "large", "data": "text", "tags": ["5"],
    });
    let call = server
        .post("/thing?select=price,ratio,data")
        .token(&writer.user);
    let reply = call
        .header("prefer", "return=representation")
        .json(&thing)
        .send()
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(
        reply.json(),
        json!([{"price": 12.5, "ratio": 1, "data": "text"}])
    );
    // What is not written is not looked at; forms and CSV know only strings.
    let call = server.post("/thing?columns=name").token(&writer.user);
    let reply = call.json(&json!({"name": "a", "amount": "x"})).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    for (content_type, body) in [
        ("text/csv", "name,amount\nb,5"),
        ("application/x-www-form-urlencoded", "name=b&amount=5"),
    ] {
        let call = server.post("/thing").token(&writer.user);
        let reply = call.body(content_type, body).send().await;
        assert_eq!(reply.status, 201, "{}", reply.text());
    }
}

#[tokio::test]
async fn changing_every_row_must_be_said() {
    let writer = Writer::with_things().await;
    let server = strict(&writer).await;
    for (method, url, all) in [
        ("PATCH", "/thing", "?id=not.is.null"),
        ("DELETE", "/thing", "?id=not.is.null"),
        (
            "DELETE",
            "/thing?select=id&order=id&limit=1",
            "?id=not.is.null",
        ),
        (
            "PATCH",
            "/no_key?columns=a",
            "?or=(a.is.null,a.not.is.null)",
        ),
    ] {
        let call = server.call(method, url).token(&writer.user);
        let refused = call.json(&json!({"amount": 0})).send().await;
        let refused = refused.refused(400, "RD107");
        let message = format!("{method} without a filter would change every row");
        assert_eq!(refused["message"], message);
        let column = if url.starts_with("/no_key") {
            "a"
        } else {
            "id"
        };
        let hint = format!("Say which rows, such as ?{column}=eq.…; if all are meant, write {all}");
        assert_eq!(refused["hint"], hint);
    }
    assert_eq!(writer.amounts().await, untouched());
    for url in [
        "/thing?id=not.is.null",
        "/thing?or=(id.is.null,id.not.is.null)",
    ] {
        let call = server.call("PATCH", url).token(&writer.user);
        let reply = call
            .header("prefer", "count=exact")
            .json(&json!({"amount": 0}))
            .send()
            .await;
        assert_eq!(reply.header("content-range"), Some("0-4/5"));
    }
    let call = server.call("DELETE", "/thing?id=not.is.null");
    assert_eq!(call.token(&writer.user).send().await.status, 204);
    assert_eq!(writer.amounts().await, json!([]));
}

#[tokio::test]
async fn bad_writes_take_no_connection() {
    let writer = Writer::new().await;
    let server = writer
        .fixture
        .serve_with(|config| {
            config.strict_json_types = true;
            config.require_filter = true;
            config.db_pool = 1;
            // Whoever waited for the connection would be answered by nobody.
            config.db_pool_acquisition_timeout = Duration::from_mins(10);
        })
        .await;
    let call = server.post("/rpc/sleep").json(&json!({"seconds": 600}));
    let busy = tokio::spawn(call.send());
    let sleeping = "state = 'active' and query like '%sleep%'";
    writer.fixture.wait_for(sleeping, 1).await;
    for (method, url, body, status, code) in [
        ("POST", "/thing", "{", 400, "PGRST102"),
        ("POST", "/thing", "[{\"name\":\"a\"},{}]", 400, "PGRST102"),
        ("POST", "/thing", "{\"nonsense\":1}", 400, "PGRST204"),
        ("POST", "/thing?columns=nonsense", "{}", 400, "PGRST204"),
        ("POST", "/thing", "{\"amount\":\"5\"}", 400, "RD106"),
        ("POST", "/thing?select=id(", "{}", 400, "PGRST100"),
        ("POST", "/nowhere", "{}", 404, "PGRST205"),
        ("PUT", "/thing", "{\"id\":1}", 405, "PGRST105"),
        (
            "PUT",
            "/thing?id=eq.1&limit=1",
            "{\"id\":1}",
            400,
            "PGRST114",
        ),
        ("PATCH", "/thing", "{\"amount\":5}", 400, "RD107"),
        ("DELETE", "/thing", "{}", 400, "RD107"),
        ("DELETE", "/thing?id=1", "{}", 400, "PGRST100"),
    ] {
        let call = server.call(method, url).body("application/json", body);
        call.send().await.refused(status, code);
    }
    busy.abort();
}

#[tokio::test]
async fn a_string_that_is_too_long_is_refused_by_the_name_of_its_column() {
    let writer = Writer::with_things().await;
    let server = strict(&writer).await;
    for (method, url, body) in [
        ("POST", "/thing", json!({ "name": "a", "label": "äbcdefg" })),
        ("PATCH", "/thing?id=eq.1", json!({ "label": "äbcdefg" })),
    ] {
        let call = server.call(method, url).token(&writer.user).json(&body);
        let error = call.send().await.refused(400, "RD106");
        let message = "Column \"label\" takes up to 5 characters, not 7";
        assert_eq!(error["message"], message);
        assert_eq!(error["hint"], "Shorten it by 2");
    }
    assert_eq!(writer.amounts().await, untouched());
    let call = server.call("PATCH", "/thing?id=eq.1").token(&writer.user);
    let fits = call.json(&json!({ "label": "äbcde  " })).send().await;
    assert_eq!(fits.status, 204, "{}", fits.text());
}
