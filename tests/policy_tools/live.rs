//! Policies are applied again while the server is at work: no request fails, none sees rows of neither the old
//! nor the new policy, none waits for long.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::Folder;
use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, client, desk, execute};
use crate::harness::http::{Call, Reply};
use crate::harness::server::TestServer;
use crate::process::program::{program, text};

const POLICIES: &str = "sql/policies/public.tickets.sql";
const MESSAGES: &str = "sql/policies/public.ticket_messages.sql";
const FUNCTION: &str = "sql/functions/claims.client_id.sql";

/// Odd tickets are out of sight, and so are messages on them.
const HALF: (&str, &str) = (
    "create policy select_own on public.tickets for select to desk_client
using (client_id = (select claims.client_id()));",
    "create policy select_own on public.tickets for select to desk_client
using (client_id = (select claims.client_id()) and id % 2 = 0);",
);

async fn serve(database: &TestDb) -> TestServer {
    TestServer::start(database.uri("desk_authenticator"), |config| {
        config.db_anon_role = Some("desk_anon".to_owned());
        config.db_pool = 8;
    })
    .await
}

/// `rowdesk migrate --source`, which must succeed; how often it gave way to others.
async fn migrate(database: &TestDb, folder: &Folder) -> usize {
    let arguments = [
        "migrate",
        "--source",
        folder.path(),
        "--admin-db-uri",
        &database.uri("postgres"),
        "--log-level",
        "debug",
    ]
    .map(str::to_owned);
    let output = tokio::task::spawn_blocking(move || {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        program(&arguments).output().expect("it runs")
    });
    let output = output.await.expect("an end");
    assert!(
        output.status.success(),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stderr)
        .matches("others are in the way")
        .count()
}

/// What readers ask. The answer depends on nothing but policies.
fn questions(base: &str) -> Vec<Call> {
    let get = |token: &str, url: &str| Call::new(base, "GET", url).token(token);
    let mut calls = Vec::new();
    for token in [client(1), client(2)] {
        calls.push(get(&token, "/tickets?select=id&order=id"));
        calls.push(
            get(&token, "/tickets?select=id&order=id&limit=1").header("prefer", "count=exact"),
        );
        calls.push(get(
            &token,
            "/tickets?select=id,ticket_messages(id)&order=id&ticket_messages.order=id",
        ));
        calls.push(get(
            &token,
            "/ticket_messages?select=id,tickets(id)&order=id",
        ));
        calls.push(get(&token, "/rpc/ticket_list?select=id&order=id"));
    }
    calls.push(
        get(&agent(), "/tickets?select=id&order=id&limit=50").header("prefer", "count=exact"),
    );
    calls.push(get(&agent(), "/rpc/tickets_by_type"));
    calls
}

fn answer(reply: &Reply) -> String {
    format!(
        "{} {:?} {}",
        reply.status,
        reply.header("content-range"),
        reply.text()
    )
}

async fn answers(base: &str) -> Vec<String> {
    let mut all = Vec::new();
    for question in questions(base) {
        let reply = question.send().await;
        assert!(reply.status.is_success(), "{}", reply.text());
        all.push(answer(&reply));
    }
    all
}

/// The state that answers must show, while it does not change: 0 for the old policies, 1 for the new.
#[derive(Default)]
struct State {
    /// Odd: a migration is under way. A half of it, modulo 2, is the state.
    switches: AtomicU32,
    stop: AtomicBool,
    asked: AtomicUsize,
    changed: AtomicUsize,
    slowest_ms: AtomicUsize,
}

impl State {
    fn note(&self, started: Instant) {
        let took = usize::try_from(started.elapsed().as_millis()).unwrap_or(usize::MAX);
        self.slowest_ms.fetch_max(took, Ordering::Relaxed);
    }
}

async fn keep_reading(
    base: String,
    state: Arc<State>,
    expected: Arc<[Vec<String>; 2]>,
    first: usize,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let questions = questions(&base);
    for at in (0..questions.len()).cycle().skip(first) {
        if state.stop.load(Ordering::SeqCst) || wrong.len() > 3 {
            break;
        }
        let before = state.switches.load(Ordering::SeqCst);
        let started = Instant::now();
        let reply = questions[at].clone().send().await;
        state.note(started);
        let after = state.switches.load(Ordering::SeqCst);
        state.asked.fetch_add(1, Ordering::Relaxed);
        let answer = answer(&reply);
        let right = if before == after && before.is_multiple_of(2) {
            let now = usize::try_from(before / 2 % 2).expect("0 or 1");
            answer == expected[now][at]
        } else {
            expected.iter().any(|state| answer == state[at])
        };
        if !right {
            wrong.push(format!("question {at} at {before} to {after}: {answer}"));
        }
    }
    wrong
}

/// Changes what no reader asks for.
async fn keep_writing(base: String, state: Arc<State>, ticket: i64) -> Vec<String> {
    let mut wrong = Vec::new();
    while !state.stop.load(Ordering::SeqCst) && wrong.len() < 3 {
        let number = state.changed.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let url = format!("/tickets?id=eq.{ticket}&select=id");
        let described = Call::new(&base, "PATCH", &url).token(&agent());
        let described = described.header("prefer", "return=representation");
        let described = described
            .json(&json!({ "description": format!("Change {number}") }))
            .send()
            .await;
        let written = Call::new(&base, "POST", "/ticket_messages").token(&client(3));
        let written = written
            .json(&json!({ "ticket_id": ticket, "message_text": "Hello" }))
            .send()
            .await;
        state.note(started);
        for (reply, status) in [(described, 200), (written, 201)] {
            if reply.status != status {
                wrong.push(format!("writing: {}", answer(&reply)));
            }
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policies_are_applied_again_under_load_and_no_answer_is_wrong() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "insert into tickets (id, client_id, ticket_type_id, title, status) values (7000002, 3, 1, 'Live', 'open')",
    )
    .await;
    let server = serve(&database).await;
    let folder = Folder::of_the_project();
    let (policies, messages, function) = (
        folder.read(POLICIES),
        folder.read(MESSAGES),
        folder.read(FUNCTION),
    );
    assert!(
        policies.contains(HALF.0),
        "the policy is written differently now"
    );
    let halved = policies.replace(HALF.0, HALF.1);

    let old = answers(&server.base).await;
    folder.write(POLICIES, &halved);
    migrate(&database, &folder).await;
    let new = answers(&server.base).await;
    let differing = old.iter().zip(&new).filter(|(old, new)| old != new).count();
    assert_eq!(
        differing, 10,
        "each question of a client tells the policies apart"
    );
    folder.write(POLICIES, &policies);
    migrate(&database, &folder).await;
    assert_eq!(answers(&server.base).await, old);

    let state = Arc::new(State::default());
    let expected = Arc::new([old, new]);
    let mut load = Vec::new();
    for first in [0, 2, 4, 7, 10, 11] {
        let (base, state, expected) = (
            server.base.clone(),
            Arc::clone(&state),
            Arc::clone(&expected),
        );
        load.push(tokio::spawn(keep_reading(base, state, expected, first)));
    }
    for _ in 0..2 {
        load.push(tokio::spawn(keep_writing(
            server.base.clone(),
            Arc::clone(&state),
            7_000_002,
        )));
    }
    // the same again, in other words; then each way, with all that requires the function
    let mut gave_way = 0;
    for round in 0..4 {
        let comment = format!("\n-- round {round}\n");
        folder.write(POLICIES, &(policies.clone() + &comment));
        folder.write(MESSAGES, &(messages.clone() + &comment));
        folder.write(FUNCTION, &(function.clone() + &comment));
        gave_way += migrate(&database, &folder).await;
    }
    for round in 0..8 {
        let text = if round % 2 == 0 { &halved } else { &policies };
        folder.write(POLICIES, text);
        folder.write(
            FUNCTION,
            &(function.clone() + &format!("\n-- switch {}\n", round / 3)),
        );
        state.switches.fetch_add(1, Ordering::SeqCst);
        gave_way += migrate(&database, &folder).await;
        state.switches.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    state.stop.store(true, Ordering::SeqCst);
    let mut wrong = Vec::new();
    for one in load {
        wrong.extend(one.await.expect("an end"));
    }
    let (asked, changed) = (
        state.asked.load(Ordering::Relaxed),
        state.changed.load(Ordering::Relaxed),
    );
    let slowest_ms = state.slowest_ms.load(Ordering::Relaxed);
    eprintln!(
        "{asked} answers and {changed} changes in 12 migrations, which gave way {gave_way} times; the slowest {slowest_ms} ms"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        asked > 100 && changed > 10,
        "{asked} answers, {changed} changes"
    );
}

/// Whoever reads for long keeps a policy from being changed, and nobody else from reading.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_has_to_wait_makes_nobody_wait_behind_it() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let folder = Folder::of_the_project();
    folder.write(POLICIES, &folder.read(POLICIES).replace(HALF.0, HALF.1));
    let mut report = database.connect("desk_authenticator").await;
    let report = report.transaction().await.expect("begin");
    for statement in [
        "set local role desk_manager",
        "select count(*) from tickets",
    ] {
        report.execute(statement, &[]).await.expect(statement);
    }
    let before = server
        .get("/tickets?select=id")
        .token(&client(1))
        .send()
        .await
        .ids();

    let uri = database.uri("postgres");
    let mut migrating = program(&["migrate", "--source", folder.path(), "--admin-db-uri", &uri])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let waits = "select count(*) from pg_stat_activity where datname = current_database()
        and application_name = 'rowdesk migrate' and wait_event_type = 'Lock'";
    while admin
        .query_one(waits, &[])
        .await
        .expect(waits)
        .get::<_, i64>(0)
        == 0
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // the report is still open, so behind a lock that waits for it each of these would wait for ever
    for _ in 0..20 {
        let reading = server.get("/tickets?select=id").token(&client(1)).send();
        let reply = tokio::time::timeout(Duration::from_secs(20), reading).await;
        assert_eq!(reply.expect("an answer").ids(), before);
    }
    assert_eq!(
        migrating.try_wait().expect("a state"),
        None,
        "it waits still"
    );
    let mut lines = BufReader::new(migrating.stdout.take().expect("a pipe")).lines();
    let told = tokio::task::spawn_blocking(move || {
        let named = lines
            .by_ref()
            .map_while(Result::ok)
            .find(|line| line.contains("trying again"));
        (named.expect("it says who is in the way"), lines)
    });
    let (named, lines) = told.await.expect("an end");
    assert!(
        named.starts_with("public.tickets is used by desk_authenticator (process ")
            && named.contains("idle in transaction"),
        "{named}"
    );
    report.rollback().await.expect("rollback");
    let output = tokio::task::spawn_blocking(move || {
        (lines.map_while(Result::ok).count(), migrating.wait())
    });
    let (_, status) = output.await.expect("an end");
    assert!(status.expect("an end").success());
    let after = server
        .get("/tickets?select=id")
        .token(&client(1))
        .send()
        .await
        .ids();
    assert!(
        after.iter().all(|id| id % 2 == 0) && after.len() < before.len(),
        "{after:?}"
    );
}
