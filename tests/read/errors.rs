//! Refusals: status, the whole error object, and that nothing changed.

use serde_json::{Value, json};

use crate::harness::fixture::Fixture;

fn error(code: &str, message: &str, details: impl Into<Value>, hint: impl Into<Value>) -> Value {
    json!({
        "code": code,
        "details": details.into(),
        "hint": hint.into(),
        "message": message,
    })
}

/// Asserts, for each URL, the status and the whole error object, and what every refusal's headers
/// say.
async fn refused(cases: &[(&str, u16, Value)]) {
    let server = Fixture::shared().await.serve().await;
    for (url, status, expected) in cases {
        let reply = server.get(url).send().await;
        let told = format!("{url}: {}", reply.text());
        assert_eq!(reply.status, *status, "{told}");
        assert_eq!(reply.json(), *expected, "{told}");
        let code = expected["code"].as_str().expect("a code");
        let proxy_status = format!("PostgREST; error={code}");
        assert_eq!(reply.header("proxy-status"), Some(&*proxy_status), "{told}");
        assert_eq!(
            reply.header("content-type"),
            Some("application/json; charset=utf-8"),
            "{told}"
        );
        for absent in ["content-range", "content-location", "www-authenticate"] {
            assert_eq!(reply.header(absent), None, "{told}");
        }
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    refused(&[
        (
            "/itm",
            404,
            error(
                "PGRST205",
                "Could not find the table 'api.itm' in the schema cache",
                Value::Null,
                "Perhaps you meant the table 'api.item'",
            ),
        ),
        (
            "/zebra",
            404,
            error(
                "PGRST205",
                "Could not find the table 'api.zebra' in the schema cache",
                Value::Null,
                Value::Null,
            ),
        ),
        (
            "/item/1",
            404,
            error(
                "PGRST125",
                "Invalid path specified in request URL",
                Value::Null,
                Value::Null,
            ),
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_the_database_cannot_read_is_told_in_its_words() {
    let cases = [
        (
            "unheard=eq.1",
            "42703",
            "column item.unheard does not exist",
        ),
        (
            "select=unheard",
            "42703",
            "column item.unheard does not exist",
        ),
        (
            "order=unheard",
            "42703",
            "column item.unheard does not exist",
        ),
        (
            "or=(id.eq.1,unheard.is.null)",
            "42703",
            "column item.unheard does not exist",
        ),
        (
            "id=eq.abc",
            "22P02",
            "invalid input syntax for type integer: \"abc\"",
        ),
        (
            "id=in.(1,x)",
            "22P02",
            "invalid input syntax for type integer: \"x\"",
        ),
        (
            "id=eq.99999999999",
            "22003",
            "value \"99999999999\" is out of range for type integer",
        ),
        (
            "released=eq.2025-13-40",
            "22008",
            "date/time field value out of range: \"2025-13-40\"",
        ),
        (
            "size=eq.huge",
            "22P02",
            "invalid input value for enum size: \"huge\"",
        ),
        (
            "name=match.(",
            "2201B",
            "invalid regular expression: parentheses () not balanced",
        ),
        (
            "select=id::nonsense",
            "42704",
            "type \"nonsense\" does not exist",
        ),
        (
            "select=name::int",
            "22P02",
            "invalid input syntax for type integer: \"Apple\"",
        ),
    ];
    let server = Fixture::shared().await.serve().await;
    for (query, code, message) in cases {
        let url = format!("/item?id=gte.1&{query}");
        let refused = server.get(&url).send().await.refused(400, code);
        assert_eq!(refused["message"], message, "{query}");
    }
    // A function of the operator does not exist for the type.
    let refused = server
        .get("/item?id=like.1*")
        .send()
        .await
        .refused(404, "42883");
    assert_eq!(
        refused["message"],
        "operator does not exist: integer ~~ unknown"
    );
}

/// The examples are PostgREST's own, where it has one.
#[tokio::test]
async fn what_breaks_the_grammar_is_shown_to_the_column() {
    let cases = [
        (
            "id=0",
            "\"failed to parse filter (0)\" (line 1, column 1)",
            "unexpected \"0\" expecting \"not\" or operator (eq, gt, ...)",
        ),
        (
            "id=noop.0",
            "\"failed to parse filter (noop.0)\" (line 1, column 1)",
            "unexpected \"o\" expecting \"not\" or operator (eq, gt, ...)",
        ),
        (
            "order=id.asc.nullslasttt",
            "\"failed to parse order (id.asc.nullslasttt)\" (line 1, column 17)",
            "unexpected 't' expecting \",\" or end of input",
        ),
        (
            "select=data-%3E%3E--34",
            "\"failed to parse select parameter (data->>--34)\" (line 1, column 9)",
            "unexpected \"-\" expecting digit",
        ),
        (
            "or=()",
            "\"failed to parse logic tree (())\" (line 1, column 4)",
            "unexpected \")\" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)",
        ),
        (
            "id=is.maybe",
            "\"failed to parse filter (is.maybe)\" (line 1, column 4)",
            "unexpected \"m\" expecting isVal: (null, not_null, true, false, unknown)",
        ),
    ];
    let cases = cases.map(|(query, message, details)| {
        let url = format!("/item?{query}");
        (url, error("PGRST100", message, details, Value::Null))
    });
    let cases: Vec<_> = cases
        .iter()
        .map(|(url, error)| (&**url, 400, error.clone()))
        .collect();
    refused(&cases).await;
}

#[tokio::test]
async fn what_is_not_built_yet_says_so() {
    let server = Fixture::shared().await.serve().await;
    for url in ["/item?select=price.sum()", "/item?select=count()"] {
        let refused = server.get(url).send().await.refused(400, "PGRST123");
        assert_eq!(
            refused["message"],
            "Use of aggregate functions is not allowed"
        );
    }
    for url in [
        "/item?note.id=eq.1",
        "/item?note.order=id",
        "/item?note.limit=1",
    ] {
        let refused = server.get(url).send().await.refused(400, "PGRST108");
        assert_eq!(
            refused["message"],
            "'note' is not an embedded resource in this request"
        );
        assert_eq!(
            refused["hint"],
            "Verify that 'note' is included in the 'select' query parameter."
        );
    }
}

#[tokio::test]
async fn methods_that_nothing_knows_change_nothing() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({}));
    let before = contents(&fixture).await;
    for method in ["TRACE", "LOCK", "get"] {
        let reply = server.call(method, "/item").token(&user).send().await;
        reply.refused(405, "PGRST117");
    }
    for method in ["PATCH", "PUT", "DELETE"] {
        let reply = server.call(method, "/rpc/touch").send().await;
        let refused = reply.refused(405, "PGRST101");
        assert_eq!(
            refused["message"],
            format!("Cannot use the {method} method on RPC")
        );
    }
    assert_eq!(contents(&fixture).await, before);
}

async fn contents(fixture: &Fixture) -> String {
    let query = "select json_agg(i order by id)::text from api.item i";
    let row = fixture.admin().await.query_one(query, &[]).await;
    let row = row.expect("one row");
    row.get(0)
}

#[tokio::test]
async fn a_missing_right_is_401_for_strangers_and_403_for_known_callers() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    for url in ["/hidden", "/hidden?select=secret&secret=like.*", "/owned"] {
        let reply = server.get(url).send().await;
        let refused = reply.refused(401, "42501");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        assert!(
            refused["message"]
                .as_str()
                .unwrap()
                .starts_with("permission denied")
        );
    }
    let reply = server
        .get("/hidden")
        .token(&fixture.user(json!({})))
        .send()
        .await;
    let refused = reply.refused(403, "42501");
    assert_eq!(refused["message"], "permission denied for table hidden");
    assert_eq!(reply.header("www-authenticate"), None);
}

#[tokio::test]
async fn schemas_that_are_not_exposed_do_not_exist() {
    let server = Fixture::shared().await.serve().await;
    for url in [
        "/vault",
        "/pg_class",
        "/private.vault",
        "/pg_catalog.pg_class",
        "/lonely",
    ] {
        server.get(url).send().await.refused(404, "PGRST205");
    }
    for url in [
        "/rpc/open_vault",
        "/rpc/pg_sleep?seconds=1",
        "/rpc/set_config",
    ] {
        server.get(url).send().await.refused(404, "PGRST202");
    }
}

#[tokio::test]
async fn minimal_errors_hold_no_details() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.client_error_verbosity = rowdesk::config::Verbosity::Minimal)
        .await;
    assert_eq!(
        server.get("/itm").send().await.refused(404, "PGRST205"),
        json!({
            "code": "PGRST205",
            "message": "Could not find the table 'api.itm' in the schema cache",
        })
    );
    let call = server
        .get("/item?offset=100")
        .header("prefer", "count=exact");
    assert_eq!(
        call.send().await.refused(416, "PGRST103"),
        json!({"code": "PGRST103", "message": "Requested range not satisfiable"})
    );
}

#[tokio::test]
async fn strict_handling_refuses_unknown_preferences() {
    let server = Fixture::shared().await.serve().await;
    let reply = server
        .get("/item")
        .header("prefer", "handling=strict, anything, count=exact, more")
        .send()
        .await;
    assert_eq!(
        reply.refused(400, "PGRST122"),
        error(
            "PGRST122",
            "Invalid preferences given with handling=strict",
            "Invalid preferences: anything, more",
            Value::Null,
        )
    );
    let call = server
        .get("/item")
        .header("prefer", "handling=lenient, anything");
    let reply = call.send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("preference-applied"), Some("handling=lenient"));
}
