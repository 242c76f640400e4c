//! What a body may be, and what is told of one that is not.

use serde_json::json;

use super::{Writer, untouched};

/// The columns first, then the preferences, then the media type, as in PostgREST.
#[tokio::test]
async fn of_several_faults_the_first_is_told() {
    let writer = Writer::new().await;
    for (method, url, prefer, status, code) in [
        ("POST", "/thing?columns=zzz", "nonsense", 400, "PGRST204"),
        ("PUT", "/thing?id=gt.5", "nonsense", 405, "PGRST105"),
        ("PUT", "/thing?id-%3Ex=eq.5", "count=exact", 405, "PGRST105"),
        ("POST", "/thing", "nonsense", 400, "PGRST122"),
        ("PATCH", "/thing", "nonsense", 400, "PGRST122"),
        ("DELETE", "/thing", "nonsense", 400, "PGRST122"),
        ("POST", "/thing", "count=exact", 406, "PGRST107"),
    ] {
        let prefer = format!("handling=strict, return=representation, {prefer}");
        let call = writer
            .call(method, url, &prefer)
            .header("accept", "image/png");
        let reply = call.json(&json!({"name": "never"})).send().await;
        reply.refused(status, code);
    }
    assert_eq!(writer.get("/thing").await, json!([]));
}

#[tokio::test]
async fn csv_and_forms_are_rows() {
    let writer = Writer::new().await;
    let reply = writer
        .call(
            "POST",
            "/thing?select=id,name,amount,tags",
            "return=representation",
        )
        .body(
            "text/csv",
            "name,amount,tags\n\"a, b\",5,\"{x,y}\"\nc,NULL,{}\n",
        )
        .send()
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(
        reply.json(),
        json!([
            {"id": 1, "name": "a, b", "amount": 5, "tags": ["x", "y"]},
            {"id": 2, "name": "c", "amount": null, "tags": []},
        ])
    );
    let reply = writer
        .call(
            "POST",
            "/thing?select=id,name,done",
            "return=representation",
        )
        .body(
            "application/x-www-form-urlencoded",
            "name=forms+are+fun&done=true",
        )
        .send()
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let expected = json!([{"id": 3, "name": "forms are fun", "done": true}]);
    assert_eq!(reply.json(), expected);
    let reply = writer
        .call("PATCH", "/thing?id=eq.3", "return=representation")
        .header("accept", "text/csv")
        .body("application/x-www-form-urlencoded", "amount=8&name=x")
        .send()
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(
        reply.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let (header, line) = reply.text().split_once('\n').expect("two lines");
    assert!(header.starts_with("id,name,amount,"), "{header}");
    assert!(line.starts_with("3,x,8,"), "{line}");
}

#[tokio::test]
async fn columns_that_do_not_exist_are_refused() {
    let writer = Writer::with_things().await;
    for (method, url, body, column, hint) in [
        (
            "POST",
            "/thing",
            json!({"nmae": "a"}),
            "nmae",
            json!("name"),
        ),
        (
            "POST",
            "/thing",
            json!([{"name": "a", "amuont": 1}]),
            "amuont",
            json!("amount"),
        ),
        (
            "PATCH",
            "/thing?id=eq.1",
            json!({"amounts": 1}),
            "amounts",
            json!("amount"),
        ),
        (
            "POST",
            "/thing?columns=name,helicopter",
            json!({"name": "a"}),
            "helicopter",
            json!(null),
        ),
        (
            "PATCH",
            "/thing?columns=helicopter",
            json!({"name": "a"}),
            "helicopter",
            json!(null),
        ),
        (
            "PUT",
            "/thing?id=eq.1",
            json!({"id": 1, "zebra": "a"}),
            "zebra",
            json!(null),
        ),
        (
            "POST",
            "/thing",
            json!({"a\"; drop": 1}),
            "a\"; drop",
            json!(null),
        ),
    ] {
        let refused = writer.send(method, url, "", &body).await;
        let refused = refused.refused(400, "PGRST204");
        assert_eq!(
            refused["message"],
            format!("Could not find the '{column}' column of 'thing' in the schema cache")
        );
        let hint = hint
            .as_str()
            .map(|near| format!("Perhaps you meant the column '{near}'"));
        assert_eq!(refused["hint"], json!(hint), "{column}");
    }
    let refused = writer
        .send("PATCH", "/thign?columns=x", "", &json!({}))
        .await;
    refused.refused(404, "PGRST205");
    assert_eq!(writer.amounts().await, untouched());
}

#[tokio::test]
async fn bodies_that_cannot_be_read_change_nothing() {
    let writer = Writer::with_things().await;
    for (content_type, body, message) in [
        ("application/json", "", "Empty or invalid json"),
        ("application/json", "}{ x = 2", "Empty or invalid json"),
        (
            "application/json",
            "{\"amount\": 1",
            "Empty or invalid json",
        ),
        (
            "application/json",
            "[{\"amount\": 1}, 5]",
            "All object keys must match",
        ),
        ("application/json", "[5]", "All object keys must match"),
        (
            "application/json",
            "[{\"amount\": 1}, {\"amount\": 1, \"name\": \"x\"}]",
            "All object keys must match",
        ),
        (
            "text/csv",
            "amount,name\n1,a\n2",
            "All lines must have same number of fields",
        ),
        // No rows, but not said so: this was meant as something else.
        (
            "text/csv",
            "{\"amount\": 1}",
            "Invalid CSV: the first line, which names the columns, has no end. Of JSON say Content-Type: \
             application/json",
        ),
        (
            "text/plain",
            "amount",
            "Content-Type not acceptable: text/plain",
        ),
        (
            "image/png",
            "amount",
            "Content-Type not acceptable: image/png",
        ),
    ] {
        for (method, url) in [
            ("POST", "/thing"),
            ("PATCH", "/thing"),
            ("PUT", "/thing?id=eq.1"),
        ] {
            let call = writer.call(method, url, "").body(content_type, body);
            let refused = call.send().await.refused(400, "PGRST102");
            assert_eq!(refused["message"], message, "{method} {body}");
        }
    }
    assert_eq!(writer.amounts().await, untouched());
}

#[tokio::test]
async fn what_is_not_looked_into_is_refused_by_the_database() {
    let writer = Writer::with_things().await;
    for (body, code) in [
        ("", "22P02"),
        ("{\"amount\": 1", "22P02"),
        ("5", "22023"),
        ("[{\"amount\": 1}, 5]", "22023"),
        ("[[1]]", "22023"),
        ("{\"amount\": \"\\u0000\"}", "22P05"),
    ] {
        for (method, url) in [
            ("POST", "/thing?columns=amount"),
            ("PATCH", "/thing?columns=amount"),
        ] {
            let call = writer.call(method, url, "").body("application/json", body);
            call.send().await.refused(400, code);
        }
    }
    assert_eq!(writer.amounts().await, untouched());
}

#[tokio::test]
async fn white_space_around_a_body_is_nothing() {
    let writer = Writer::with_things().await;
    for (body, amount) in [
        ("\t \n \r { \"amount\": 1 } \t \n \r ", 1),
        (" \r\n [ { \"amount\": 2 } ] ", 2),
    ] {
        for url in ["/thing?id=eq.1", "/thing?id=eq.1&columns=amount"] {
            let call = writer.call("PATCH", url, "").body("application/json", body);
            super::assert_empty(&call.send().await, 204);
            let row = writer.get("/thing?id=eq.1&select=amount").await;
            assert_eq!(row, json!([{"amount": amount}]));
        }
    }
}

#[tokio::test]
async fn what_a_write_does_not_answer_with() {
    let writer = Writer::with_things().await;
    let full = "return=representation";
    for (url, status, code) in [
        ("/thing?select=amount.sum()", 400, "PGRST123"),
        ("/thing?select=nonsense", 400, "42703"),
        ("/thing?order=nonsense", 400, "42703"),
        ("/thing?select=name::nonsense", 400, "42704"),
    ] {
        for (method, body) in [
            ("POST", json!({"name": "a"})),
            ("PATCH", json!({"amount": 0})),
            ("DELETE", json!({})),
        ] {
            let reply = writer.send(method, url, full, &body).await;
            reply.refused(status, code);
        }
    }
    let call = writer
        .call("DELETE", "/thing", "")
        .header("accept", "image/png");
    call.send().await.refused(406, "PGRST107");
    let reply = writer
        .send("DELETE", "/thing", "handling=strict, x", &json!({}))
        .await;
    reply.refused(400, "PGRST122");
    assert_eq!(writer.amounts().await, untouched());
}

/// What `curl -d '{…}'` sends when nobody says that it is JSON.
#[tokio::test]
async fn json_that_is_sent_as_a_form_is_told_how_to_be_sent() {
    let writer = Writer::with_things().await;
    let call = writer.call("POST", "/thing", "");
    let reply = call.body("application/x-www-form-urlencoded", r#"{"name":"a"}"#);
    let error = reply.send().await.refused(400, "PGRST204");
    let hint = "If the body is JSON, send it with 'Content-Type: application/json'";
    assert_eq!(error["hint"], hint);
    assert_eq!(writer.amounts().await, untouched());
}
