//! The upkeep of roll-ups: folded by servers, filled by migrations, extended as docs/rollups.md says.

mod documented;
mod files;
mod jobs;
mod migrated;

use tokio_postgres::Client;

/// The first column of the only row.
async fn count(client: &Client, sql: &str) -> i64 {
    let row = client.query_one(sql, &[]).await;
    row.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
        .get(0)
}

/// Cells and delta together are what the tickets say.
async fn assert_verified(admin: &Client) {
    let wrong = admin
        .query("select v::text from analytics.verify() as v limit 3", &[])
        .await
        .unwrap();
    let wrong: Vec<String> = wrong.iter().map(|row| row.get(0)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
