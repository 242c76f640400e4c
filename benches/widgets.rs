//! Widgets and lists through the server, policies in force, beside the plainest SQL of the same
//! meaning run as the superuser, without policies.
//!
//! `cargo bench --bench widgets`; `TICKETS=1000000 cargo bench --bench widgets` for more.

mod support;

use std::time::Instant;

use support::load::{Connection, get, latencies};
use support::server::{Server, token};
use support::{TICKETS, commit, desk, median};
use tokio_postgres::Client;

const WARM: usize = 20;
const TIMES: usize = 60;

const PERIOD: &str = "created_at=gte.2025-04-01&created_at=lte.2025-05-31&assigned_to=in.(2,5,9)";

/// Name, who asks, URL, baseline.
const MEASURED: &[(&str, Who, &str, &str)] = &[
    (
        "dashboard_overview",
        Who::Agent,
        "/rpc/dashboard_overview",
        OVERVIEW,
    ),
    (
        "team_performance",
        Who::Agent,
        "/rpc/team_performance",
        TEAM,
    ),
    (
        "a client's own list",
        Who::Client,
        "/rpc/ticket_list?order=created_at.desc&limit=25",
        LIST,
    ),
    ("a ticket by key", Who::Client, "/tickets?id=eq.2465", KEY),
];

#[derive(Clone, Copy)]
enum Who {
    Agent,
    Client,
}

const OVERVIEW: &str = "
    select count(*), count(*) filter (where t.status in ('open', 'in_progress')), count(t.resolved_at),
        avg(extract(epoch from t.resolved_at - t.created_at)) / 3600,
        percentile_cont(0.5) within group (order by extract(epoch from t.resolved_at - t.created_at)),
        avg(f.rating), count(f.rating)
    from tickets t left join ticket_feedback f on f.ticket_id = t.id";

const TEAM: &str = "
    select m.id, m.username, count(t.id), count(t.resolved_at),
        avg(extract(epoch from t.resolved_at - t.created_at)) / 3600,
        percentile_cont(0.5) within group (order by extract(epoch from t.resolved_at - t.created_at)),
        avg(f.rating), count(f.rating)
    from team_members m
    left join tickets t on t.assigned_to = m.id
    left join ticket_feedback f on f.ticket_id = t.id";

const LIST: &str = "select * from tickets where client_id = 7 order by created_at desc limit 25";
const KEY: &str = "select * from tickets where id = 2465";
const NARROW: &str = " where t.created_at >= '2025-04-01' and t.created_at < '2025-06-01' and t.assigned_to in (2, 5, 9)";

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
        "| what | through the server | plain SQL, no policies | ratio |\n| --- | --- | --- | --- |"
    );
    for (name, who, url, baseline) in MEASURED {
        let filtered = matches!(who, Who::Agent);
        let mut rows = vec![((*name).to_owned(), (*url).to_owned(), grouped(baseline, ""))];
        if filtered {
            let name = format!("{name}, two months, three agents");
            rows.push((name, format!("{url}?{PERIOD}"), grouped(baseline, NARROW)));
        }
        for (name, url, sql) in rows {
            let request = get(&url, &token_of(*who));
            let ours = median(latencies(&mut connection, &request, WARM, TIMES));
            let plain = runtime.block_on(plain_ms(&superuser, &sql));
            println!("| {name} | {ours:.2} | {plain:.2} | {:.2} |", ours / plain);
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

fn grouped(baseline: &str, condition: &str) -> String {
    let group = if baseline == TEAM {
        " group by m.id"
    } else {
        ""
    };
    format!("{baseline}{condition}{group}")
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
