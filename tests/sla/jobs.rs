//! The server's own work: functions of the database that it calls again and again.

use std::sync::Arc;
use std::time::Duration;

use rowdesk::config::{Config, Job};

use crate::harness::desk::execute;
use crate::harness::server::TestServer;
use crate::operation::admin::{admin, get};

use super::desk::Desk;

fn job(function: &str) -> Job {
    Job {
        function: function.to_owned(),
        every: Duration::from_secs(1),
    }
}

/// A server that works.
async fn working(desk: &Desk, functions: &[&str]) -> TestServer {
    let server = TestServer::start(
        desk.database.uri("desk_authenticator"),
        |config: &mut Config| {
            config.db_jobs = functions.iter().map(|function| job(function)).collect();
            config.db_jobs_role = Some("desk_worker".to_owned());
        },
    )
    .await;
    let app = Arc::clone(&server.app);
    tokio::spawn(async move { app.keep_working().await });
    server
}

async fn until(desk: &Desk, condition: &str) {
    for _ in 0..600 {
        if desk.holds(condition).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never: {condition}");
}

/// 2,500 things to do, and what was done of them.
const QUEUE: &str = "
    create table ops.things (id integer primary key, done integer not null default 0);
    insert into ops.things select n from generate_series(1, 2500) as n;
    create table ops.calls (at_most integer);
    create function ops.work(at_most integer) returns integer language plpgsql security definer as $$
    declare worked integer;
    begin
        insert into ops.calls values (at_most);
        update ops.things set done = done + 1
        where id in (select id from ops.things where done = 0 limit at_most for update skip locked);
        get diagnostics worked = row_count;
        return worked;
    end $$;
    revoke all on function ops.work(integer) from public;
    grant execute on function ops.work(integer) to desk_worker;";

#[tokio::test]
async fn several_servers_do_everything_once_and_count_it() {
    let desk = Desk::new().await;
    desk.run(QUEUE).await;
    let first = working(&desk, &["ops.work"]).await;
    let _second = working(&desk, &["ops.work"]).await;
    until(&desk, "not exists (select from ops.things where done = 0)").await;
    assert!(
        desk.holds("not exists (select from ops.things where done <> 1)")
            .await
    );
    let metrics = get(&admin(&first).await, "/metrics").await;
    assert!(
        metrics
            .text()
            .contains("rowdesk_job_calls_total{function=\"ops.work\",status=\"SUCCESS\"}"),
        "{}",
        metrics.text()
    );
    assert!(
        metrics
            .text()
            .contains("rowdesk_job_done_total{function=\"ops.work\"}")
    );
}

#[tokio::test]
async fn a_job_that_fails_stops_no_other_and_is_tried_again() {
    let desk = Desk::new().await;
    desk.run(QUEUE).await;
    let server = working(&desk, &["ops.missing", "ops.work"]).await;
    until(&desk, "not exists (select from ops.things where done = 0)").await;
    desk.run("create function ops.missing(integer) returns integer language sql security definer as 'update ops.things set done = 7 returning 0'; grant execute on function ops.missing to desk_worker").await;
    until(&desk, "not exists (select from ops.things where done <> 7)").await;
    let metrics = get(&admin(&server).await, "/metrics").await;
    assert!(
        metrics
            .text()
            .contains("rowdesk_job_calls_total{function=\"ops.missing\",status=\"FAIL\"}")
    );
}

#[tokio::test]
async fn work_goes_on_after_a_lost_connection() {
    let desk = Desk::new().await;
    desk.run(QUEUE).await;
    let _server = working(&desk, &["ops.work"]).await;
    until(&desk, "not exists (select from ops.things where done = 0)").await;
    execute(
        &desk.admin,
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'desk_authenticator' and datname = current_database();
         insert into ops.things values (9999)",
    )
    .await;
    until(&desk, "not exists (select from ops.things where done = 0)").await;
}

/// Through the real thing, five times.
#[tokio::test]
async fn five_servers_record_each_breach_once() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now()").await;
    desk.run(
        "update public.sla_clocks set due_at = now() - interval '1 minute' where ticket_id = $t",
    )
    .await;
    let mut servers = Vec::new();
    for _ in 0..5 {
        servers.push(working(&desk, &["ops.record_breaches"]).await);
    }
    until(&desk, "(select count(*) = 2 from public.sla_clocks where ticket_id = $t and breached_at is not null)").await;
    let told = "(select count(*) = 2 from public.ticket_events where ticket_id = $t and type = 'sla-breached')";
    assert!(desk.holds(told).await);
}
