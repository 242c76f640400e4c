//! Migrations that change what cells are.

use rowdesk::migrate::{Report, run};
use tokio_postgres::Client;

use super::files::Files;
use super::{assert_verified, count};
use crate::harness::cluster::TestDb;
use crate::harness::desk::desk;

const NODES: &str = "sql/views/analytics.nodes.sql";

async fn migrate(database: &TestDb, files: &Files) -> Report {
    let config = database.uri("postgres").parse().unwrap();
    run(&config, &files.source(), |_| {}).await.unwrap()
}

async fn built_at(admin: &Client) -> String {
    let row = admin.query_one("select built_at::text from analytics.rollups", &[]);
    row.await.unwrap().get(0)
}

#[tokio::test]
async fn another_list_of_nodes_fills_the_cells_in_the_same_migration() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let mut files = Files::of_the_project();
    let before = built_at(&admin).await;
    assert_eq!(migrate(&database, &files).await, Report::default());
    assert_eq!(built_at(&admin).await, before);

    let hours = "select count(*) from analytics.ticket_cells where series = 'created' and grain = 'hour' and node = ";
    assert_ne!(count(&admin, &format!("{hours} 4")).await, 0);
    files.replace(
        NODES,
        "('tickets', 'created', 'hour', array[0, 1, 4])",
        "('tickets', 'created', 'hour', array[0, 1, 5])",
    );
    let report = migrate(&database, &files).await;
    assert!(report.migrations.is_empty(), "{report:?}");
    assert_eq!(report.files[0], NODES);
    assert_eq!(count(&admin, &format!("{hours} 4")).await, 0);
    assert_ne!(count(&admin, &format!("{hours} 5")).await, 0);
    let delta = "select count(*) from analytics.ticket_delta";
    assert_eq!(count(&admin, delta).await, 0, "filling forgets what it saw");
    assert_verified(&admin).await;
    assert_ne!(built_at(&admin).await, before);
}
