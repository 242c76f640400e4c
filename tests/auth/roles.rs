//! Which role a token means, and which roles it may mean.

use rowdesk::config::RoleClaimKey;
use serde_json::{Value, json};

use super::signer::hs256;
use crate::harness::fixture::Fixture;
use crate::harness::http::Reply;
use crate::harness::server::{SECRET, TestServer};

async fn who(server: &TestServer, claims: &Value) -> Reply {
    let token = hs256(SECRET.as_bytes(), claims);
    server.get("/rpc/who").token(&token).send().await
}

#[tokio::test]
async fn without_a_token_the_caller_is_anonymous_or_not_let_in() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let anonymous = server.get("/rpc/who").send().await.ok();
    assert_eq!(anonymous[0]["who"], fixture.role("anon"));
    // A token without a role is a token of the anonymous role.
    let roleless = who(&server, &json!({"name": "ann"})).await.ok();
    assert_eq!(roleless[0]["who"], fixture.role("anon"));

    let closed = fixture
        .serve_with(|config| config.db_anon_role = None)
        .await;
    let call = closed.get("/item");
    for reply in [
        call.send().await,
        who(&closed, &json!({"name": "ann"})).await,
    ] {
        assert_eq!(
            reply.refused(401, "PGRST302"),
            json!({
                "code": "PGRST302",
                "details": null,
                "hint": null,
                "message": "Anonymous access is disabled",
            })
        );
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
    let role = json!({ "role": fixture.role("user") });
    assert_eq!(
        who(&closed, &role).await.ok()[0]["who"],
        fixture.role("user")
    );
}

#[tokio::test]
async fn the_role_stands_where_the_setting_says() {
    let fixture = Fixture::shared().await;
    let user = fixture.role("user");
    for (path, claims) in [
        (
            ".app.role",
            json!({"app": {"role": user}, "role": "postgres"}),
        ),
        (".roles[1]", json!({"roles": ["postgres", user]})),
        (
            ".\"https://example.com/role\"",
            json!({"https://example.com/role": user}),
        ),
    ] {
        let key = RoleClaimKey::parse(path).unwrap();
        let server = fixture
            .serve_with(|config| config.jwt_role_claim_key = key)
            .await;
        let found = who(&server, &claims).await.ok();
        assert_eq!(found[0]["who"], user, "{path}");
        let nowhere = who(&server, &json!({"role": user})).await.ok();
        assert_eq!(nowhere[0]["who"], fixture.role("anon"), "{path}");
    }
}

#[tokio::test]
async fn roles_that_the_login_may_not_become_are_refused_by_the_database() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let missing = who(&server, &json!({"role": "not existing"})).await;
    assert_eq!(
        missing.refused(401, "22023"),
        json!({
            "code": "22023",
            "details": null,
            "hint": null,
            "message": "role \"not existing\" does not exist",
        })
    );
    // Again, when the statements are prepared.
    for _ in 0..3 {
        let refused = who(&server, &json!({"role": "postgres"}))
            .await
            .refused(403, "42501");
        assert_eq!(
            refused["message"],
            "permission denied to set role \"postgres\""
        );
        let refused = who(&server, &json!({"role": "none"})).await;
        assert_eq!(refused.status, 403, "{}", refused.text());
    }
    for role in [
        json!(""),
        json!(5),
        json!(["postgres"]),
        json!("a\u{0}b"),
        json!(null),
    ] {
        let reply = who(&server, &json!({ "role": role })).await;
        let status = reply.status.as_u16();
        assert!(
            (400..500).contains(&status),
            "{role}: {status} {}",
            reply.text()
        );
    }
    // The login role is a member of itself, and has no rights to give.
    let login = json!({ "role": fixture.role("authenticator") });
    let reply = who(&server, &login).await;
    assert_eq!(reply.status, 403, "{}", reply.text());
}

#[tokio::test]
async fn the_setting_names_the_only_roles_that_tokens_may_name() {
    let fixture = Fixture::shared().await;
    let permitted = vec![fixture.role("user")];
    let server = fixture
        .serve_with(|config| config.jwt_roles = permitted)
        .await;
    let user = json!({ "role": fixture.role("user") });
    assert_eq!(
        who(&server, &user).await.ok()[0]["who"],
        fixture.role("user")
    );
    let anon = json!({ "role": fixture.role("anon") });
    assert_eq!(
        who(&server, &anon).await.ok()[0]["who"],
        fixture.role("anon")
    );
    for name in ["stranger", "authenticator"] {
        let role = fixture.role(name);
        let refused = who(&server, &json!({ "role": role }))
            .await
            .refused(403, "42501");
        assert_eq!(
            refused["message"],
            format!("permission denied to set role \"{role}\"")
        );
    }
}

#[tokio::test]
async fn identity_comes_from_the_token_and_nothing_else() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let ann = fixture.user(json!({"name": "ann"}));
    for call in [
        server
            .get("/owned?select=id&order=id")
            .header("name", "bob"),
        server
            .get("/owned?select=id&order=id")
            .header("request.jwt.claims", "{\"name\":\"bob\"}"),
        server
            .get("/owned?select=id&order=id")
            .header("cookie", "name=bob; request.jwt.claims={}"),
    ] {
        assert_eq!(call.token(&ann).send().await.ids(), [1, 2]);
    }
    // Claims of the wrong type, missing, or given twice own nothing that is another's.
    for claims in [
        json!({}),
        json!({"name": null}),
        json!({"name": ["ann"]}),
        json!({"name": "ann' or true --"}),
    ] {
        let token = fixture.user(claims);
        let rows = server.get("/owned").token(&token).send().await.ok();
        assert_eq!(rows, json!([]));
    }
}
