//! Times and audience.

use serde_json::{Value, json};

use super::signer::{hs256, now};
use crate::harness::fixture::Fixture;
use crate::harness::server::{SECRET, TestServer};

/// Sends a token with these claims beside the role; gives the message of the refusal, if any.
async fn refusal(fixture: &Fixture, server: &TestServer, claims: &Value) -> Option<String> {
    let mut all = json!({ "role": fixture.role("user") });
    for (name, value) in claims.as_object().expect("an object") {
        all[name] = value.clone();
    }
    let token = hs256(SECRET.as_bytes(), &all);
    let reply = server.get("/rpc/who").token(&token).send().await;
    if reply.status == 200 {
        assert_eq!(reply.json()[0]["who"], fixture.role("user"));
        return None;
    }
    let refused = reply.refused(401, "PGRST303");
    let challenge = reply.header("www-authenticate").expect("a challenge");
    assert!(challenge.starts_with("Bearer error=\"invalid_token\""));
    Some(refused["message"].as_str().expect("text").to_owned())
}

#[tokio::test]
async fn times_are_checked_with_thirty_seconds_of_grace() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    for (claims, message) in [
        (json!({"exp": now() + 60}), None),
        (json!({"exp": now() - 10}), None),
        (json!({"exp": now() - 60}), Some("JWT expired")),
        (json!({"exp": 0}), Some("JWT expired")),
        (json!({"nbf": now() + 10}), None),
        (json!({"nbf": now() + 60}), Some("JWT not yet valid")),
        (json!({"iat": now() + 10}), None),
        (json!({"iat": now() + 60}), Some("JWT issued at future")),
        (
            json!({"exp": "soon"}),
            Some("The JWT 'exp' claim must be a number"),
        ),
        (
            json!({"nbf": [1]}),
            Some("The JWT 'nbf' claim must be a number"),
        ),
        (json!({"exp": null}), None),
        (json!({}), None),
    ] {
        // A token that was verified before is checked again.
        for _ in 0..2 {
            let found = refusal(fixture, &server, &claims).await;
            assert_eq!(found.as_deref(), message, "{claims}");
        }
    }
}

#[tokio::test]
async fn the_grace_is_a_setting() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.jwt_clock_skew = std::time::Duration::ZERO)
        .await;
    let claims = json!({"exp": now() - 10});
    let found = refusal(fixture, &server, &claims).await;
    assert_eq!(found.as_deref(), Some("JWT expired"));
}

#[tokio::test]
async fn the_audience_is_this_server() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.jwt_aud = Some("us".to_owned()))
        .await;
    let text = "The JWT 'aud' claim must be a string or an array of strings";
    for (claims, message) in [
        (json!({"aud": "us"}), None),
        (json!({"aud": ["them", "us"]}), None),
        (json!({}), None),
        (json!({"aud": null}), None),
        (json!({"aud": []}), None),
        (json!({"aud": "them"}), Some("JWT not in audience")),
        (json!({"aud": ["them"]}), Some("JWT not in audience")),
        (json!({"aud": "u"}), Some("JWT not in audience")),
        (json!({"aud": 5}), Some(text)),
        (json!({"aud": ["us", 5]}), Some(text)),
    ] {
        let found = refusal(fixture, &server, &claims).await;
        assert_eq!(found.as_deref(), message, "{claims}");
    }
}

#[tokio::test]
async fn an_expired_token_has_this_error_object() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let token = hs256(SECRET.as_bytes(), &json!({"exp": now() - 60}));
    let reply = server.get("/item").token(&token).send().await;
    assert_eq!(
        reply.refused(401, "PGRST303"),
        json!({
            "code": "PGRST303",
            "details": null,
            "hint": null,
            "message": "JWT expired",
        })
    );
    assert_eq!(
        reply.header("www-authenticate"),
        Some("Bearer error=\"invalid_token\", error_description=\"JWT expired\"")
    );
}

#[tokio::test]
async fn a_token_of_another_issuer_or_without_an_end_is_refused_where_that_is_set() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| {
            config.jwt_iss = Some("desk.example".to_owned());
            config.jwt_exp_required = true;
        })
        .await;
    let end = now() + 60;
    for (claims, message) in [
        (json!({ "iss": "desk.example", "exp": end }), None),
        (
            json!({ "iss": "evil.example", "exp": end }),
            Some("JWT of another issuer"),
        ),
        (json!({ "exp": end }), Some("JWT of another issuer")),
        (
            json!({ "iss": "desk.example" }),
            Some("JWT without exp, the time until which it holds"),
        ),
    ] {
        assert_eq!(
            refusal(fixture, &server, &claims).await.as_deref(),
            message,
            "{claims}"
        );
    }
}
