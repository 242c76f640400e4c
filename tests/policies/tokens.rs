//! Attempts to be somebody else by tokens: roles one may not have, claims of every shape, signatures
//! that do not hold.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::secrets::marked_desk;
use crate::harness::desk::{client, serve};
use crate::harness::server::{SECRET, token};

pub const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// A token of any text, rightly signed with the server's secret.
pub fn signed(header: &str, payload: &str) -> String {
    let text = unsigned(header, payload);
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = hmac::sign(&key, text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn unsigned(header: &str, payload: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(header);
    format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload))
}

#[tokio::test]
async fn a_token_names_only_roles_that_the_login_may_become() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let claims = json!({ "client_id": 1, "team_member_id": 1 });
    for role in [
        "desk_owner",
        "postgres",
        "desk_authenticator",
        "none",
        "desk_worker",
        "desk_internal",
        "pg_read_all_data",
        "pg_monitor",
        "pg_execute_server_program",
    ] {
        let token = token(role, claims.clone());
        for url in [
            "/tickets",
            "/clients",
            "/team_members?select=id",
            "/rpc/ticket_list",
        ] {
            let reply = server.get(url).token(&token).send().await;
            reply.refused_plainly(403, "42501");
        }
    }
    for role in [
        "desk_nobody",
        "DESK_ADMIN",
        "None",
        "NONE",
        " none",
        "default",
        "public",
        "current_user",
        "\"desk_admin\"",
        "desk_admin ",
        "desk_admin; reset role",
        "desk_admin'--",
        "",
    ] {
        let token = token(role, claims.clone());
        for url in ["/tickets", "/rpc/dashboard_overview"] {
            let reply = server.get(url).token(&token).send().await;
            let error = reply.reveals_nothing().refused(401, "22023");
            assert_eq!(error["message"], format!("role \"{role}\" does not exist"));
        }
    }
}

/// Whatever the role is, it is never a list of them or something in them.
#[tokio::test]
async fn a_role_that_is_no_text_is_nobodys() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for role in [
        json!(["desk_admin"]),
        json!([]),
        json!({ "name": "desk_admin" }),
        json!(1),
        json!(true),
        json!(10),
    ] {
        let mut payload = json!({ "client_id": 1, "team_member_id": 1 });
        payload["role"] = role.clone();
        let token = signed(HS256, &payload.to_string());
        let reply = server.get("/tickets").token(&token).send().await;
        reply.reveals_nothing().refused(401, "22023");
    }
}

#[tokio::test]
async fn of_two_claims_the_last_counts_for_the_server_and_the_policies() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for (payload, ids) in [
        (
            r#"{"role":"desk_client","client_id":2,"client_id":1}"#,
            json!([{ "id": 1 }]),
        ),
        (
            r#"{"client_id":1,"role":"desk_agent","role":"desk_client"}"#,
            json!([{ "id": 1 }]),
        ),
        (
            r#"{"role":"desk_client","client_id":2,"client\u005fid":1}"#,
            json!([{ "id": 1 }]),
        ),
        (
            r#"{"role":"desk_client","client_id":1,"client_id":"1"}"#,
            json!([]),
        ),
        (
            r#"{"role":"desk_client","client_id":1,"client_id":null}"#,
            json!([]),
        ),
    ] {
        let token = signed(HS256, payload);
        let reply = server.get("/clients?select=id").token(&token).send().await;
        assert_eq!(reply.ok(), ids, "{payload}");
    }
}

/// Numbers and text that JSON allows and a database type does not.
#[tokio::test]
async fn claims_that_no_type_can_hold_show_no_row() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    for value in [
        "1e400",
        "-1e400",
        "1e-400",
        "99999999999999999999999999999999999999999999",
        "1.0000000000000000000000000000000000000001",
        r#""\u0000""#,
        r#""1\u0000""#,
        r#""\ud800""#,
        deep.as_str(),
    ] {
        for payload in [
            format!(r#"{{"role":"desk_client","client_id":{value}}}"#),
            format!(r#"{{"role":"desk_client","client_id":{value},"client_id":{value}}}"#),
            format!(r#"{{"role":"desk_client","more":{{"client_id":1,"x":{value}}}}}"#),
        ] {
            let token = signed(HS256, &payload);
            let reply = server.get("/tickets").token(&token).send().await;
            reply.reveals_nothing();
            assert!(
                reply.status.is_client_error() || reply.ok() == json!([]),
                "{payload}: {}",
                reply.text()
            );
        }
    }
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_no_token_and_not_anonymous_either() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let payload = r#"{"role":"desk_admin","team_member_id":1}"#;
    let good = signed(HS256, payload);
    assert_eq!(
        server
            .get("/clients?limit=1")
            .token(&good)
            .send()
            .await
            .status,
        200
    );

    let (text, signature) = good.rsplit_once('.').unwrap();
    let other = signed(HS256, r#"{"role":"desk_client","client_id":1}"#);
    let mut bad = vec![
        format!("{text}."),
        text.to_owned(),
        format!("{text}.{}", signature.get(1..).unwrap()),
        format!("{text}.{}", other.rsplit_once('.').unwrap().1),
        format!("{good}.{signature}"),
        format!("{good}="),
        format!("..{signature}"),
        "null".to_owned(),
        "a.b.c".to_owned(),
        "x".repeat(60_000),
    ];
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS1", "HS384", "HS512", "RS256", "ES256",
    ] {
        let header = format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#);
        bad.push(format!("{}.", unsigned(&header, payload)));
        bad.push(unsigned(&header, payload));
        bad.push(signed(&header, payload));
    }
    for header in [
        "{}",
        "[]",
        "null",
        "",
        r#"{"alg":["HS256"]}"#,
        r#"{"alg":null}"#,
    ] {
        bad.push(signed(header, payload));
    }
    for claims in [
        r#""exp":1"#,
        r#""exp":"never""#,
        r#""exp":"4102444800""#,
        r#""exp":[4102444800]"#,
        r#""exp":-1"#,
        r#""nbf":4102444800"#,
        r#""iat":4102444800"#,
        r#""nbf":"0""#,
        r#""aud":1"#,
        r#""aud":{"a":1}"#,
        r#""exp":4102444800,"exp":1"#,
    ] {
        bad.push(signed(
            HS256,
            &format!(r#"{{"role":"desk_admin",{claims}}}"#),
        ));
    }
    for payload in [
        "",
        "[]",
        "null",
        "\"desk_admin\"",
        "{",
        "{\"role\":\"desk_admin\"}}",
    ] {
        bad.push(signed(HS256, payload));
    }
    for token in bad {
        for url in ["/clients", "/rpc/dashboard_overview"] {
            let reply = server.get(url).token(&token).send().await;
            assert_eq!(
                reply.reveals_nothing().status,
                401,
                "{token}: {}",
                reply.text()
            );
            let error = reply.json();
            let code = error["code"].as_str().unwrap();
            assert!(["PGRST301", "PGRST303"].contains(&code), "{token}: {error}");
            assert!(reply.header("www-authenticate").is_some(), "{token}");
            // no part of it comes back
            let parts = token.split('.').filter(|part| part.len() > 8);
            for part in parts {
                assert!(!reply.text().contains(part), "{error}");
            }
        }
    }
}

/// Long before anybody looks into it.
#[tokio::test]
async fn a_megabyte_of_token_is_refused() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for bytes in [100_000, 1_000_000] {
        let claims = format!(r#"{{"role":"desk_admin","pad":"{}"}}"#, "x".repeat(bytes));
        let token = signed(HS256, &claims);
        for url in ["/clients", "/rpc/dashboard_overview"] {
            let reply = server.get(url).token(&token).send().await;
            let status = reply.reveals_nothing().status.as_u16();
            assert!([401, 431].contains(&status), "{bytes}: {status}");
        }
    }
    let token = client(1);
    let reply = server.get("/clients?select=id").token(&token).send().await;
    assert_eq!(reply.ok(), json!([{ "id": 1 }]));
}
