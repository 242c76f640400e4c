//! What the roll-ups cost: folding, rebuilding, verifying, disk; and what a materialized view would.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use tokio_postgres::Client;

use super::execute;
use super::loaded::{execute_each, seconds};

/// Changes so many tickets, each of which leaves two rows in the delta, by the triggers of the roll-ups alone.
pub async fn change(client: &Client, tickets: u32) {
    let script = format!(
        "begin;
         alter table public.tickets disable trigger user;
         alter table public.tickets enable trigger log_changes_update;
         update public.tickets set assigned_to = assigned_to % 15 + 1
         where id in (
             select 1 + (hashint8extended(n, extract(epoch from now())::bigint) & 2147483647) % (select max(id) from public.tickets)
             from generate_series(1, {tickets} * 11 / 10) as n
             limit {tickets}
         ) and assigned_to is not null;
         alter table public.tickets enable trigger user;
         commit"
    );
    execute(client, &script).await;
}

async fn number(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.expect(sql).get(0)
}

async fn unfolded(client: &Client) -> i64 {
    number(client, "select count(*) from analytics.ticket_delta").await
}

/// Folds all there is; milliseconds.
async fn fold_all(client: &Client) -> f64 {
    let mut total = 0.0;
    while unfolded(client).await > 0 {
        total += seconds(client, "select analytics.fold(1000)").await * 1000.0;
    }
    total
}

pub async fn folding(client: &Client) {
    fold_all(client).await;
    for changed in [1, 500, 500, 5_000, 5_000] {
        change(client, changed).await;
        let rows = unfolded(client).await;
        let ms = fold_all(client).await;
        println!("fold of {rows} changes: {ms:.0} ms");
    }
    execute(client, "vacuum analyze").await;
}

pub async fn rebuilding(client: &Client) {
    execute(client, "set role desk_owner").await;
    let rebuild = seconds(client, "call analytics.rebuild()").await;
    execute_each(client, &["reset role", "vacuum analyze"]).await;
    println!("rebuild of all cells: {rebuild:.1} s");
}

pub async fn verifying(client: &Client) {
    execute(client, "set role desk_owner").await;
    let begun = std::time::Instant::now();
    // the benchmark's tickets say how often they were answered, and have no messages
    let cells = "select count(*) from analytics.verify() as v where v.cells <> 'answers'";
    let wrong = number(client, cells).await;
    println!(
        "verify: {:.1} s, {wrong} differences",
        begun.elapsed().as_secs_f64()
    );
    execute(client, "reset role").await;
}

pub async fn sizes(client: &Client) {
    let rows = client
        .query(
            "select c.oid::regclass::text, greatest(c.reltuples, 0)::bigint, pg_relation_size(c.oid) / 1048576,
                 pg_indexes_size(c.oid) / 1048576
             from pg_class as c
             where c.relkind = 'r' and c.relname <> 'rollups'
                 and (c.relnamespace = 'analytics'::regnamespace or c.oid in ('tickets'::regclass, 'sla_clocks'::regclass))
             order by 1",
            &[],
        )
        .await
        .expect("sizes");
    println!("\n| table | rows | MB | indexes, MB |\n| --- | --- | --- | --- |");
    for row in rows {
        let (name, tuples, heap, indexes): (String, i64, i64, i64) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        println!("| `{name}` | {tuples} | {heap} | {indexes} |");
    }
}

/// The cells of the series `created` as a materialized view: the same rows, in the best form for refreshing
/// concurrently, whose join of old and new rows knows no nulls.
pub async fn materialized_view(client: &Client) {
    let query: String = client
        .query_one(
            "select analytics.ticket_cells_query('(select 1 as change, t.* from public.tickets as t)', 'UTC')",
            &[],
        )
        .await
        .expect("the query of the cells")
        .get(0);
    // one series of the three that the query has: the planner leaves the others out
    let create = format!(
        "set work_mem = '256MB'; set maintenance_work_mem = '256MB';
         drop materialized view if exists analytics.created_cells;
         create materialized view analytics.created_cells as
         select
             grain, node, since, coalesce(assigned_to, 0) as assigned_to, coalesce(ticket_type_id, 0) as ticket_type_id,
             coalesce(client_id, 0) as client_id, coalesce(priority, '') as priority, coalesce(status, '') as status,
             tickets, resolved, timed, resolution_us, rated, resolved_and_rated, satisfied, rating_sum, answered,
             first_response_us, endless, reopened, ever_resolved, one_touch
         from ({query}) as q where series = 'created';
         create unique index on analytics.created_cells
         (grain, node, since, assigned_to, ticket_type_id, client_id, priority, status);
         analyze analytics.created_cells"
    );
    println!(
        "one series as a materialized view, made: {:.1} s",
        seconds(client, &create).await
    );
    change(client, 500).await;
    println!(
        "after 1,000 changes, refresh concurrently: {:.1} s",
        seconds(
            client,
            "refresh materialized view concurrently analytics.created_cells"
        )
        .await
    );
    println!(
        "refresh, readers waiting: {:.1} s",
        seconds(client, "refresh materialized view analytics.created_cells").await
    );
    println!(
        "fold of the same changes into all cells: {:.0} ms",
        fold_all(client).await
    );
    execute_each(
        client,
        &[
            "drop materialized view analytics.created_cells",
            "reset work_mem",
            "reset maintenance_work_mem",
            "vacuum analyze",
        ],
    )
    .await;
}
