//! With `claims.check_session` before each request, a token counts as long as its session does.

use serde_json::json;

use super::accounts::{AGENT, refresh, serve_with, session, text};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, desk, execute};
use crate::harness::server::{TestServer, token};

async fn serve(database: &TestDb) -> TestServer {
    serve_with(database, |config| {
        config.db_pre_request = Some("claims.check_session".to_owned());
    })
    .await
}

async fn status(server: &TestServer, token: &str) -> u16 {
    let reply = server.get("/tickets?select=id&limit=1").token(token);
    reply.send().await.status.as_u16()
}

#[tokio::test]
async fn what_ends_a_session_ends_its_tokens_at_once() {
    let database = desk().await;
    let server = serve(&database).await;
    let admin = database.connect("postgres").await;
    for (ending, mending) in [
        (
            "update auth.accounts set status = 'disabled' where team_member_id = 2",
            "update auth.accounts set status = 'active' where team_member_id = 2",
        ),
        (
            "update public.team_members set role = 'manager' where id = 2",
            "update public.team_members set role = 'support_agent' where id = 2",
        ),
        (
            "update auth.sessions set revoked_at = now(), revoked_because = 'so'",
            "select",
        ),
        ("delete from auth.sessions", "select"),
    ] {
        let session = session(&server, AGENT).await;
        let token = text(&session, "access_token");
        assert_eq!(status(&server, token).await, 200);
        execute(&admin, ending).await;
        let refused = server.get("/tickets?select=id").token(token).send().await;
        let refused = refused.refused(401, "PT401");
        assert_eq!(refused["message"], "the session of this token has ended");
        execute(&admin, mending).await;
    }
    let session = session(&server, AGENT).await;
    let token = text(&session, "access_token");
    let out = server.post("/auth/v1/logout?scope=local").token(token);
    assert_eq!(out.send().await.status, 204);
    assert_eq!(status(&server, token).await, 401);
}

#[tokio::test]
async fn tokens_without_a_session_are_none_of_its_business() {
    let database = desk().await;
    let server = serve(&database).await;
    assert_eq!(status(&server, &agent()).await, 200);
    for session_id in [json!("x"), json!(7), json!(null), json!(["x"])] {
        let forged = token(
            "desk_agent",
            json!({ "team_member_id": 2, "session_id": session_id }),
        );
        assert_eq!(status(&server, &forged).await, 401, "{session_id}");
    }
    let nobody = server.get("/tickets").send().await;
    nobody.refused(401, "42501");
}

#[tokio::test]
async fn without_it_a_disabled_account_is_refused_when_it_refreshes() {
    let database = desk().await;
    let server = serve_with(&database, |_| {}).await;
    let admin = database.connect("postgres").await;
    let session = session(&server, AGENT).await;
    execute(
        &admin,
        "update auth.accounts set status = 'disabled' where team_member_id = 2",
    )
    .await;
    assert_eq!(status(&server, text(&session, "access_token")).await, 200);
    let refused = refresh(&server, text(&session, "refresh_token")).await;
    refused.refused_sign_in(400, "user_banned");
}
