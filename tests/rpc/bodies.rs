//! Bodies of calls: one value as a whole, arrays, CSV, chosen columns.

use serde_json::json;

use crate::harness::fixture::Fixture;

#[tokio::test]
async fn a_single_unnamed_parameter_takes_the_whole_body() {
    let server = Fixture::shared().await.serve().await;
    let object = json!({"x": 4, "y": {"z": [1, null]}});
    for body in [object, json!([{"a": 1}, {"a": 2}]), json!({}), json!([])] {
        let reply = server.post("/rpc/whole_json").json(&body).send().await;
        assert_eq!(reply.ok(), body);
    }
    let call = |url: &str, content_type: &str, body: &[u8]| {
        let call = server.post(url).body(content_type, body.to_vec());
        async { call.send().await }
    };
    let text = "it's \"text\" \u{e9} \\ {}";
    let reply = call(
        "/rpc/whole_text",
        "text/plain; charset=utf-8",
        text.as_bytes(),
    )
    .await;
    assert_eq!(reply.ok(), json!(text));
    let reply = call("/rpc/whole_xml", "text/xml", b"<a>1</a>").await;
    assert_eq!(reply.ok(), json!("<a>1</a>"));
    let reply = call(
        "/rpc/whole_bytes",
        "application/octet-stream",
        b"\0\xff\\x'",
    )
    .await;
    assert_eq!(reply.ok(), json!("00ff5c7827"));
    let reply = call("/rpc/whole_bytes", "application/octet-stream", b"").await;
    assert_eq!(reply.ok(), json!(""));
}

#[tokio::test]
async fn what_is_no_value_of_the_type_is_the_databases_to_refuse() {
    let server = Fixture::shared().await.serve().await;
    for (url, content_type, body, code) in [
        ("/rpc/whole_text", "text/plain", &b"\xff"[..], "22021"),
        ("/rpc/whole_text", "text/plain", b"a\0b", "22021"),
        ("/rpc/whole_xml", "text/xml", b"\xff", "22021"),
        ("/rpc/whole_xml", "text/xml", b"<", "2200N"),
        ("/rpc/whole_json", "application/json", b"{", "PGRST102"),
        (
            "/rpc/whole_json",
            "application/json",
            b"\"\xff\"",
            "PGRST102",
        ),
    ] {
        let reply = server
            .post(url)
            .body(content_type, body.to_vec())
            .send()
            .await;
        reply.refused(400, code);
    }
}

#[tokio::test]
async fn the_content_type_decides_which_parameter_can_be_meant() {
    let server = Fixture::shared().await.serve().await;
    for (content_type, wanted) in [
        ("text/plain", "text"),
        ("text/xml", "xml"),
        ("application/octet-stream", "bytea"),
    ] {
        for url in ["/rpc/whole_number", "/rpc/answer", "/rpc/nowhere"] {
            let reply = server.post(url).body(content_type, "5").send().await;
            let name = url.trim_start_matches("/rpc/");
            assert_eq!(
                reply.refused(404, "PGRST202"),
                json!({
                    "code": "PGRST202",
                    "details": format!(
                        "Searched for the function api.{name} with a single unnamed {wanted} \
                         parameter, but no matches were found in the schema cache."
                    ),
                    "hint": null,
                    "message": format!("Could not find the function api.{name} in the schema cache"),
                })
            );
        }
    }
    let reply = server
        .post("/rpc/whole_text")
        .json(&json!({"a": 1}))
        .send()
        .await;
    assert_eq!(
        reply.refused(404, "PGRST202")["details"],
        "Searched for the function api.whole_text with parameter a or with a single unnamed \
         json/jsonb parameter, but no matches were found in the schema cache."
    );
    // A name that is none.
    server
        .get("/rpc/whole_text?=5")
        .send()
        .await
        .refused(404, "PGRST202");
    server
        .get("/rpc/whole_json")
        .send()
        .await
        .refused(404, "PGRST202");
}

#[tokio::test]
async fn named_arguments_go_before_the_whole_body() {
    let server = Fixture::shared().await.serve().await;
    for (content_type, body, expected) in [
        ("application/json", "{}", "nothing"),
        ("application/json", "", "nothing"),
        ("application/json", r#"{"a": 1, "b": 2}"#, "named"),
        ("application/json", r#"{"a": 1, "c": 2}"#, "json"),
        ("application/x-www-form-urlencoded", "a=1&b=2", "named"),
        ("text/plain", "{}", "text"),
    ] {
        let reply = server
            .post("/rpc/any_body")
            .body(content_type, body)
            .send()
            .await;
        assert_eq!(reply.ok(), json!(expected), "{content_type} {body}");
    }
    let by_get = server
        .get("/rpc/any_body")
        .header("content-type", "text/plain");
    assert_eq!(by_get.send().await.ok(), json!("nothing"));
    let form = server
        .post("/rpc/any_body")
        .body("application/x-www-form-urlencoded", "z=1");
    form.send().await.refused(404, "PGRST202");
    let both = server
        .post("/rpc/json_or_jsonb")
        .json(&json!({"a": 1}))
        .send()
        .await;
    assert_eq!(
        both.refused(300, "PGRST203")["message"],
        "Could not choose the best candidate function between: api.json_or_jsonb( => json), \
         api.json_or_jsonb( => jsonb)"
    );
}

#[tokio::test]
async fn of_several_rows_the_first_gives_the_arguments() {
    let server = Fixture::shared().await.serve().await;
    let add = |body: serde_json::Value| server.post("/rpc/add").json(&body).send();
    assert_eq!(add(json!([{"a": 1, "b": 2}])).await.ok(), json!(3));
    assert_eq!(
        add(json!([{"a": 1, "b": 2}, {"a": 7, "b": 7}])).await.ok(),
        json!(3)
    );
    add(json!([{"a": 1}, {"b": 2}]))
        .await
        .refused(400, "PGRST102");
    add(json!([])).await.refused(404, "PGRST202");
    let csv = server.post("/rpc/add").body("text/csv", "a,b\n1,2\n7,7");
    assert_eq!(csv.send().await.ok(), json!(3));
}

#[tokio::test]
async fn columns_choose_the_members_that_are_arguments() {
    let server = Fixture::shared().await.serve().await;
    let body = json!({"a": 1, "b": 2, "not": "an argument"});
    let call = |url: &str| server.post(url).json(&body).send();
    assert_eq!(call("/rpc/add?columns=a,b").await.ok(), json!(3));
    assert_eq!(call("/rpc/add?columns=a").await.ok(), json!(11));
    call("/rpc/add").await.refused(404, "PGRST202");
    call("/rpc/add?columns=b").await.refused(404, "PGRST202");
    let rows = json!([{"a": 1, "x": 2}, {"y": 2}]);
    let array = server.post("/rpc/add?columns=a").json(&rows).send().await;
    assert_eq!(array.ok(), json!(11));
}

#[tokio::test]
async fn records_without_a_type_are_shown_as_they_come() {
    let server = Fixture::shared().await.serve().await;
    for (url, expected) in [
        ("/rpc/one_record", json!({"a": 1, "b": "x"})),
        ("/rpc/some_records", json!([{"a": 1}, {"a": 2}])),
        ("/rpc/some_records?limit=1", json!([{"a": 1}])),
    ] {
        assert_eq!(server.get(url).send().await.ok(), expected);
    }
    for url in ["/rpc/some_records?select=a", "/rpc/some_records?a=eq.1"] {
        let reply = server.get(url).send().await;
        assert!(
            matches!(reply.status.as_u16(), 400 | 404),
            "{url}: {}",
            reply.text()
        );
    }
}

#[tokio::test]
async fn json_that_is_nearly_right_gets_a_hint() {
    let server = Fixture::shared().await.serve().await;
    for (body, hint) in [
        (
            "{'a': 1}",
            json!("Put names and texts into double quotes: {\"name\": \"text\"}"),
        ),
        (
            "{\"a\": 1,}",
            json!("Take out the comma before the closing bracket"),
        ),
        ("}{ x = 2", json!(null)),
    ] {
        let reply = server
            .post("/rpc/add")
            .body("application/json", body)
            .send()
            .await;
        let refused = reply.refused(400, "PGRST102");
        assert_eq!(refused["message"], "Empty or invalid json");
        assert_eq!(refused["hint"], hint, "{body}");
    }
}
