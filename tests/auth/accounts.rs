//! What the tests of signing in share: a desk whose server signs in, people of every kind.

use rowdesk::config::Config;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::harness::cluster::TestDb;
use crate::harness::http::{Call, Reply};
use crate::harness::server::TestServer;

/// Of every account that the seed makes.
pub const PASSWORD: &str = "rowdesk-demo";

pub const ADMIN: &str = "mira.okonkwo@rowdesk.example";
pub const AGENT: &str = "tomas.vega@rowdesk.example";
pub const MANAGER: &str = "stellan.nyberg@rowdesk.example";
/// Inactive, so the account is disabled.
pub const DISABLED: &str = "owen.pritchard@rowdesk.example";

/// A server that signs people in, as the demo's does.
pub async fn serve(database: &TestDb) -> TestServer {
    serve_with(database, |_| {}).await
}

pub async fn serve_with(database: &TestDb, change: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::start(database.uri("desk_authenticator"), |config| {
        config.db_anon_role = Some("desk_anon".to_owned());
        config.auth_role = Some("desk_worker".to_owned());
        change(config);
    })
    .await
}

/// A request for a session.
pub fn token(server: &TestServer, grant_type: &str, body: &Value) -> Call {
    server
        .post(&format!("/auth/v1/token?grant_type={grant_type}"))
        .json(body)
}

/// An attempt to sign in.
pub async fn sign_in(server: &TestServer, email: &str, password: &str) -> Reply {
    let body = json!({ "email": email, "password": password, "gotrue_meta_security": {} });
    token(server, "password", &body).send().await
}

pub async fn refresh(server: &TestServer, refresh_token: &str) -> Reply {
    let body = json!({ "refresh_token": refresh_token });
    token(server, "refresh_token", &body).send().await
}

/// The session of somebody who signs in rightly.
pub async fn session(server: &TestServer, email: &str) -> Value {
    sign_in(server, email, PASSWORD).await.ok()
}

/// A member of a session that is text.
pub fn text<'a>(session: &'a Value, name: &str) -> &'a str {
    session[name].as_str().expect(name)
}

/// The email of an active contact, and the client it belongs to.
pub async fn contact(admin: &Client) -> (String, i32) {
    let row = admin
        .query_one(
            "select email, client_id from auth.accounts
            where role = 'desk_client' and status = 'active' order by client_id, email limit 1",
            &[],
        )
        .await
        .expect("a contact");
    (row.get(0), row.get(1))
}

pub async fn number(admin: &Client, sql: &str) -> i64 {
    admin.query_one(sql, &[]).await.expect(sql).get(0)
}

/// What of auth a refusal must not change: accounts, sessions and tokens.
pub async fn state(admin: &Client) -> String {
    let sql = "select md5(concat(
        (select string_agg(a::text, '|' order by id) from auth.accounts a),
        (select string_agg(s::text, '|' order by id) from auth.sessions s),
        (select string_agg(t::text, '|' order by token_hash) from auth.refresh_tokens t)))";
    admin.query_one(sql, &[]).await.expect(sql).get(0)
}

impl Reply {
    /// A refusal in the form that `@supabase/auth-js` reads.
    #[track_caller]
    pub fn refused_sign_in(&self, status: u16, code: &str) -> Value {
        let error = self.refused(status, code);
        assert_eq!(error.as_object().unwrap().len(), 2, "{error}");
        assert!(error["message"].is_string(), "{error}");
        assert_eq!(self.header("x-supabase-api-version"), Some("2024-01-01"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        error
    }
}
