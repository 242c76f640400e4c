//! Which database a command works on: the one that admin-db-uri names, or the private Postgres of
//! the demo, running or not.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::config::Config;
use crate::embedded::{Binaries, Cluster, EmbeddedError, Folder, Running, running_uri};
use crate::postgres::Connector;

/// The database of the private Postgres.
pub(super) const DATABASE: &str = "rowdesk";

/// The flags of a command that works on a database as its admin.
#[derive(Debug, clap::Args)]
// The groups of two `Args`, one within the other, would have the same name.
#[group(skip)]
pub(super) struct Args {
    /// Work on the private Postgres that the demo keeps in this folder, not on admin-db-uri
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The folder of the PostgreSQL programs, for --data-dir [default: the newest found]
    #[arg(long, value_name = "DIR")]
    pg_bin: Option<PathBuf>,
}

impl Args {
    /// Whether it is the demo's.
    pub fn is_private(&self) -> bool {
        self.data_dir.is_some()
    }

    /// Where another user finds the private database, which runs.
    pub fn uri(&self, user: &str) -> anyhow::Result<String> {
        let dir = self.data_dir.as_deref().context("no --data-dir")?;
        running_uri(dir, user, DATABASE)?.context("the private Postgres does not run")
    }

    /// The folder of the private Postgres.
    pub fn folder(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }
}

/// A database that can be reached as long as this value lives.
pub(super) struct Target {
    /// As the admin.
    pub admin: Connector,
    /// The server, if this command had to start it.
    _server: Option<Running>,
}

/// Finds the database, and starts its server where that is ours and does not run.
pub(super) async fn open(args: &Args, config: &Config) -> anyhow::Result<Target> {
    let Some(dir) = args.data_dir.clone() else {
        let Some(uri) = &config.admin_db_uri else {
            bail!(
                "which database? Set admin-db-uri (--admin-db-uri or ROWDESK_ADMIN_DB_URI), or \
                 name the demo's folder: --data-dir .rowdesk"
            );
        };
        return Ok(Target {
            admin: admin(uri)?,
            _server: None,
        });
    };
    let pg_bin = args.pg_bin.clone();
    let (uri, server) = tokio::task::spawn_blocking(move || private(&dir, pg_bin.as_deref()))
        .await
        .context("starting Postgres")??;
    Ok(Target {
        admin: admin(&uri)?,
        _server: server,
    })
}

/// As [`open`]; where neither is said, the server's own login, for commands that only ask.
pub(super) async fn open_or_login(args: &Args, config: &Config) -> anyhow::Result<Target> {
    if args.data_dir.is_some() || config.admin_db_uri.is_some() {
        return open(args, config).await;
    }
    let login = config.db_uri.parse();
    Ok(Target {
        admin: login.context("db-uri is no connection string")?,
        _server: None,
    })
}

impl Args {
    /// Whether the private Postgres is meant.
    pub(super) fn is_given(&self) -> bool {
        self.data_dir.is_some()
    }
}

impl Target {
    /// A database that somebody else keeps running.
    pub(super) fn of(admin: Connector) -> Self {
        Self {
            admin,
            _server: None,
        }
    }
}

/// Any connection string.
pub(super) fn connector(uri: &str) -> anyhow::Result<Connector> {
    uri.parse().context("it is no connection string")
}

/// A connection string of the admin.
pub(super) fn admin(uri: &str) -> anyhow::Result<Connector> {
    uri.parse().context("admin-db-uri is no connection string")
}

fn private(dir: &Path, pg_bin: Option<&Path>) -> anyhow::Result<(String, Option<Running>)> {
    // A folder that is not there yet is a typing error here; only the demo makes one.
    if !Folder::locate(dir)?.is_dir() {
        bail!(
            "there is no {}; `rowdesk demo --data-dir {0}` makes it",
            dir.display()
        );
    }
    match Folder::claim(dir) {
        Err(error @ EmbeddedError::InUse { .. }) => match running_uri(dir, "postgres", DATABASE)? {
            Some(uri) => Ok((uri, None)),
            None => Err(error.into()),
        },
        claimed => {
            let server = Cluster::prepare(claimed?, &Binaries::find(pg_bin)?)?.start()?;
            Ok((server.uri("postgres", DATABASE), Some(server)))
        }
    }
}
