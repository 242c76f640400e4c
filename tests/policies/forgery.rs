//! Attempts to be somebody else by headers, parameters, cookies and bodies.

use serde_json::{Value, json};

use super::secrets::marked_desk;
use crate::harness::desk::{agent, client, serve};

/// Headers that other systems, or a careless one, take for an identity.
fn forged_headers() -> Vec<(&'static str, String)> {
    let claims = r#"{"client_id": 2, "role": "desk_admin"}"#;
    let mut headers: Vec<_> = [
        ("request.jwt.claims", claims),
        ("request.jwt.claim.client_id", "2"),
        ("request-jwt-claims", claims),
        ("role", "desk_admin"),
        ("set-role", "desk_admin"),
        ("session_authorization", "postgres"),
        ("search_path", "ops"),
        ("row_security", "off"),
        ("x-role", "desk_admin"),
        ("x-client-id", "2"),
        ("client_id", "2"),
        ("x-hasura-role", "admin"),
        ("x-forwarded-user", "admin"),
        ("x-original-url", "/team_members"),
        ("x-http-method-override", "DELETE"),
        ("prefer", "role=desk_admin"),
        ("prefer", "params=single-object, role=desk_admin"),
        ("prefer", "tx=commit"),
        ("cookie", "role=desk_admin; client_id=2; row_security=off"),
        ("cookie", "request.jwt.claims={\"client_id\":2}"),
        ("accept-profile", "public"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into();
    // tokens anywhere but in their header
    headers.push(("apikey", agent()));
    headers.push(("x-authorization", format!("Bearer {}", agent())));
    headers.push(("proxy-authorization", format!("Bearer {}", agent())));
    headers.push(("cookie", format!("access_token={}", agent())));
    headers
}

#[tokio::test]
async fn headers_make_nobody_of_anybody() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let url = "/clients?select=id";
    for (name, value) in forged_headers() {
        let own = server.get(url).token(&client(1)).header(name, &value);
        let reply = own.send().await;
        assert_eq!(
            reply.reveals_nothing().ok(),
            json!([{ "id": 1 }]),
            "{name}: {value}"
        );
        let widget = server.get("/rpc/team_performance").token(&client(1));
        let reply = widget.header(name, &value).send().await;
        reply.refused_plainly(403, "42501");
        let nobody = server.get(url).header(name, &value).send().await;
        nobody.refused_plainly(401, "42501");
    }
}

/// The one header whose value becomes a setting.
#[tokio::test]
async fn a_time_zone_is_nothing_but_a_time_zone() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for zone in [
        "UTC'; set role desk_admin; --",
        "UTC', 'role', 'desk_admin",
        "desk_admin",
    ] {
        let call = server.get("/clients?select=id").token(&client(1));
        let reply = call
            .header("prefer", &format!("timezone={zone}"))
            .send()
            .await;
        reply.reveals_nothing();
        assert!(
            reply.status == 400 || reply.ok() == json!([{ "id": 1 }]),
            "{}",
            reply.text()
        );
    }
}

#[tokio::test]
async fn parameters_make_nobody_of_anybody() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for name in [
        "request.jwt.claims",
        "role",
        "set_config",
        "jwt",
        "access_token",
        "apikey",
        "row_security",
    ] {
        for value in ["desk_admin", "eq.desk_admin", "eq.1"] {
            let url = format!("/tickets?{name}={value}");
            let reply = server.get(&url).token(&client(1)).send().await;
            assert_eq!(
                reply.reveals_nothing().status,
                400,
                "{url}: {}",
                reply.text()
            );
            let url = format!("/rpc/ticket_list?{name}={value}");
            let reply = server.get(&url).token(&client(1)).send().await;
            assert_eq!(
                reply.reveals_nothing().status,
                400,
                "{url}: {}",
                reply.text()
            );
        }
    }
    // in a body: what is no filter is refused, and a filter only narrows what one sees
    for body in [
        json!({ "role": "desk_admin" }),
        json!({ "claims": { "client_id": 2 } }),
        json!({ "request.jwt.claims": "{\"client_id\": 2}" }),
    ] {
        let call = server.post("/rpc/ticket_list").token(&client(1));
        let reply = call.json(&body).send().await;
        reply.reveals_nothing().refused(400, "RD101");
    }
    let call = server.post("/rpc/ticket_list").token(&client(1));
    let reply = call.json(&json!({ "client_id": "eq.2" })).send().await;
    assert_eq!(reply.reveals_nothing().ok(), json!([]));
}

/// The first header counts, as it does for whoever reads the log.
#[tokio::test]
async fn a_second_authorization_header_adds_nothing() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for second in [format!("Bearer {}", agent()), "Bearer".to_owned()] {
        let call = server.get("/clients?select=id").token(&client(1));
        let reply = call.header("authorization", &second).send().await;
        reply.reveals_nothing();
        assert!(
            reply.status.is_client_error() || reply.json() == json!([{ "id": 1 }]),
            "{}",
            reply.text()
        );
    }
}

/// Other schemes than Bearer are not ours to read: such a caller is anonymous.
#[tokio::test]
async fn other_schemes_are_nobody() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for header in [
        "Basic cG9zdGdyZXM6cG9zdGdyZXM=".to_owned(),
        format!("Token {}", agent()),
        format!("JWT {}", agent()),
        agent(),
    ] {
        let call = server.get("/clients").header("authorization", &header);
        let reply = call.send().await;
        assert_eq!(reply.reveals_nothing().status, 401, "{header}");
        assert_ne!(reply.json()["code"], Value::Null);
    }
}
