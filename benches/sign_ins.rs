//! Whether those who sign in starve the others: a row by primary key, read at a steady pace, while nobody
//! signs in and while a thousand a minute do, each with an argon2id hash to be verified.
//!
//! `cargo bench --bench sign_ins`

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use support::cluster::TestDb;
use support::load::{Connection, get};
use support::server::{Server, token};
use support::{commit, desk, median};

const TICKETS: u32 = 5_000;
const ROUNDS: usize = 5;
const TIME: Duration = Duration::from_secs(12);
/// Between reads, of one connection: 200 a second.
const PACE: Duration = Duration::from_millis(5);
/// A thousand a minute, spread over people who each wait for their answer.
const SIGN_INS: u32 = 1_000;
const PEOPLE: u32 = 10;

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(desk(TICKETS));
    let emails = runtime.block_on(emails(&database));
    let server = Server::start(
        &database.uri("desk_authenticator"),
        &[
            "--auth-role",
            "desk_worker",
            "--auth-attempts-per-account",
            "1000000",
            "--auth-attempts-per-address",
            "1000000",
        ],
    );
    reads(server.address, Duration::from_secs(2));
    let (mut idle, mut busy, mut waits) =
        (Figures::default(), Figures::default(), Figures::default());
    let (mut ratios, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let quiet = idle.add(reads(server.address, TIME));
        let before = server.cpu();
        let people = People::start(server.address, &emails);
        let loaded = busy.add(reads(server.address, TIME));
        waits.add(people.stop());
        cpu.push((server.cpu().saturating_sub(before)).as_secs_f64() / TIME.as_secs_f64());
        ratios.push(loaded / quiet);
    }
    println!(
        "\na row by primary key, {} a second, medians of {ROUNDS} rounds of {} s, commit {}",
        Duration::from_secs(1).as_millis() / PACE.as_millis(),
        TIME.as_secs(),
        commit()
    );
    println!("| | p50, ms | p99, ms |\n| --- | --- | --- |");
    println!("| nobody signs in | {} |", idle.row());
    println!("| {SIGN_INS} sign in a minute | {} |", busy.row());
    println!("| a sign-in itself | {} |", waits.row());
    println!("p99 beside sign-ins / p99 alone: {:.1}", median(ratios));
    println!(
        "processors used by the server beside sign-ins: {:.2}",
        median(cpu)
    );
}

/// Of people who may sign in; the seed gave all of them one password.
async fn emails(database: &TestDb) -> Vec<String> {
    let client = database.connect("postgres").await;
    let statement =
        "select email from auth.accounts where status = 'active' and password_hash is not null
        order by email limit $1";
    let rows = client.query(statement, &[&i64::from(PEOPLE)]).await;
    rows.expect("emails").iter().map(|row| row.get(0)).collect()
}

/// Percentiles of each round.
#[derive(Default)]
struct Figures {
    p50: Vec<f64>,
    p99: Vec<f64>,
}

impl Figures {
    /// Adds a round; gives its 99th percentile.
    fn add(&mut self, mut milliseconds: Vec<f64>) -> f64 {
        milliseconds.sort_by(f64::total_cmp);
        let p99 = milliseconds[milliseconds.len() * 99 / 100];
        self.p50.push(milliseconds[milliseconds.len() / 2]);
        self.p99.push(p99);
        p99
    }

    fn row(self) -> String {
        format!("{:.2} | {:.2}", median(self.p50), median(self.p99))
    }
}

/// Milliseconds of each read, from when it was due: what waits behind a slow one counts as slow.
fn reads(address: SocketAddr, time: Duration) -> Vec<f64> {
    let token = token("desk_agent", "team_member_id", 1);
    let request = get("/tickets?select=id,title&id=eq.42", &token);
    let mut connection = Connection::open(address);
    let mut milliseconds = Vec::new();
    let mut due = Instant::now();
    let end = due + time;
    while due < end {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let body = connection.send(&request);
        assert!(body.starts_with(b"[{\"id\":42,"), "another row");
        milliseconds.push(due.elapsed().as_secs_f64() * 1000.0);
        due += PACE;
    }
    milliseconds
}

/// Sign in at their pace until they are stopped.
struct People {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<Vec<f64>>>,
}

impl People {
    fn start(address: SocketAddr, emails: &[String]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let each = Duration::from_mins(1) * PEOPLE / SIGN_INS;
        let person = |(number, email): (u32, &String)| {
            let (stop, email) = (Arc::clone(&stop), email.clone());
            let first = each / PEOPLE * number;
            std::thread::spawn(move || signs_in(address, &email, each, first, &stop))
        };
        let threads = (0..PEOPLE).zip(emails).map(person).collect();
        Self { stop, threads }
    }

    /// Milliseconds of each sign-in.
    fn stop(self) -> Vec<f64> {
        self.stop.store(true, Ordering::Relaxed);
        let threads = self.threads.into_iter();
        threads
            .flat_map(|one| one.join().expect("a person"))
            .collect()
    }
}

fn signs_in(
    address: SocketAddr,
    email: &str,
    each: Duration,
    first: Duration,
    stop: &AtomicBool,
) -> Vec<f64> {
    let person = format!(r#"{{"email":"{email}","password":"rowdesk-demo"}}"#);
    let request = format!(
        "POST /auth/v1/token?grant_type=password HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{person}",
        person.len()
    );
    let mut connection = Connection::open(address);
    let mut milliseconds = Vec::new();
    let mut due = Instant::now() + first;
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let begun = Instant::now();
        let body = connection.send(request.as_bytes());
        let text = String::from_utf8_lossy(body);
        assert!(text.contains("access_token"), "{text}");
        milliseconds.push(begun.elapsed().as_secs_f64() * 1000.0);
        due += each;
    }
    milliseconds
}
