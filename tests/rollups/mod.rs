//! Roll-ups are exact: whatever happens to tickets, and whoever folds or rebuilds meanwhile, a snapshot
//! in which widgets are asked says the same as its own tickets do.
//!
//! `histories` asks ten thousand questions. More on demand, and another history:
//!
//!     ROLLUP_COMPARISONS=200000 ROLLUP_SEED=7 cargo test --test main rollups::histories
//!
//! The seed decides what is written and asked; which of the sessions comes first, the machine.

mod camera;
mod commotion;
mod faults;
mod filters;
mod folding;
mod histories;
mod questions;
mod readers;
mod rebuilding;
mod rows;
mod statements;
mod transactions;
mod visibility;
mod writer;

use serde_json::Value;
use tokio_postgres::{Client, Error};

use crate::brute_force::Selection;
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};

/// A desk of some hundreds of tickets, and the superuser's session.
async fn small_desk() -> (TestDb, Client) {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, "delete from public.tickets where id % 6 <> 0").await;
    (database, admin)
}

/// A session that sees all tickets, as widgets' callers do.
async fn manager(database: &TestDb) -> Client {
    let session = database.connect("postgres").await;
    execute(
        &session,
        r#"set role desk_manager; set request.jwt.claims = '{"team_member_id":3}'"#,
    )
    .await;
    session
}

/// What may fail: statements of sessions that are in each other's way.
#[expect(
    clippy::disallowed_methods,
    reason = "scripts of many statements that may fail"
)]
async fn attempt(session: &Client, script: &str) -> Result<(), Error> {
    session.batch_execute(script).await
}

/// The cells that are not as they should be.
async fn verify(session: &Client) -> Vec<Value> {
    let sql = "select to_jsonb(v) from analytics.verify() as v";
    let rows = session.query(sql, &[]).await.expect(sql);
    rows.iter().map(|row| row.get(0)).collect()
}

/// The only number of a query.
async fn number(session: &Client, sql: &str) -> i64 {
    session.query_one(sql, &[]).await.expect(sql).get(0)
}

/// Changes that are in no cell yet.
async fn unfolded(session: &Client) -> i64 {
    number(session, "select count(*) from analytics.ticket_delta").await
}

async fn fold(session: &Client, batch: i32) -> i32 {
    let row = session
        .query_one("select analytics.fold($1)", &[&batch])
        .await;
    row.expect("a fold").get(0)
}

async fn total(session: &Client) -> i64 {
    number(
        session,
        "select total_tickets from public.dashboard_overview()",
    )
    .await
}

/// No conditions at all.
fn everything() -> Selection {
    Selection {
        zone: "UTC",
        conditions: Vec::new(),
    }
}
