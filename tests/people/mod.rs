//! Who may sign in, managed by those who may: invitations, roles, links, disabling, and everybody's own sessions.

mod disabling;
mod inviting;
mod linking;
mod listing;
mod roles;
mod sessions;
mod signing_up;

use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::auth::accounts::{serve_with, session, text};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};
use crate::harness::http::Reply;
use crate::harness::server::{TestServer, token};
use rowdesk::config::Config;

/// A desk whose server signs people in, and whoever may look behind it.
pub struct People {
    pub server: TestServer,
    pub admin: Client,
    pub database: TestDb,
}

impl People {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let database = desk().await;
        let admin = database.connect("postgres").await;
        let server = serve_with(&database, |config| {
            config.auth_mails_per_account = 100;
            change(config);
        })
        .await;
        Self {
            server,
            admin,
            database,
        }
    }

    /// The access token of somebody who signs in.
    async fn signed_in(&self, email: &str) -> String {
        text(&session(&self.server, email).await, "access_token").to_owned()
    }

    async fn call(&self, token: &str, function: &str, body: Value) -> Reply {
        let call = self.server.post(&format!("/rpc/{function}")).token(token);
        call.json(&body).send().await
    }

    /// One value of a query.
    async fn one(&self, sql: &str) -> Value {
        let sql = format!("select to_jsonb(one) from ({sql}) as q (one)");
        let row = self.admin.query_opt(&sql, &[]).await.expect(&sql);
        row.map_or(Value::Null, |row| row.get(0))
    }

    /// What nobody may change in passing: accounts, sessions, links, mails, roles, clients, and what is written down of it.
    async fn state(&self) -> Value {
        self.one(
            "select md5(concat(
                (select string_agg(a::text, '|' order by id) from auth.accounts a),
                (select string_agg(s::text, '|' order by id) from auth.sessions s),
                (select string_agg(t::text, '|' order by token_hash) from auth.one_time_tokens t),
                (select string_agg(o::text, '|' order by id) from ops.outbox o),
                (select string_agg(m::text, '|' order by id) from public.team_members m),
                (select string_agg(c::text, '|' order by id) from public.clients c),
                (select string_agg(a::text, '|' order by id) from ops.audit a)))",
        )
        .await
    }

    /// Refused, and nothing is another.
    async fn refuses(
        &self,
        token: &str,
        function: &str,
        body: Value,
        refusal: (u16, &str),
    ) -> Value {
        let before = self.state().await;
        let said = body.to_string();
        let reply = self.call(token, function, body).await;
        assert_eq!(
            reply.status,
            refusal.0,
            "{function} {said}: {}",
            reply.text()
        );
        let error = reply.refused(refusal.0, refusal.1);
        assert_eq!(self.state().await, before, "{function} {said}");
        error
    }

    /// The token of the link that is mailed to somebody next, as the server sends it.
    async fn mailed(&self, email: &str) -> Option<String> {
        let sql = r#"select auth.take_mails('{"limit": 10, "verify_url": "https://desk.example/auth/v1/verify", "token_seconds": 60}')"#;
        let taken: Value = self.admin.query_one(sql, &[]).await.expect(sql).get(0);
        let sent = "select auth.settle_mail(jsonb_build_object('id', id)) from ops.outbox";
        execute(&self.admin, sent).await;
        let mails = taken["mails"].as_array().expect("mails");
        let mail = mails.iter().rfind(|mail| mail["recipient"] == email)?;
        let (_, rest) = mail["body"].as_str()?.split_once("token=")?;
        Some(rest.split(['&', '\n']).next()?.to_owned())
    }

    async fn verify(&self, kind: &str, token: &str) -> Reply {
        let body = json!({ "token_hash": token, "type": kind });
        self.server.post("/auth/v1/verify").json(&body).send().await
    }

    async fn set_password(&self, session: &Value, password: &str) {
        let call = self.server.call("PUT", "/auth/v1/user");
        let call = call.token(text(session, "access_token"));
        call.json(&json!({ "password": password }))
            .send()
            .await
            .ok();
    }

    async fn sign_up(&self, email: &str, data: Value) -> Reply {
        let body = json!({ "email": email, "password": "known to nobody", "data": data });
        self.server.post("/auth/v1/signup").json(&body).send().await
    }

    /// Somebody on the allow-list without an account.
    async fn add_contact(&self, email: &str) {
        let sql = format!(
            "insert into public.client_contacts (client_id, first_name, last_name, email)
             values (1, 'New', 'Contact', '{email}')"
        );
        execute(&self.admin, &sql).await;
    }

    async fn add_member(&self, email: &str, role: &str) {
        let sql = format!(
            "insert into public.team_members (username, email, department, role)
             values ('new', '{email}', 'support', '{role}')"
        );
        execute(&self.admin, &sql).await;
    }

    /// The last rows of the audit of accounts: action, and status before and after.
    async fn audited(&self) -> Value {
        self.one(
            "select jsonb_agg(jsonb_build_array(action, details -> 'old', details -> 'new') order by id)
             from ops.audit where relation = 'auth.accounts'",
        )
        .await
    }
}

/// A token of a script, which names no session.
fn script(role: &str) -> String {
    token(role, json!({ "team_member_id": 3 }))
}
