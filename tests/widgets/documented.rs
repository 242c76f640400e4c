//! The answers in docs/widgets.md are the demo's.

use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, execute, migrate_to, seed, serve};

/// The demo's number of tickets.
const TICKETS: u32 = 42_900;

/// Each `GET` of the page with the beginning of its answer, without white space.
fn examples() -> Vec<(&'static str, String)> {
    let page = include_str!("../../docs/widgets.md");
    let mut found: Vec<(&str, String)> = Vec::new();
    let mut is_answer = false;
    for line in page.lines() {
        if let Some(url) = line.strip_prefix("    GET ") {
            found.push((url, String::new()));
            is_answer = true;
        } else if is_answer && line.starts_with("    ") {
            let (_, answer) = found.last_mut().unwrap();
            answer.push_str(&without_space(line));
        } else {
            is_answer = false;
        }
    }
    found
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

#[tokio::test]
async fn the_documented_answers_are_those_of_the_demo() {
    let database = TestDb::empty().await;
    migrate_to(&database.uri("postgres")).await;
    let admin = database.connect("postgres").await;
    seed(&admin, TICKETS).await;
    execute(&admin, "analyze").await;
    let server = serve(&database).await;
    let examples = examples();
    assert_eq!(examples.len(), 13);
    for (url, documented) in examples {
        let reply = server.get(url).token(&agent()).send().await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text());
        let got = without_space(reply.text());
        match documented.strip_suffix(",…") {
            Some(beginning) => assert!(got.starts_with(beginning), "{url}: {got}"),
            None => assert_eq!(got, documented, "{url}"),
        }
    }
}
