//! What the benchmarks share: a desk of its own, a server process, a client that costs little.
#![allow(dead_code, reason = "each benchmark uses a part of it")]

#[path = "../../tests/harness/cluster.rs"]
pub mod cluster;
pub mod counted;
pub mod forms;
pub mod load;
pub mod loaded;
pub mod server;
pub mod upkeep;
pub mod widgets;
pub mod writers;

use tokio_postgres::Client;

/// The demo's number of tickets.
pub const TICKETS: u32 = 42_900;

/// A migrated and seeded desk.
pub async fn desk(tickets: u32) -> cluster::TestDb {
    let database = cluster::TestDb::empty().await;
    let uri = database
        .uri("postgres")
        .parse()
        .expect("a connection string");
    rowdesk::migrate::run(&uri, &rowdesk::migrate::Source::embedded(), |_| {})
        .await
        .expect("a migrated database");
    let client = database.connect("postgres").await;
    let seed = include_str!("../../database/seed/seed.sql");
    // As `rowdesk seed` does: or VACUUM leaves pages that index-only scans must look up.
    execute(
        &client,
        &format!(
            "set synchronous_commit = on; begin; set local role desk_owner; set local seed.number = 1;
             set local seed.tickets = {tickets};\n{seed};\ncommit"
        ),
    )
    .await;
    execute(&client, "vacuum analyze").await;
    database
}

#[expect(clippy::disallowed_methods, reason = "scripts of many statements")]
pub async fn execute(client: &Client, script: &str) {
    client
        .batch_execute(script)
        .await
        .expect("a script that runs");
}

/// The middle of the measurements.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The commit that is measured.
pub fn commit() -> String {
    let described = std::process::Command::new("git")
        .args(["describe", "--always", "--dirty"])
        .output();
    described.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
