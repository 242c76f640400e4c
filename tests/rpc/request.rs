//! What SQL can know of the request: role, claims, headers, settings, time zone.

use rowdesk::config::Secret;
use serde_json::{Value, json};

use crate::harness::fixture::Fixture;
use crate::harness::http::Call;

async fn setting(call: Call) -> Value {
    call.send().await.ok()
}

/// A setting that holds JSON.
async fn object(call: Call) -> Value {
    let text = setting(call).await;
    serde_json::from_str(text.as_str().expect("text")).expect("JSON")
}

#[tokio::test]
async fn method_and_path_are_as_sent() {
    let server = Fixture::shared().await.serve().await;
    let method = |call: Call| setting(call.json(&json!({"name": "request.method"})));
    assert_eq!(method(server.post("/rpc/setting")).await, json!("POST"));
    let url = "/rpc/setting?name=request.method";
    assert_eq!(setting(server.get(url)).await, json!("GET"));
    for path in ["/rpc/setting", "/rest/v1/rpc/setting"] {
        let url = format!("{path}?name=request.path");
        assert_eq!(setting(server.get(&url)).await, json!(path));
    }
}

#[tokio::test]
async fn headers_and_cookies_are_objects() {
    let server = Fixture::shared().await.serve().await;
    let call = server
        .get("/rpc/setting?name=request.headers")
        .header("X-Custom", "Value \"quoted\" 'and' more")
        .header("cookie", "a=1; b=two; c");
    let headers = object(call.clone()).await;
    assert_eq!(headers["x-custom"], "Value \"quoted\" 'and' more");
    assert!(headers["host"].as_str().unwrap().starts_with("127.0.0.1"));
    assert_eq!(headers.get("cookie"), None);
    let cookies = server
        .get("/rpc/setting?name=request.cookies")
        .header("cookie", "a=1; b=two; c");
    assert_eq!(
        object(cookies).await,
        json!({"a": "1", "b": "two", "c": ""})
    );
    let none = server.get("/rpc/setting?name=request.cookies");
    assert_eq!(object(none).await, json!({}));
}

#[tokio::test]
async fn claims_are_those_of_the_token_and_of_nothing_else() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let url = "/rpc/setting?name=request.jwt.claims";
    let token = fixture.user(json!({"name": "ann", "list": [1, null], "deep": {"a": "b"}}));
    let claims = object(
        server
            .get(url)
            .token(&token)
            .header("request.jwt.claims", "{\"name\":\"bob\"}")
            .header("x-role", "postgres"),
    )
    .await;
    assert_eq!(claims["name"], "ann");
    assert_eq!(claims["list"], json!([1, null]));
    assert_eq!(claims["deep"], json!({"a": "b"}));
    assert_eq!(claims["role"], fixture.role("user"));
    let anonymous = object(server.get(url)).await;
    assert_eq!(anonymous, json!({ "role": fixture.role("anon") }));
}

#[tokio::test]
async fn the_role_is_the_tokens_and_the_login_stays() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let login = fixture.role("authenticator");
    for (call, role) in [
        (server.get("/rpc/who"), "anon"),
        (
            server.get("/rpc/who").token(&fixture.user(json!({}))),
            "user",
        ),
        (
            server.post("/rpc/who").token(&fixture.user(json!({}))),
            "user",
        ),
    ] {
        assert_eq!(
            call.send().await.ok(),
            json!([{"who": fixture.role(role), "login": login}])
        );
    }
}

#[tokio::test]
async fn the_time_zone_is_a_preference() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let noon = |zone: &'static str| {
        let call = server.get("/rpc/noon");
        call.header("prefer", &format!("timezone={zone}")).send()
    };
    for (zone, expected) in [
        ("Europe/Berlin", "2025-07-01T14:00:00+02:00"),
        ("America/Los_Angeles", "2025-07-01T05:00:00-07:00"),
    ] {
        let reply = noon(zone).await;
        assert_eq!(reply.ok(), json!(expected));
        let applied = format!("timezone={zone}");
        assert_eq!(reply.header("preference-applied"), Some(&*applied));
    }
    // It holds for its own request only.
    let plain = server.get("/rpc/noon").send().await;
    assert_eq!(plain.header("preference-applied"), None);
    let zone = server.get("/rpc/setting?name=timezone").send().await.ok();
    assert_ne!(zone, json!("America/Los_Angeles"));
}

#[tokio::test]
async fn the_owners_settings_are_visible() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| {
            config.app_settings = vec![
                (
                    "app.settings.greeting".to_owned(),
                    Secret::new("it's \"me\""),
                ),
                ("app.settings.other".to_owned(), Secret::new("two")),
            ];
            config.db_extra_search_path = vec!["public".to_owned(), "od\"d".to_owned()];
        })
        .await;
    let url = "/rpc/setting?name=app.settings.greeting";
    assert_eq!(setting(server.get(url)).await, json!("it's \"me\""));
    let url = "/rpc/setting?name=app.settings.other";
    assert_eq!(setting(server.get(url)).await, json!("two"));
    let path = server.get("/rpc/search_path");
    assert_eq!(
        setting(path).await,
        json!("\"api\", \"public\", \"od\"\"d\"")
    );
}
