//! The support desk as a database of a test: migrated, seeded, and made untidy.

use rowdesk::migrate::{self, Source};
use serde_json::json;
use tokio_postgres::Client;

use super::cluster::{Template, TestDb};
use super::server::{TestServer, token};

/// Enough for every status, month and agent to occur; small enough for brute force.
const TICKETS: u32 = 1_500;

/// What a seed never makes and the world does: missing statuses and priorities, unassigned,
/// reopened and closed tickets, midnights on which clocks change, unrated resolutions.
const UNTIDY: &str = include_str!("untidy.sql");

static DESK: Template = Template::new("template_desk");

/// A database of its own, copied from the template.
pub async fn desk() -> TestDb {
    TestDb::from_template(&DESK, |admin_uri| async move {
        migrate_to(&admin_uri).await;
        let (client, connection) = tokio_postgres::connect(&admin_uri, tokio_postgres::NoTls)
            .await
            .expect("a connection");
        let running = tokio::spawn(connection);
        seed(&client, TICKETS).await;
        execute(&client, UNTIDY).await;
        execute(&client, "analyze").await;
        drop(client);
        // A database with a connection cannot be copied.
        let _ = running.await;
    })
    .await
}

/// Migrates whatever database this is.
pub async fn migrate_to(admin_uri: &str) {
    let config = admin_uri.parse().expect("a connection string");
    migrate::run(&config, &Source::embedded(), |_| {})
        .await
        .expect("a migrated database");
}

/// Fills an empty desk; deterministic for the number of tickets.
pub async fn seed(client: &Client, tickets: u32) {
    let script = include_str!("../../database/seed/seed.sql");
    execute(
        client,
        &format!(
            "begin; set local role desk_owner; set local seed.number = 1;
             set local seed.tickets = {tickets};\n{script};\ncommit"
        ),
    )
    .await;
}

#[expect(clippy::disallowed_methods, reason = "scripts of many statements")]
pub async fn execute(client: &Client, script: &str) {
    client
        .batch_execute(script)
        .await
        .expect("a script that runs");
}

/// A server over the desk, as the real login role.
pub async fn serve(database: &TestDb) -> TestServer {
    TestServer::start(database.uri("desk_authenticator"), |config| {
        config.db_anon_role = Some("desk_anon".to_owned());
    })
    .await
}

/// A token of an agent.
pub fn agent() -> String {
    token("desk_agent", json!({ "team_member_id": 1 }))
}

/// A token of a client.
pub fn client(id: i32) -> String {
    token("desk_client", json!({ "client_id": id }))
}
