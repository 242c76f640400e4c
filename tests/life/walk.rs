//! The walk itself.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::actions::{self, Action, Actor, CLIENTS, SECRET};
use super::{invariants, promises};
use crate::brute_force::Generator;
use crate::harness::desk::{desk, execute, serve};
use crate::harness::http::Reply;
use crate::harness::server::TestServer;
use crate::policies::scope::{SETTINGS, set_visibility};

const STEPS: usize = 10_000;
/// So many people act at the same moment.
const AT_ONCE: usize = 4;

async fn act(server: &TestServer, actor: &Actor, action: &Action) -> Reply {
    let call = server
        .call(action.method, &action.url)
        .token(&actor.token());
    let call = call.header("prefer", "return=representation");
    if action.body.is_null() {
        call.send().await
    } else {
        call.json(&action.body).send().await
    }
}

/// A client sees what is the own client's and nothing among staff; nobody ever sees a fault.
fn assert_proper(actor: &Actor, action: &Action, reply: &Reply) {
    let text = reply.text();
    let told = format!(
        "{} {} {}: {} {text}",
        action.method, action.url, action.body, reply.status
    );
    assert!(reply.status.as_u16() < 500, "{told}");
    assert_ne!(reply.status, 401, "{told}");
    if let Actor::Client(client) = actor {
        assert!(!text.contains(SECRET), "{told}");
        assert!(!text.contains("@rowdesk.example"), "{told}");
        for other in CLIENTS.into_iter().filter(|other| other != client) {
            assert!(!text.contains(&actions::mark(other)), "{told}");
        }
    }
}

#[tokio::test]
async fn after_ten_thousand_steps_everything_still_agrees() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let mut generator = Generator::new(20_251_121);
    let mut tickets: Vec<i32> = Vec::new();
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    for step in (0..STEPS).step_by(AT_ONCE) {
        if step % 2_000 == 0 {
            set_visibility(&admin, SETTINGS[(step / 2_000) % SETTINGS.len()]).await;
        }
        let actors: Vec<Actor> = (0..AT_ONCE).map(|_| Actor::any(&mut generator)).collect();
        let actions: Vec<Action> = actors
            .iter()
            .map(|actor| actions::any(actor, &mut generator, &tickets))
            .collect();
        let pairs = actors.iter().zip(&actions);
        let replies = join_all(pairs.map(|(actor, action)| act(&server, actor, action))).await;
        for ((actor, action), reply) in actors.iter().zip(&actions).zip(&replies) {
            assert_proper(actor, action, reply);
            if reply.status.is_success() && !["[]", ""].contains(&reply.text()) {
                *done.entry(action.name).or_default() += 1;
                if action.name == "open" {
                    let id = reply.json()[0]["id"].as_i64().expect("an id");
                    tickets.push(i32::try_from(id).expect("a small one"));
                    // the latest sixty are worked on
                    let old = tickets.len().saturating_sub(60);
                    tickets.drain(..old);
                }
            }
        }
    }
    set_visibility(&admin, "all").await;
    // Each kind of step was really made, but for the one that is nobody's.
    assert_eq!(done.get("forbidden"), None, "{done:?}");
    assert_eq!(done.len(), 25, "{done:?}");
    assert!(done.values().all(|times| *times >= 10), "{done:?}");

    execute(&admin, "set timezone = 'UTC'").await;
    let wrong = invariants::broken(&admin).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (wrong, running) = promises::broken(&admin).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(running > 50, "{running}");
    // and two seconds would have been seen
    let lie =
        "update public.tickets set resolution_due_at = resolution_due_at + interval '2 seconds'
        where id = (select max(id) from public.tickets where sla_due_at is not null)";
    execute(&admin, lie).await;
    assert_eq!(promises::broken(&admin).await.0.len(), 1);
}

/// The proof that the proof notices: each lie is found.
#[tokio::test]
async fn what_disagrees_is_found() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, "set timezone = 'UTC'").await;
    let none: Vec<String> = Vec::new();
    assert_eq!(invariants::broken(&admin).await, none);
    for lie in [
        "update public.tickets set priority = 'urgent' where id = 5 and priority <> 'urgent'",
        "update public.tickets set title = 'lie' where id = 7",
        "update public.tickets set reopen_count = 7 where id = 8",
        "update public.tickets set resolved_at = now() where id = (select min(id) from public.tickets where status = 'open')",
        "delete from public.ticket_events where type = 'message' and ticket_id = 9",
        "delete from public.ticket_assignees where ticket_id = (select min(ticket_id) from public.ticket_assignees)",
    ] {
        let script = format!("begin; set local session_replication_role = replica; {lie}");
        execute(&admin, &script).await;
        assert!(!invariants::broken(&admin).await.is_empty(), "{lie}");
        execute(&admin, "rollback").await;
    }
}
