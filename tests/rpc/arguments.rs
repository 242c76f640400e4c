//! What a function is given: text, JSON, forms, lists, defaults; and which overload is meant.

use serde_json::{Value, json};

use crate::harness::fixture::Fixture;

#[tokio::test]
async fn arguments_come_from_the_query_of_a_get() {
    let server = Fixture::shared().await.serve().await;
    for (url, expected) in [
        ("/rpc/add?a=1", json!(11)),
        ("/rpc/add?a=1&b=2", json!(3)),
        ("/rpc/add?b=2&a=1", json!(3)),
        ("/rpc/add?a=1&a=5", json!(15)),
        ("/rpc/echo_text", json!("default")),
        ("/rpc/echo_text?v=", json!("")),
        ("/rpc/echo_text?v=a+b%26c", json!("a b&c")),
        ("/rpc/echo_text?v=null", json!("null")),
        ("/rpc/echo_text?v=%E2%98%83", json!("☃")),
        (
            "/rpc/echo?v=%7B%22a%22:%5B1,null%5D%7D",
            json!({"a": [1, null]}),
        ),
        (
            "/rpc/join_words?words=a&words=b,c&words=%22",
            json!("a+b,c+\""),
        ),
        ("/rpc/join_words?words=one", json!("one")),
        ("/rpc/join_words?words=NULL&words=%7B%7D", json!("NULL+{}")),
        ("/rpc/Quoted%20Name?Argument%201=7", json!(7)),
    ] {
        let reply = server.get(url).send().await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text());
        assert_eq!(reply.json(), expected, "{url}");
    }
}

#[tokio::test]
async fn arguments_come_from_the_json_of_a_post() {
    let server = Fixture::shared().await.serve().await;
    for (function, body, expected) in [
        ("add", json!({"a": 1}), json!(11)),
        ("add", json!({"a": "1", "b": "2"}), json!(3)),
        ("echo_text", json!({"v": "x"}), json!("x")),
        ("echo_text", json!({"v": 5}), json!("5")),
        ("is_null", json!({"v": null}), json!(true)),
        ("is_null", json!({"v": "null"}), json!(false)),
        (
            "echo",
            json!({"v": {"a": [1, {"b": null}]}}),
            json!({"a": [1, {"b": null}]}),
        ),
        ("echo", json!({"v": [1, "x", null]}), json!([1, "x", null])),
        ("echo", json!({"v": "text"}), json!("text")),
        (
            "echo_array",
            json!({"v": [1, 2, null]}),
            json!([1, 2, null]),
        ),
        ("echo_array", json!({"v": "{1,2}"}), json!([1, 2])),
        ("echo_array", json!({"v": []}), json!([])),
        ("join_words", json!({"words": ["a", "b,c"]}), json!("a+b,c")),
        ("Quoted%20Name", json!({"Argument 1": 7}), json!(7)),
        ("answer", json!({}), json!(42)),
    ] {
        let reply = server
            .post(&format!("/rpc/{function}"))
            .json(&body)
            .send()
            .await;
        assert_eq!(reply.status, 200, "{function} {body}: {}", reply.text());
        assert_eq!(reply.json(), expected, "{function} {body}");
    }
    let big = r#"{"v": 12345678901234567890.123456789}"#;
    let reply = server
        .post("/rpc/echo")
        .body("application/json", big)
        .send()
        .await;
    assert_eq!(reply.text(), "12345678901234567890.123456789");
    assert_eq!(
        server.post("/rpc/answer").send().await.ok(),
        json!(42),
        "no body at all"
    );
}

#[tokio::test]
async fn arguments_come_from_a_form() {
    let server = Fixture::shared().await.serve().await;
    for (function, form, expected) in [
        ("add", "a=1&b=2", json!(3)),
        ("echo_text", "v=a+b%26c", json!("a b&c")),
        ("join_words", "words=a&words=b", json!("a+b")),
        ("echo_array", "v=%7B1,2%7D", json!([1, 2])),
    ] {
        let reply = server
            .post(&format!("/rpc/{function}"))
            .body("application/x-www-form-urlencoded", form)
            .send()
            .await;
        assert_eq!(reply.status, 200, "{function} {form}: {}", reply.text());
        assert_eq!(reply.json(), expected, "{function} {form}");
    }
}

#[tokio::test]
async fn the_names_of_the_arguments_choose_the_overload() {
    let server = Fixture::shared().await.serve().await;
    assert_eq!(server.get("/rpc/area?side=3").send().await.ok(), json!(9));
    let url = "/rpc/area?width=3&height=4";
    assert_eq!(server.get(url).send().await.ok(), json!(12));
    let call = server
        .post("/rpc/area")
        .json(&json!({"height": 4, "width": 3}));
    assert_eq!(call.send().await.ok(), json!(12));

    for call in [
        server.get("/rpc/twice?v=1"),
        server.post("/rpc/twice").json(&json!({"v": 1})),
    ] {
        assert_eq!(
            call.send().await.refused(300, "PGRST203"),
            json!({
                "code": "PGRST203",
                "details": null,
                "hint": "Try renaming the parameters or the function itself in the database so \
                         function overloading can be resolved",
                "message": "Could not choose the best candidate function between: \
                            api.twice(v => integer), api.twice(v => text)",
            })
        );
    }
}

#[tokio::test]
async fn a_function_that_does_not_fit_is_not_found_with_the_nearest_as_hint() {
    let server = Fixture::shared().await.serve().await;
    let unnamed = " or with a single unnamed json/jsonb parameter";
    for (call, keys, searched, hint) in [
        (
            server.get("/rpc/answr"),
            "api.answr without parameters",
            "api.answr without parameters".to_owned(),
            json!("Perhaps you meant to call the function api.answer"),
        ),
        (
            server.get("/rpc/zebra"),
            "api.zebra without parameters",
            "api.zebra without parameters".to_owned(),
            Value::Null,
        ),
        (
            server.get("/rpc/add?a=1&b=2&c=3"),
            "api.add(a, b, c)",
            "api.add with parameters a, b, c".to_owned(),
            json!("Perhaps you meant to call the function api.add(a, b)"),
        ),
        (
            server.get("/rpc/one_item?wnted=1"),
            "api.one_item(wnted)",
            "api.one_item with parameter wnted".to_owned(),
            json!("Perhaps you meant to call the function api.one_item(wanted)"),
        ),
        (
            server.get("/rpc/area"),
            "api.area without parameters",
            "api.area without parameters".to_owned(),
            Value::Null,
        ),
        (
            server
                .post("/rpc/area")
                .json(&json!({"width": 1, "heigth": 2})),
            "api.area(heigth, width)",
            format!("api.area with parameters heigth, width{unnamed}"),
            json!("Perhaps you meant to call the function api.area(height, width)"),
        ),
    ] {
        let reply = call.send().await;
        assert_eq!(
            reply.refused(404, "PGRST202"),
            json!({
                "code": "PGRST202",
                "details": format!(
                    "Searched for the function {searched}, but no matches were found in the \
                     schema cache."
                ),
                "hint": hint,
                "message": format!("Could not find the function {keys} in the schema cache"),
            })
        );
    }
}

#[tokio::test]
async fn a_body_that_is_no_object_is_refused() {
    let server = Fixture::shared().await.serve().await;
    for body in [
        "{",
        "nonsense",
        "{\"a\": 1",
        "{\"a\": 1} x",
        "{\"a\": nope}",
    ] {
        let reply = server
            .post("/rpc/add")
            .body("application/json", body)
            .send()
            .await;
        let refused = reply.refused(400, "PGRST102");
        assert_eq!(refused["message"], "Empty or invalid json", "{body}");
    }
    for body in ["[1, 2]", "[{\"a\": 1}, {\"b\": 1}]"] {
        let reply = server
            .post("/rpc/add")
            .body("application/json", body)
            .send()
            .await;
        assert_eq!(
            reply.refused(400, "PGRST102")["message"],
            "All object keys must match"
        );
    }
    let reply = server.post("/rpc/add").body("image/png", "x").send().await;
    let refused = reply.refused(400, "PGRST102");
    assert_eq!(refused["message"], "Content-Type not acceptable: image/png");
    // A value of the wrong type is the database's to refuse.
    let reply = server
        .post("/rpc/add")
        .json(&json!({"a": "x"}))
        .send()
        .await;
    reply.refused(400, "22P02");
    let reply = server.get("/rpc/of_size?wanted=huge").send().await;
    reply.refused(400, "22P02");
}
