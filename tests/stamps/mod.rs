//! What triggers keep: first responses, ratings, times of resolution, closing and change.

mod resolution;
mod responses_and_ratings;
mod updated_at;

use tokio_postgres::Client;

/// A statement with its parameters written out; gives the number of rows.
async fn write(client: &Client, sql: &str) -> u64 {
    client.execute(sql, &[]).await.expect(sql)
}
