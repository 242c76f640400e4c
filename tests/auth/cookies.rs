//! Sessions in cookies: for pages of our own, and of no use to others.

use serde_json::{Value, json};

use super::accounts::{AGENT, PASSWORD, number, refresh, serve_with, state};
use crate::harness::cluster::TestDb;
use crate::harness::desk::desk;
use crate::harness::http::{Call, Reply};
use crate::harness::server::TestServer;

const WISH: (&str, &str) = ("x-rowdesk-session", "cookie");

async fn serve(database: &TestDb) -> TestServer {
    serve_with(database, |config| config.auth_cookies = true).await
}

fn sign_in(server: &TestServer) -> Call {
    let body = json!({ "email": AGENT, "password": PASSWORD });
    let call = server
        .post("/auth/v1/token?grant_type=password")
        .json(&body);
    call.header(WISH.0, WISH.1)
}

/// What a browser sends back.
fn cookies(reply: &Reply) -> String {
    let set = reply.headers.get_all("set-cookie").iter();
    let pairs: Vec<_> = set
        .map(|cookie| {
            cookie
                .to_str()
                .expect("text")
                .split(';')
                .next()
                .expect("a pair")
                .to_owned()
        })
        .collect();
    pairs.join("; ")
}

#[tokio::test]
async fn a_page_of_ours_signs_in_reads_writes_refreshes_and_signs_out() {
    let database = desk().await;
    let server = serve(&database).await;
    let origin = server.base.clone();
    let signed_in = sign_in(&server).header("origin", &origin).send().await;
    let document = signed_in.ok();
    assert_eq!(document["token_type"], "cookie");
    assert_eq!(document["user"]["email"], AGENT);
    for secret in ["access_token", "refresh_token"] {
        assert_eq!(document.get(secret), None);
    }
    for cookie in signed_in.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().expect("text");
        assert!(cookie.contains("; HttpOnly; SameSite=Strict;"), "{cookie}");
    }
    let kept = cookies(&signed_in);
    let read = server
        .get("/tickets?select=id&limit=1")
        .header("cookie", &kept);
    assert_eq!(read.send().await.ok().as_array().map(Vec::len), Some(1));
    let id = server
        .get("/tickets?select=id&limit=1")
        .header("cookie", &kept)
        .send()
        .await
        .ok()[0]["id"]
        .clone();
    let change = server
        .call("PATCH", &format!("/tickets?id=eq.{id}"))
        .header("cookie", &kept)
        .header("origin", &origin)
        .header("sec-fetch-site", "same-origin")
        .json(&json!({ "priority": "high" }));
    assert_eq!(change.send().await.status, 204);
    let renewed = server
        .post("/auth/v1/token?grant_type=refresh_token")
        .header("cookie", &kept)
        .header("origin", &origin)
        .header(WISH.0, WISH.1)
        .json(&json!({}))
        .send()
        .await;
    renewed.ok();
    let renewed = cookies(&renewed);
    assert_ne!(renewed, kept);
    let user = server
        .get("/auth/v1/user")
        .header("cookie", &renewed)
        .send()
        .await;
    assert_eq!(user.ok()["email"], AGENT);
    let out = server
        .post("/auth/v1/logout")
        .header("cookie", &renewed)
        .header("origin", &origin);
    let out = out.send().await;
    assert_eq!(out.status, 204);
    assert_eq!(cookies(&out), "rowdesk-access=; rowdesk-refresh=");
    let user = server
        .get("/auth/v1/user")
        .header("cookie", &renewed)
        .send()
        .await;
    user.refused_sign_in(403, "session_not_found");
}

#[tokio::test]
async fn a_page_of_another_origin_does_nothing_with_them() {
    let database = desk().await;
    let server = serve(&database).await;
    let db = database.connect("postgres").await;
    let origin = server.base.clone();
    let kept = cookies(&sign_in(&server).header("origin", &origin).send().await);
    let before = state(&db).await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let sent = |method: &'static str, path: &str| {
            server
                .call(method, path)
                .header("cookie", &kept)
                .header(name, value)
        };
        for (method, path) in [
            ("GET", "/tickets?select=id&limit=1"),
            ("HEAD", "/tickets"),
            ("GET", "/rpc/team_performance"),
        ] {
            let reply = sent(method, path).send().await;
            assert_eq!(reply.status, 403, "{name}: {value} {method} {path}");
            assert!(!reply.text().contains("\"id\""));
        }
        for (method, path) in [
            ("POST", "/tickets"),
            ("PATCH", "/tickets?id=eq.1"),
            ("DELETE", "/tickets?id=eq.1"),
            ("POST", "/rpc/take_ticket"),
        ] {
            sent(method, path)
                .json(&json!({}))
                .send()
                .await
                .refused(403, "RD122");
        }
        // nor is anybody signed out, or in as somebody else
        let out = sent("POST", "/auth/v1/logout").send().await;
        out.refused_sign_in(403, "bad_jwt");
        let renewed =
            sent("POST", "/auth/v1/token?grant_type=refresh_token").header(WISH.0, WISH.1);
        renewed
            .json(&json!({}))
            .send()
            .await
            .refused_sign_in(403, "bad_jwt");
        let signed_in = sign_in(&server).header(name, value).send().await;
        assert!(cookies(&signed_in).is_empty());
        signed_in.refused_sign_in(403, "bad_jwt");
    }
    // a write whose origin nobody tells is refused, too
    let write = server.post("/rpc/take_ticket").header("cookie", &kept);
    write
        .json(&json!({ "ticket": 1 }))
        .send()
        .await
        .refused(403, "RD122");
    assert_eq!(state(&db).await, before);
}

#[tokio::test]
async fn a_token_goes_before_a_cookie_and_cookies_are_off_unless_set() {
    let database = desk().await;
    let server = serve(&database).await;
    let kept = cookies(&sign_in(&server).header("origin", &server.base).send().await);
    let own = server.get("/clients?select=id").header("cookie", &kept);
    let own = own.token(&crate::harness::desk::client(1)).send().await;
    assert_eq!(own.ok(), json!([{ "id": 1 }]));
    let off = serve_with(&database, |_| {}).await;
    let reply = off
        .get("/clients?select=id")
        .header("cookie", &kept)
        .send()
        .await;
    reply.refused(401, "42501");
    let refused = sign_in(&off).header("origin", &off.base).send().await;
    let refused: Value = refused.refused_sign_in(400, "validation_failed");
    assert!(
        refused["message"]
            .as_str()
            .is_some_and(|message| message.contains("auth-cookies"))
    );
    // a refresh token is sent where it belongs, and works there alone
    let token = kept.split("rowdesk-refresh=").nth(1).expect("a token");
    refresh(&off, token).await.ok();
}

/// The access cookie runs off after minutes; what is left must not sign the next one at this machine in.
#[tokio::test]
async fn whoever_comes_back_late_signs_out_all_the_same() {
    let database = desk().await;
    let server = serve(&database).await;
    let db = database.connect("postgres").await;
    let origin = server.base.clone();
    let kept = cookies(&sign_in(&server).header("origin", &origin).send().await);
    let refresh = kept
        .split("; ")
        .find(|pair| pair.starts_with("rowdesk-refresh"));
    let refresh = refresh.expect("a cookie");
    let out = server.post("/auth/v1/logout").header("cookie", refresh);
    let out = out.header("origin", &origin).send().await;
    assert_eq!(out.status, 204, "{}", out.text());
    assert_eq!(cookies(&out), "rowdesk-access=; rowdesk-refresh=");
    let open =
        "select count(*) from auth.sessions as s join auth.accounts as a on a.id = s.account_id
        where s.revoked_at is null and a.team_member_id = 2";
    assert_eq!(number(&db, open).await, 0);
    let renewed = server
        .post("/auth/v1/token?grant_type=refresh_token")
        .header("cookie", refresh)
        .header("origin", &origin)
        .header(WISH.0, WISH.1)
        .json(&json!({}))
        .send()
        .await;
    renewed.refused_sign_in(400, "session_not_found");
    assert_eq!(cookies(&renewed), "rowdesk-access=; rowdesk-refresh=");
}
