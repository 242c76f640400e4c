//! Widgets and lists through the server, policies in force, beside the plainest SQL of the same
//! meaning run as the superuser, without policies, and beside what the first brief allows.
//!
//! `cargo bench --bench widgets`; `TICKETS=1000000 cargo bench --bench widgets` for more.

mod support;

use std::time::Instant;

use serde_json::Value;
use support::load::{Connection, get, latencies};
use support::server::{Server, token};
use support::widgets::{BUDGET_OF_FILTERED, MEASURED, Measured, Who};
use support::{TICKETS, commit, desk, median};
use tokio_postgres::Client;

const WARM: usize = 20;
const TIMES: usize = 60;

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn main() {
    let tickets = std::env::var("TICKETS")
        .ok()
        .and_then(|text| text.parse().ok());
    let tickets = tickets.unwrap_or(TICKETS);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(desk(tickets));
    let superuser = runtime.block_on(database.connect("postgres"));
    let server = Server::start(&database.uri("desk_authenticator"), &[]);
    let mut connection = Connection::open(server.address);

    println!(
        "\n{tickets} tickets, medians of {TIMES} in ms, commit {}",
        commit()
    );
    println!(
        "| what | through the server | budget | plain SQL, no policies | ratio |\n\
         | --- | --- | --- | --- | --- |"
    );
    for measured in MEASURED {
        let mut rows = vec![(measured.name.to_owned(), false, measured.budget)];
        if matches!(measured.who, Who::Agent) {
            let name = format!("{}, two months, three agents", measured.name);
            rows.push((name, true, BUDGET_OF_FILTERED.min(measured.budget)));
        }
        for (name, narrow, budget) in rows {
            let request = get(&measured.url(narrow), &token_of(measured.who));
            runtime.block_on(verify(
                measured,
                narrow,
                connection.send(&request),
                &superuser,
            ));
            let ours = median(latencies(&mut connection, &request, WARM, TIMES));
            let plain = runtime.block_on(plain_ms(&superuser, &measured.plain(narrow)));
            println!(
                "| {name} | {ours:.2} | {budget} | {plain:.2} | {:.2} |",
                ours / plain
            );
        }
    }
    println!("memory of the server: {:.1} MB", server.memory_mb());
}

fn token_of(who: Who) -> String {
    match who {
        Who::Agent => token("desk_agent", "team_member_id", 1),
        Who::Client => token("desk_client", "client_id", 7),
    }
}

/// A fast error is no result, nor is a fast wrong number.
async fn verify(measured: &Measured, narrow: bool, body: &[u8], superuser: &Client) {
    let answer: Value = serde_json::from_slice(body).expect("JSON");
    let rows = answer.as_array().expect("rows");
    let got: i64 = match measured.adds_up {
        Some(column) => rows
            .iter()
            .map(|row| row[column].as_i64().expect("a count"))
            .sum(),
        None => i64::try_from(rows.len()).expect("a number"),
    };
    let sql = measured.check(narrow);
    let row = superuser.query_one(&sql, &[]).await.expect("a check");
    let expected: i64 = row.get(0);
    assert_eq!(got, expected, "{}", measured.url(narrow));
}

async fn plain_ms(client: &Client, sql: &str) -> f64 {
    let statement = client.prepare(sql).await.expect("a baseline");
    let mut figures = Vec::new();
    for round in 0..WARM + TIMES {
        let begun = Instant::now();
        client.query(&statement, &[]).await.expect("rows");
        if round >= WARM {
            figures.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
    }
    median(figures)
}
