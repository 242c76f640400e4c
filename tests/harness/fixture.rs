//! A small generic schema (`tests/fixtures`) in a database, and servers over it.

use std::time::Duration;

use rowdesk::config::Config;
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio_postgres::Client;

use super::cluster::TestDb;
use super::desk::execute;
use super::server::{TestServer, token};

const SCRIPTS: [&str; 4] = [
    include_str!("../fixtures/schema.sql"),
    include_str!("../fixtures/embed.sql"),
    include_str!("../fixtures/functions.sql"),
    include_str!("../fixtures/sales.sql"),
];

/// What does not happen in this time never does.
const PATIENCE: Duration = Duration::from_secs(30);

static SHARED: OnceCell<Fixture> = OnceCell::const_new();

/// A database with the fixture, and roles of its own.
pub struct Fixture {
    pub database: TestDb,
}

impl Fixture {
    /// The one of the run, for tests that change nothing. It ends with the private Postgres.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(Self::own).await
    }

    /// One for a test that writes.
    pub async fn own() -> Self {
        Self::own_with("").await
    }

    /// One with another script after the others.
    pub async fn own_with(more: &str) -> Self {
        let database = TestDb::empty().await;
        let prefix = format!("{}_", database.name());
        let admin = database.connect("postgres").await;
        for script in SCRIPTS.into_iter().chain([more]) {
            execute(&admin, &script.replace("web_", &prefix)).await;
        }
        Self { database }
    }

    /// `anon`, `user`, `stranger` or `authenticator`, as it is called here.
    pub fn role(&self, name: &str) -> String {
        format!("{}_{name}", self.database.name())
    }

    /// The login role's connection string.
    pub fn uri(&self) -> String {
        self.database.uri(&self.role("authenticator"))
    }

    /// The settings that every server over the fixture starts from.
    pub fn configure(&self, config: &mut Config) {
        config.db_schemas = vec!["api".to_owned()];
        config.db_anon_role = Some(self.role("anon"));
    }

    pub async fn serve(&self) -> TestServer {
        self.serve_with(|_| {}).await
    }

    pub async fn serve_with(&self, change: impl FnOnce(&mut Config)) -> TestServer {
        TestServer::start(self.uri(), |config| {
            self.configure(config);
            change(config);
        })
        .await
    }

    /// A token of the user role.
    pub fn user(&self, claims: Value) -> String {
        token(&self.role("user"), claims)
    }

    /// The superuser's connection.
    pub async fn admin(&self) -> Client {
        self.database.connect("postgres").await
    }

    /// How many sessions of the login role are as the condition on `pg_stat_activity` says.
    pub async fn sessions(&self, condition: &str) -> i64 {
        let query = format!(
            "select count(*) from pg_stat_activity where usename = '{}' and ({condition})",
            self.role("authenticator")
        );
        let row = self.admin().await.query_one(&query, &[]).await;
        row.expect("a count").get(0)
    }

    /// Waits until there are so many.
    pub async fn wait_for(&self, condition: &str, sessions: i64) {
        let seen = async {
            while self.sessions(condition).await != sessions {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let seen = tokio::time::timeout(PATIENCE, seen).await;
        assert!(seen.is_ok(), "never {sessions} sessions with {condition}");
    }
}
