//! Attempts that must be refused, through HTTP, with the real login and the real policies: each
//! asserts its status, its code, that no secret is in the answer, and that nothing has changed.

mod bombs;
mod embeds;
mod erasure;
mod feedback;
mod messages;
mod oracles;
mod people;
mod staff;
mod tickets;

use rowdesk::config::{Config, TransactionEnd};
use serde_json::Value;
use tokio_postgres::Client;

use super::scenes::TICKETS;
use super::secrets::marked_desk;
use super::table::texts;
use crate::harness::cluster::TestDb;
use crate::harness::desk::execute;
use crate::harness::http::{Call, Reply};
use crate::harness::server::TestServer;

/// What another client's tickets say.
const SECRETS: &str = "
    update public.tickets set title = 'secret scene' where client_id = 2;
    insert into public.ticket_messages (id, ticket_id, from_client, from_team_member_id, message_text, is_internal)
    values (9000001, 8000011, false, 3, 'secret note', true), (9000002, 8000012, true, null, 'secret', false);
    insert into public.ticket_feedback (id, ticket_id, rating, feedback_text)
    values (9000001, 8000042, 1, 'secret')";

/// How many rows each table has, and the last transaction that wrote one of them: whatever is added,
/// changed or deleted shows.
pub const EVERYTHING: &str = "
    select string_agg(
        format('select %L || count(*) || ''/'' || coalesce(max(xmin::text::bigint), 0) from %s', c.oid::regclass, c.oid::regclass),
        ' union all '
    )
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";

/// The ways to answer a write; none makes a difference to whether it is refused.
const PREFER: [&str; 3] = [
    "return=minimal",
    "return=representation",
    "return=headers-only",
];

pub struct Attack {
    pub server: TestServer,
    pub admin: Client,
    /// The statement that sums up every table.
    digest: String,
    before: Vec<String>,
    pub database: TestDb,
}

impl Attack {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With settings changed by `change`.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let database = marked_desk().await;
        let admin = database.connect("postgres").await;
        execute(&admin, TICKETS).await;
        execute(&admin, SECRETS).await;
        let digest: String = admin.query_one(EVERYTHING, &[]).await.unwrap().get(0);
        let before = texts(&admin, &digest).await;
        let server = TestServer::start(database.uri("desk_authenticator"), |config| {
            config.db_anon_role = Some("desk_anon".to_owned());
            config.db_tx_end = TransactionEnd::CommitAllowOverride;
            change(config);
        })
        .await;
        Self {
            server,
            admin,
            digest,
            before,
            database,
        }
    }

    pub async fn assert_unchanged(&self, attempt: &str) {
        let now = texts(&self.admin, &self.digest).await;
        assert_eq!(now, self.before, "something changed: {attempt}");
    }

    /// One attempt under each preference; gives the error object of the last.
    pub async fn refused(
        &self,
        (method, url): (&'static str, &str),
        token: &str,
        body: &Value,
        (status, code): (u16, &str),
    ) -> Value {
        let mut error = Value::Null;
        for prefer in PREFER {
            let call = self.server.call(method, url).token(token).json(body);
            let reply = call.header("prefer", prefer).send().await;
            let attempt = format!("{method} {url} {body} {prefer}");
            assert_eq!(reply.status, status, "{attempt}: {}", reply.text());
            error = reply.reveals_nothing().refused(status, code);
            assert_eq!(reply.header("location"), None, "{attempt}");
            assert_eq!(reply.header("content-range"), None, "{attempt}");
            self.assert_unchanged(&attempt).await;
        }
        error
    }

    /// As `refused`, with the message and a part of the hint.
    pub async fn told(
        &self,
        request: (&'static str, &str),
        token: &str,
        body: &Value,
        answer: (u16, &str),
        (message, hint): (&str, &str),
    ) {
        let error = self.refused(request, token, body, answer).await;
        assert_eq!(error["message"], message, "{error}");
        let said = error["hint"].as_str().unwrap_or_default();
        assert!(
            said.contains(hint) && said.is_empty() == hint.is_empty(),
            "{error}"
        );
    }

    /// A write that is no error and reaches no row.
    pub async fn reaches_nothing(
        &self,
        (method, url): (&'static str, &str),
        token: &str,
        body: &Value,
    ) {
        for prefer in PREFER {
            let call = self.server.call(method, url).token(token).json(body);
            let prefer = format!("{prefer}, count=exact");
            let reply = call.header("prefer", &prefer).send().await;
            let attempt = format!("{method} {url} {body} {prefer}");
            reply.reveals_nothing();
            assert!(reply.status.is_success(), "{attempt}: {}", reply.text());
            assert!(
                ["", "[]"].contains(&reply.text()),
                "{attempt}: {}",
                reply.text()
            );
            assert_eq!(reply.header("content-range"), Some("*/0"), "{attempt}");
            self.assert_unchanged(&attempt).await;
        }
    }

    /// A write that everybody may: without one the refusals would prove nothing.
    pub async fn accepted(&self, call: Call, body: &Value, status: u16) -> Reply {
        let reply = call
            .json(body)
            .header("prefer", "return=representation, tx=rollback");
        let reply = reply.send().await;
        assert_eq!(reply.status, status, "{body}: {}", reply.text());
        reply
    }
}
