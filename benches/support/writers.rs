//! How much the triggers of the roll-ups take from those who write tickets.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio_postgres::Client;

use super::loaded::{Desk, execute_each};
use super::{execute, median};

const WRITERS: usize = 8;
const TURN: Duration = Duration::from_secs(5);
const TURNS: usize = 5;
const TRIGGERS: [&str; 4] = [
    "log_changes_insert",
    "log_changes_update",
    "log_changes_delete",
    "log_changes_truncate",
];

/// One of three: somebody writes, something goes on, somebody else gets it. Each a transaction of its own.
const STATEMENTS: [&str; 3] = [
    "insert into tickets (client_id, ticket_type_id, title, description, priority)
     values ($1 % 50 + 1, $1 % 14 + 1, 'Cannot sign in', 'Since this morning.', 'high')",
    "update tickets set status = case status when 'open' then 'in_progress' else 'open' end
     where id = $1 and status in ('open', 'in_progress')",
    "update tickets set assigned_to = $1 % 15 + 1 where id = $1",
];

/// Writes a second with the triggers of the roll-ups and without, turn by turn: as an agent, with all that
/// follows from a write (history, service levels), and in the table alone, with no other trigger.
pub async fn throughput(desk: &Desk<'_>, tickets: u32) {
    let superuser = desk.connect("postgres").await;
    let mut clients = Vec::new();
    for _ in 0..WRITERS {
        clients.push(Arc::new(desk.connect_as("desk_manager", 10).await));
    }
    for alone in [false, true] {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            for logs in [true, false] {
                switch(&superuser, alone, logs).await;
                let figure = turn(desk, &clients, tickets, logs).await;
                if logs { &mut with } else { &mut without }.push(figure);
            }
        }
        switch(&superuser, false, true).await;
        let (with, without) = (median(with), median(without));
        println!(
            "{WRITERS} writers, {}: {with:.0} writes a second with the roll-ups' triggers and a fold each second, \
             {without:.0} without: {:.0} %",
            if alone {
                "no other triggers"
            } else {
                "history and service levels kept"
            },
            with / without * 100.0
        );
    }
    // what was written without triggers is not in the cells
    execute_each(
        &superuser,
        &[
            "set role desk_owner",
            "call analytics.rebuild()",
            "reset role",
            "vacuum analyze",
        ],
    )
    .await;
}

async fn switch(client: &Client, alone: bool, logs: bool) {
    let switch = |on: bool, name: &str| {
        let verb = if on { "enable" } else { "disable" };
        format!("alter table tickets {verb} trigger {name};")
    };
    let script: String = std::iter::once(switch(!alone, "user"))
        .chain(TRIGGERS.iter().map(|name| switch(logs, name)))
        .collect();
    execute(client, &script).await;
}

async fn turn(desk: &Desk<'_>, clients: &[Arc<Client>], tickets: u32, folds: bool) -> f64 {
    let stop = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    for (writer, client) in clients.iter().enumerate() {
        let (stop, done, client) = (Arc::clone(&stop), Arc::clone(&done), Arc::clone(client));
        tasks.push(tokio::spawn(async move {
            let mut statements = Vec::new();
            for sql in STATEMENTS {
                statements.push(client.prepare(sql).await.expect(sql));
            }
            // a sequence of its own for each writer, spread over all tickets
            let mut number = u64::try_from(writer).expect("a small number") * 7_919 + 1;
            while !stop.load(Ordering::Relaxed) {
                for statement in &statements {
                    number = number
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let id = i32::try_from((number >> 33) % u64::from(tickets)).expect("an id") + 1;
                    client.execute(statement, &[&id]).await.expect("a write");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }
    if folds {
        let worker = desk.connect("postgres").await;
        let stop = Arc::clone(&stop);
        tasks.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                execute(&worker, "select analytics.fold(1000)").await;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }));
    }
    tokio::time::sleep(TURN).await;
    let written = done.load(Ordering::Relaxed);
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.expect("a writer");
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let written = written as f64;
    written / TURN.as_secs_f64()
}
