//! The schema cache of a large schema: how long it takes to load, what it weighs, and whether requests
//! wait for it. `cargo bench --bench schema_cache`.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod support;

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use include_dir::{Dir, include_dir};
use rowdesk::config::Config;
use rowdesk::http::{Place, Reloadable, Server};
use support::cluster::TestDb;
use support::load::{Connection, get, latencies};
use tokio_postgres::types::ToSql;

static QUERIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/schema_cache");

const LOADS: usize = 7;
const REQUESTS: usize = 3_000;

/// 1,000 tables of 13 columns with three foreign keys each, 500 views over them, 2,000 functions.
const SCHEMA: &str = "
create schema big;
create role bench_anon;
grant usage on schema big to bench_anon;
alter default privileges in schema big grant select on tables to bench_anon;
do $$ begin
  for n in 1..1000 loop
    execute format('create table big.thing_%s (id int primary key, one int, two int, three int, name text not null,
      price numeric(10, 2) default 0, created_at timestamptz default now(), tags text[], data jsonb, a int, b text,
      c boolean, d date)', n);
    execute format('comment on table big.thing_%s is ''Things of kind %s''', n, n);
    execute format('insert into big.thing_%s (id, name) values (1, ''one'')', n);
  end loop;
  for n in 1..1000 loop
    execute format('alter table big.thing_%s add foreign key (one) references big.thing_%s,
      add foreign key (two) references big.thing_%s, add foreign key (three) references big.thing_%s',
      n, n % 1000 + 1, n * 7 % 1000 + 1, n * 31 % 1000 + 1);
  end loop;
  for n in 1..500 loop
    execute format('create view big.shown_%s as select t.*, o.name as other from big.thing_%s t
      left join big.thing_%s o on o.id = t.one', n, n, n + 1);
  end loop;
  for n in 1..2000 loop
    execute format('create function big.work_%s(a int, b text default ''x'', c jsonb default null)
      returns %s language sql stable as %L', n,
      case n % 2 when 0 then format('setof big.thing_%s', n % 1000 + 1) else 'int' end,
      case n % 2 when 0 then format('select * from big.thing_%s', n % 1000 + 1) else 'select 1' end);
  end loop;
end $$;
analyze";

#[tokio::main]
async fn main() {
    let database = TestDb::empty().await;
    let admin = database.connect("postgres").await;
    support::execute(&admin, SCHEMA).await;
    explain_by_query(&admin).await;

    let config = Config {
        db_uri: database.uri("postgres"),
        db_schemas: vec!["big".to_owned()],
        db_anon_role: Some("bench_anon".to_owned()),
        db_allow_bypassing_login: true,
        server_host: "127.0.0.1".to_owned(),
        server_port: 0,
        ..Config::default()
    };
    let app = Arc::new(Reloadable::fixed(&config).expect("usable settings"));
    let before = memory_mb();
    let mut loads = vec![load(&app).await];
    let first = memory_mb();
    for _ in 1..LOADS {
        loads.push(load(&app).await);
    }
    println!(
        "load: first {:.0} ms, median {:.0} ms; memory {:.0} MB after the first, {:.0} MB after {LOADS}",
        loads[0],
        median(&mut loads.clone()),
        first - before,
        memory_mb() - before,
    );
    during_reloads(app, &config).await;
}

/// Each catalog query by itself, the slowest last.
async fn explain_by_query(admin: &tokio_postgres::Client) {
    let schemas = vec!["big".to_owned()];
    support::execute(admin, "set jit = off").await;
    let mut times = Vec::new();
    for file in QUERIES.files() {
        let name = file.path().to_string_lossy();
        let Some(sql) = file.contents_utf8().filter(|_| name.ends_with(".sql")) else {
            continue;
        };
        let all: [&(dyn ToSql + Sync); 1] = [&schemas];
        let params = if sql.contains("$1") { &all[..] } else { &[] };
        let begun = Instant::now();
        let rows = admin.query(sql, params).await.expect(&name);
        times.push((milliseconds(begun), rows.len(), name.into_owned()));
    }
    times.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (time, rows, name) in times {
        println!("{name}: {time:.1} ms, {rows} rows");
    }
}

/// Latencies of a small read, alone and while the cache is loaded again and again.
async fn during_reloads(app: Arc<Reloadable>, config: &Config) {
    let server = Server::bind(&Place::of_api(config)).await;
    let server = server.expect("a free port");
    let address = server.address().expect("a port");
    tokio::spawn(server.run(Arc::clone(&app), pending(), pending()));
    let measure = move || {
        let mut connection = Connection::open(address);
        let request = get("/thing_1?select=id&limit=1", "");
        let request = String::from_utf8(request).expect("text");
        let request = request.replace("authorization: Bearer \r\n", "");
        latencies(&mut connection, request.as_bytes(), 100, REQUESTS)
    };
    let alone = tokio::task::spawn_blocking(measure)
        .await
        .expect("latencies");
    let stop = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicUsize::new(0));
    let reloading = {
        let (app, stop, count) = (app, Arc::clone(&stop), Arc::clone(&count));
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                load(&app).await;
                count.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let beside = tokio::task::spawn_blocking(measure)
        .await
        .expect("latencies");
    stop.store(true, Ordering::Relaxed);
    reloading.await.expect("reloads");
    for (what, mut times) in [("alone", alone), ("beside reloads", beside)] {
        let median = median(&mut times);
        let late = times[times.len() * 99 / 100];
        let worst = times[times.len() - 1];
        println!("a request {what}: median {median:.2} ms, 99 % {late:.2} ms, worst {worst:.2} ms");
    }
    println!("reloads meanwhile: {}", count.load(Ordering::Relaxed));
}

async fn load(app: &Reloadable) -> f64 {
    let begun = Instant::now();
    app.try_load_schema_cache().await.expect("a schema cache");
    milliseconds(begun)
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}
