//! Two worlds that differ in one tenant: in the one it is there, in the other it never was. Whoever is not
//! that tenant must not be able to tell them apart, by any answer.

use rowdesk::config::TransactionEnd;
use tokio_postgres::Client;

use super::super::attacks::EVERYTHING;
use super::super::table::texts;
use crate::erasure::reach::reached;
use crate::erasure::traces::writable;
use crate::harness::cluster::{Template, TestDb};
use crate::harness::desk::{execute, migrate_to};
use crate::harness::server::TestServer;

/// Whose answers are looked at. Each tenant's ids begin here.
pub const OWN: i32 = 510_000_000;
/// Who must not be in them.
pub const HIDDEN: i32 = 770_000_000;
/// Stands in every text that the hidden tenant has a say in.
pub const HIDDEN_MARK: &str = "hidb";

/// Who has the tenant's tickets, and who has one of them: agents are of different departments, and whose
/// ticket nobody has is hidden from no agent.
const OWN_AGENTS: [&str; 2] = ["1", "null"];
const HIDDEN_AGENTS: [&str; 2] = ["2", "2"];

static WORLD: Template = Template::new("template_isolation");

pub struct World {
    pub server: TestServer,
    pub admin: Client,
    digest: String,
    /// Lives as long as this.
    _database: TestDb,
}

impl World {
    async fn new(both: bool) -> Self {
        let database = TestDb::from_template(&WORLD, |uri| async move {
            migrate_to(&uri).await;
            let (admin, connection) = tokio_postgres::connect(&uri, tokio_postgres::NoTls)
                .await
                .expect("a connection");
            let running = tokio::spawn(connection);
            execute(&admin, include_str!("desk.sql")).await;
            tenant(&admin, OWN, "owna", OWN_AGENTS).await;
            drop(admin);
            // a database with a connection cannot be copied
            let _ = running.await;
        })
        .await;
        let admin = database.connect("postgres").await;
        if both {
            numbers_from(&admin, HIDDEN + 500_000).await;
            tenant(&admin, HIDDEN, HIDDEN_MARK, HIDDEN_AGENTS).await;
            mark(&admin).await;
        }
        // what is written from now on gets the same numbers in both
        numbers_from(&admin, 910_000_000).await;
        execute(&admin, "select analytics.fold(1000); analyze").await;
        let server = TestServer::start(database.uri("desk_authenticator"), |config| {
            config.db_anon_role = Some("desk_anon".to_owned());
            config.db_tx_end = TransactionEnd::CommitAllowOverride;
            config.db_aggregates_enabled = true;
            config.db_plan_enabled = true;
        })
        .await;
        let digest = admin.query_one(EVERYTHING, &[]).await.unwrap().get(0);
        Self {
            server,
            admin,
            digest,
            _database: database,
        }
    }

    /// What is in every table, in short: changes with every write.
    pub async fn digest(&self) -> Vec<String> {
        texts(&self.admin, &self.digest).await
    }
}

pub struct Worlds {
    /// Both tenants.
    pub both: World,
    /// The own tenant alone.
    pub alone: World,
}

impl Worlds {
    pub async fn new() -> Self {
        // one after the other: the template is filled by the first
        let both = World::new(true).await;
        let alone = World::new(false).await;
        Self { both, alone }
    }

    pub async fn set_visibility(&self, setting: &str) {
        let name = "name = 'agent_visibility'";
        let script = format!("update ops.settings set value = '{setting}' where {name}");
        self.execute(&script).await;
    }

    /// The same script in both.
    pub async fn execute(&self, script: &str) {
        execute(&self.both.admin, script).await;
        execute(&self.alone.admin, script).await;
    }
}

async fn tenant(admin: &Client, base: i32, name: &str, [agent, somebody]: [&str; 2]) {
    let uuid = base / 10;
    let script = include_str!("tenant.sql")
        .replace("$base", &base.to_string())
        .replace("$uuid", &uuid.to_string())
        .replace("$name", name)
        .replace("$agent", agent)
        .replace("$somebody", somebody);
    execute(admin, &script).await;
}

/// Every sequence goes on from here.
async fn numbers_from(admin: &Client, number: i32) {
    let script = format!(
        "select setval(c.oid, {number}) from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'S' and n.nspname !~ '^pg_'"
    );
    execute(admin, &script).await;
}

/// By these words views choose their rows: marked, the events would be in no view.
const KEPT: &str = "ticket_events.type";

/// Marks every text of the hidden tenant that takes free text, with where it stands: also in columns of
/// tables that come one day.
async fn mark(admin: &Client) {
    for one in reached(admin, HIDDEN).await {
        let name = one.table.rsplit('.').next().expect("a name");
        for (column, kind) in writable(admin, &one.table).await {
            if format!("{name}.{column}") == KEPT {
                continue;
            }
            // an address as well, and another one in every row
            let text = format!(
                "translate('{HIDDEN_MARK}-{name}-{column}-' || ctid::text || '@x.y', '(,)', '.-.')"
            );
            let value = match kind.as_str() {
                "jsonb" | "json" => {
                    format!("json_build_object('key', {text}, 'pin', {text})::{kind}")
                }
                "text[]" => format!("array[{text}]"),
                _ => text,
            };
            let statement = format!(
                "update {} set {column} = {value} where {}",
                one.table, one.condition
            );
            // a word of a list, or of another table, stays what it is
            let _ = admin.execute(&statement, &[]).await;
        }
    }
}
