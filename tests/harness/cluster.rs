//! One private Postgres a run, and databases in it that drop themselves.

use std::fs;
use std::future::Future;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rowdesk::embedded::{Binaries, Cluster, EmbeddedError, Folder, Running};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

/// More runs at once than anyone starts; each has a folder of its own.
const SLOTS: u32 = 16;

static SERVER: LazyLock<Running> = LazyLock::new(|| start().expect("a private Postgres"));
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// The server of this run; started by whoever asks first. A static is never dropped: the server
/// ends by the death signal, and the next run sweeps its folder.
pub fn server() -> &'static Running {
    &SERVER
}

fn slot(number: u32) -> PathBuf {
    std::env::temp_dir().join(format!(
        "rowdesk-tests-{}-{number}",
        rustix::process::geteuid().as_raw()
    ))
}

fn start() -> Result<Running, EmbeddedError> {
    let mut ours = None;
    for number in 0..SLOTS {
        match Folder::claim(&slot(number)) {
            Err(EmbeddedError::InUse { .. }) => {}
            Err(error) => return Err(error),
            Ok(folder) => {
                // What a finished or killed run left: nothing is reused, so no run sees another's.
                folder.reset()?;
                if ours.is_none() {
                    ours = Some(folder);
                } else {
                    let _ = fs::remove_dir_all(folder.path());
                }
            }
        }
        if ours.is_some() && !slot(number + 1).exists() {
            break;
        }
    }
    let folder = ours.expect("fewer test runs at once");
    Cluster::prepare(folder, &Binaries::find(None)?)?
        .with_setting("fsync", "off")
        .with_setting("full_page_writes", "off")
        .with_setting("max_connections", "300")
        .with_setting("max_prepared_transactions", "50")
        .start()
}

/// Connects to a database of the run's server.
pub async fn connect(user: &str, database: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(&server().uri(user, database), NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}

/// A database that others are copied from, filled once a run by whoever needs it first.
pub struct Template {
    name: &'static str,
    filled: OnceCell<()>,
}

impl Template {
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            filled: OnceCell::const_new(),
        }
    }
}

/// A database of one test; dropped with this value.
pub struct TestDb {
    name: String,
}

impl TestDb {
    /// An empty database.
    pub async fn empty() -> Self {
        Self::create("template0").await
    }

    /// A copy of the template, which `fill` makes at the first call of the run. It is told the
    /// superuser's connection string.
    pub async fn from_template<F, Fut>(template: &Template, fill: F) -> Self
    where
        F: FnOnce(String) -> Fut,
        Fut: Future<Output = ()>,
    {
        let name = template.name;
        template
            .filled
            .get_or_init(|| async {
                execute(&format!("create database {name} template template0")).await;
                fill(server().uri("postgres", name)).await;
            })
            .await;
        Self::create(name).await
    }

    async fn create(template: &str) -> Self {
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        execute(&format!("create database {name} template {template}")).await;
        Self { name }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The connection string of a user.
    pub fn uri(&self, user: &str) -> String {
        server().uri(user, &self.name)
    }

    /// A connection of a user.
    pub async fn connect(&self, user: &str) -> Client {
        connect(user, &self.name).await
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let statement = format!("drop database if exists {} with (force)", self.name);
        // The test's own runtime may be ending, or be the one that we block.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(execute(&statement));
        });
        let _ = dropped.join();
    }
}

async fn execute(statement: &str) {
    let client = connect("postgres", "postgres").await;
    client.execute(statement, &[]).await.expect(statement);
}
