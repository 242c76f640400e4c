//! Desks of a given size: people and policies of the seed, tickets of their own.

use std::path::Path;
use std::time::Instant;

use rowdesk::embedded::{Binaries, Cluster, Folder, Running};
use rowdesk::migrate::Source;
use tokio_postgres::{Client, NoTls};

use super::execute;

/// What the server's login role and the machine's settings would be is in `database/embedded.conf`; here only
/// what makes loading bearable.
const SETTINGS: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "100"),
];

/// A private Postgres. In a folder that is named it stays, with its databases, for the next run; else it goes.
pub struct Postgres {
    running: Running,
    is_kept: bool,
}

impl Postgres {
    pub fn start(kept: Option<&Path>) -> Self {
        let made = std::env::temp_dir().join(format!("rowdesk-rollups-{}", std::process::id()));
        let folder = Folder::claim(kept.unwrap_or(&made)).expect("a folder of its own");
        let binaries = Binaries::find(None).expect("PostgreSQL's programs");
        let mut cluster = Cluster::prepare(folder, &binaries).expect("a cluster");
        for (name, value) in SETTINGS {
            cluster = cluster.with_setting(name, value);
        }
        Self {
            running: cluster.start().expect("a server"),
            is_kept: kept.is_some(),
        }
    }

    /// Ends the server; with its data, unless they are to stay.
    pub fn end(self) {
        let path = self.running.folder().path().to_owned();
        self.running.stop();
        if !self.is_kept {
            std::fs::remove_dir_all(path).expect("a folder to delete");
        }
    }

    /// A migrated desk with so many tickets, and the seconds that loading took, if it was not there already.
    pub async fn desk(&self, tickets: u32) -> (Desk<'_>, Option<f64>) {
        let desk = Desk {
            running: &self.running,
            name: format!("tickets_{tickets}"),
        };
        let server = connect(&self.running.uri("postgres", "postgres")).await;
        let found = server
            .query_opt("select from pg_database where datname = $1", &[&desk.name])
            .await
            .expect("a list of databases");
        if found.is_none() {
            execute(
                &server,
                &format!("create database {} template template0", desk.name),
            )
            .await;
        }
        let uri = desk.uri("postgres").parse().expect("a connection string");
        rowdesk::migrate::run(&uri, &Source::embedded(), |_| {})
            .await
            .expect("a migrated database");
        let client = desk.connect("postgres").await;
        let row = client
            .query_one("select exists (select from tickets)", &[])
            .await;
        if row.expect("an answer").get(0) {
            // as the jobs of a server would have, had there been one
            while client
                .query_one("select ops.record_breaches(10000)", &[])
                .await
                .expect("breaches")
                .get::<_, i32>(0)
                > 0
            {}
            return (desk, None);
        }
        let seconds = load(&client, tickets).await;
        (desk, Some(seconds))
    }
}

async fn load(client: &Client, tickets: u32) -> f64 {
    let begun = Instant::now();
    let seed = include_str!("../../database/seed/seed.sql");
    execute(
        client,
        &format!(
            "begin; set local role desk_owner; set local seed.number = 1; set local seed.tickets = 0;
             {seed};\ncommit; set bench.tickets = {tickets};"
        ),
    )
    .await;
    execute(client, include_str!("tickets.sql")).await;
    // as `rowdesk seed` does: before a commit is on disk VACUUM marks no page all-visible
    execute(client, "set synchronous_commit = on; select txid_current()").await;
    execute(client, "vacuum analyze").await;
    begun.elapsed().as_secs_f64()
}

/// A database of it.
pub struct Desk<'a> {
    running: &'a Running,
    name: String,
}

impl Desk<'_> {
    pub fn uri(&self, user: &str) -> String {
        self.running.uri(user, &self.name)
    }

    pub async fn connect(&self, user: &str) -> Client {
        connect(&self.uri(user)).await
    }

    /// A connection as the server makes it, in the role and with the plans of a request.
    pub async fn connect_as(&self, role: &str, team_member_id: i32) -> Client {
        let client = self.connect("desk_authenticator").await;
        execute(
            &client,
            &format!(
                "set timezone = 'UTC'; set role {role};
                 set request.jwt.claims = '{{\"role\":\"{role}\",\"team_member_id\":{team_member_id}}}'"
            ),
        )
        .await;
        client
    }
}

async fn connect(uri: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(uri, NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}

/// Statements one by one: VACUUM and procedures that commit are not for a script.
pub async fn execute_each(client: &Client, statements: &[&str]) {
    for statement in statements {
        execute(client, statement).await;
    }
}

/// Seconds that a script takes.
pub async fn seconds(client: &Client, script: &str) -> f64 {
    let begun = Instant::now();
    execute(client, script).await;
    begun.elapsed().as_secs_f64()
}
