//! Pages of a queue by cursor, while others work on it.

use std::collections::BTreeMap;

use serde_json::json;

use super::{ORDERS, QUEUES};
use crate::harness::desk::{desk, execute, serve};
use crate::harness::http::Reply;
use crate::harness::server::token;
use crate::policies::scope::{SETTINGS, set_visibility};

fn next(reply: &Reply) -> Option<String> {
    let link = reply.header("link")?.strip_prefix('<')?;
    Some(link.strip_suffix(">; rel=\"next\"")?.to_owned())
}

#[tokio::test]
async fn every_queue_is_paged_to_its_end_in_order() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let agent = token("desk_agent", json!({ "team_member_id": 3 }));
    for setting in SETTINGS {
        set_visibility(&admin, setting).await;
        for queue in QUEUES {
            for order in ORDERS {
                let url = format!("/{queue}?select=id&order={order}");
                let whole = server.get(&url).token(&agent).send().await.ids();
                let mut url = format!("{url}&limit=37&cursor=");
                let mut paged = Vec::new();
                loop {
                    let page = server.get(&url).token(&agent).send().await;
                    paged.extend(page.ids());
                    match next(&page) {
                        Some(next) => url = next,
                        None => break,
                    }
                }
                assert_eq!(paged, whole, "{queue} by {order} under {setting}");
                assert!(whole.len() > 1, "{queue} under {setting}");
            }
        }
    }
}

#[tokio::test]
async fn what_stays_is_shown_once_while_tickets_are_taken_and_come() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let server = serve(&database).await;
    let agent = token("desk_agent", json!({ "team_member_id": 3 }));
    let taker = token("desk_agent", json!({ "team_member_id": 4 }));
    for (round, setting) in SETTINGS.into_iter().enumerate() {
        set_visibility(&admin, setting).await;
        for order in ORDERS {
            let free = "update public.tickets set assigned_to = null
                where id % 3 = 0 and resolved_at is null and closed_at is null";
            execute(&admin, free).await;
            let url = "/queue_unassigned?select=id&order=id";
            let before = server.get(url).token(&agent).send().await.ids();
            let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
            let mut url = format!("/queue_unassigned?select=id&order={order}&limit=7&cursor=");
            let mut taken = Vec::new();
            for number in 0.. {
                let page = server.get(&url).token(&agent).send().await;
                for id in page.ids() {
                    *seen.entry(id).or_default() += 1;
                }
                // One that was shown, and one that perhaps was not; and one comes.
                let shown = seen.keys().copied().find(|id| !taken.contains(id));
                let other = before.iter().rev().copied().find(|id| !taken.contains(id));
                for id in shown.into_iter().chain(other) {
                    let call = server.post("/rpc/take_ticket").token(&taker);
                    let reply = call.json(&json!({ "ticket": id })).send().await;
                    assert_eq!(reply.status, 200, "{}", reply.text());
                    taken.push(id);
                }
                let script = format!(
                    "insert into public.tickets (client_id, ticket_type_id, title, priority)
                    values (1, 1, 'Comes', '{}')",
                    if number % 2 == 0 { "urgent" } else { "low" }
                );
                execute(&admin, &script).await;
                match next(&page) {
                    Some(next) => url = next,
                    None => break,
                }
            }
            assert!(taken.len() > 10, "{round}");
            let twice: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
            assert!(twice.is_empty(), "{order} under {setting}: {twice:?}");
            let missed: Vec<_> = before
                .iter()
                .filter(|id| !taken.contains(id) && !seen.contains_key(id))
                .collect();
            assert!(missed.is_empty(), "{order} under {setting}: {missed:?}");
        }
    }
}
