//! A row by primary key, with a token, at 16 connections: the pipelined path, the naive one, and
//! `pgbench` running the same statements without HTTP.
//!
//! `cargo bench --bench requests`

mod support;

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use support::load::{get, throughput};
use support::server::{Server, token};
use support::{TICKETS, commit, desk, median};

const CONNECTIONS: usize = 16;
const POOL: &str = "10";
const ROUNDS: usize = 5;
const TIME: Duration = Duration::from_secs(4);

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(desk(TICKETS));
    let uri = database.uri("desk_authenticator");
    let pipelined = Server::start(&uri, &["--db-pool", POOL]);
    let naive = Server::start(&uri, &["--db-pool", POOL, "--request-path", "naive"]);
    let idle_mb = pipelined.memory_mb();

    let mut figures = [const { Vec::new() }; 3];
    let mut cpu_us = Vec::new();
    for round in 0..=ROUNDS {
        let before = pipelined.cpu();
        let fast = row_by_key(&pipelined);
        let used = pipelined.cpu().saturating_sub(before).as_secs_f64();
        let slow = row_by_key(&naive);
        let limit = pgbench(&uri);
        // The first round warms caches and plans.
        if round > 0 {
            for (list, figure) in figures.iter_mut().zip([fast, slow, limit]) {
                list.push(figure);
            }
            cpu_us.push(used / (fast * TIME.as_secs_f64()) * 1e6);
        }
    }
    let [fast, slow, limit] = figures.map(median);
    println!(
        "\na row by primary key, {CONNECTIONS} connections, pool of {POOL}, commit {}",
        commit()
    );
    println!("| path | requests/s | of the limit |\n| --- | --- | --- |");
    println!("| pgbench, the same statements in one pipeline: the limit | {limit:.0} | 100 % |");
    println!("| pipelined | {fast:.0} | {:.0} % |", fast / limit * 100.0);
    println!("| naive | {slow:.0} | {:.0} % |", slow / limit * 100.0);
    println!("pipelined / naive: {:.2}", fast / slow);
    println!("server processor time a request: {:.0} µs", median(cpu_us));
    println!(
        "memory: {idle_mb:.1} MB idle, {:.1} MB after the load",
        pipelined.memory_mb()
    );
}

fn row_by_key(server: &Server) -> f64 {
    let token = token("desk_agent", "team_member_id", 1);
    throughput(
        server.address,
        CONNECTIONS,
        TIME,
        move |number| {
            get(
                &format!("/tickets?select=id,title&id=eq.{}", id(number)),
                &token,
            )
        },
        |number, body| {
            let expected = format!("[{{\"id\":{},", id(number));
            assert!(
                body.starts_with(expected.as_bytes()),
                "{}",
                String::from_utf8_lossy(body)
            );
        },
    )
}

fn id(number: usize) -> usize {
    1 + number * 7919 % 42_000
}

/// Transactions a second of the same four statements, pipelined, through the same login.
fn pgbench(uri: &str) -> f64 {
    let mut script = tempfile();
    write!(script.1, "{PGBENCH}").expect("a written script");
    let output = Command::new(program("pgbench"))
        .args(["-n", "-M", "prepared", "-c", POOL, "-j", "2"])
        .args(["-T", &TIME.as_secs().to_string(), "-f", &script.0, uri])
        .output()
        .expect("pgbench");
    let text = String::from_utf8_lossy(&output.stdout);
    let tps = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let complaint = String::from_utf8_lossy(&output.stderr);
    let tps = tps.expect(&complaint);
    tps.split_whitespace()
        .next()
        .and_then(|n| n.parse().ok())
        .expect("a number")
}

/// Beside the server's own program, which may be found by a link.
fn program(name: &str) -> std::path::PathBuf {
    let found = rowdesk::embedded::Binaries::find(None).expect("PostgreSQL's programs");
    let server = found[0].dir().join("postgres").canonicalize();
    server.expect("the server's program").with_file_name(name)
}

const PGBENCH: &str = r#"\set id random(1, 42000)
\startpipeline
begin isolation level read committed read only;
select pg_catalog.set_config('search_path', 'public', true), pg_catalog.set_config('role', 'desk_agent', true), pg_catalog.set_config('request.jwt.claims', '{"role":"desk_agent","team_member_id":1}', true), pg_catalog.set_config('request.method', 'GET', true), pg_catalog.set_config('request.path', '/tickets', true), pg_catalog.set_config('request.headers', '{}', true), pg_catalog.set_config('request.cookies', '{}', true);
select null::bigint as total, pg_catalog.count(*) as page, coalesce(pg_catalog.json_agg(rd_page), '[]')::text as body from (select public.tickets.id, public.tickets.title from public.tickets where public.tickets.id = :id) as rd_page;
commit;
\endpipeline
"#;

fn tempfile() -> (String, std::fs::File) {
    let path = std::env::temp_dir().join(format!("rowdesk-pgbench-{}.sql", std::process::id()));
    let file = std::fs::File::create(&path).expect("a file");
    (path.to_string_lossy().into_owned(), file)
}
