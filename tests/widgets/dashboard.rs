//! One document with all widgets of the first screen, from one snapshot.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use serde_json::{Value, json};

use super::work::lively;
use super::{Scene, assert_agrees, everything};
use crate::brute_force::{Generator, Selection};
use crate::harness::desk::{agent, execute};
use crate::harness::server::token;

/// Each part, and what is said beside the query string for the same rows in the same order.
const PARTS: &[(&str, &str)] = &[
    ("dashboard_overview", ""),
    ("tickets_over_time", ""),
    ("team_performance", "order=rank"),
    ("tickets_by_type", ""),
    ("tickets_by_priority", ""),
    ("client_analysis", ""),
    ("resolution_stats", ""),
    ("sla_compliance", ""),
    ("workload", ""),
    ("backlog_aging", ""),
];

async fn check(scene: &Scene, token: &str, selection: &Selection) -> Value {
    let mut document = scene.get(token, "/rpc/dashboard", selection, "").await;
    let mut keys: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
    keys.push("as_of");
    keys.sort_unstable();
    let mut found: Vec<&String> = document.as_object().unwrap().keys().collect();
    found.sort_unstable();
    assert_eq!(found, keys);
    for (name, more) in PARTS {
        let path = format!("/rpc/{name}");
        let is_overview = *name == "dashboard_overview";
        let is_compared = is_overview && !document[name]["previous"].is_null();
        let more = if is_compared {
            "compare=previous"
        } else {
            more
        };
        let mut expected = scene.get(token, &path, selection, more).await;
        if is_overview {
            expected = expected[0].clone();
        }
        if *name == "workload" {
            for rows in [&mut expected, &mut document[name]] {
                for row in rows.as_array_mut().unwrap() {
                    let hours = &mut row["oldest_open_hours"];
                    // as of another moment
                    *hours = json!(hours.as_f64().map(f64::round));
                }
            }
        }
        assert_agrees(&path, selection, &expected, &document[name]);
    }
    document
}

#[tokio::test]
async fn each_part_is_what_its_widget_answers() {
    let scene = lively().await;
    let mut generator = Generator::new(51);
    let random: Vec<Selection> = (0..40).map(|_| generator.selection()).collect();
    for selection in std::iter::once(everything()).chain(random) {
        let is_long = selection.query().contains("1999") || selection.query().contains("2999");
        if !is_long {
            check(&scene, &agent(), &selection).await;
        }
    }
    let manager = token("desk_manager", json!({ "team_member_id": 2 }));
    check(&scene, &manager, &everything()).await;
}

#[tokio::test]
async fn a_period_is_compared_where_it_has_a_beginning_and_an_end() {
    let scene = lively().await;
    for (filters, is_compared) in [
        ("", false),
        ("created_at=gte.2025-03-01", false),
        ("created_at=gte.2025-03-01&created_at=lte.2025-03-31", true),
        (
            "created_at=gte.2025-03-01&created_at=lte.2025-03-31&created_at=neq.2025-03-05",
            false,
        ),
    ] {
        let document = scene
            .get(&agent(), "/rpc/dashboard", &everything(), filters)
            .await;
        let previous = &document["dashboard_overview"]["previous"];
        assert_eq!(previous.is_object(), is_compared, "{filters}: {previous}");
    }
}

#[tokio::test]
async fn the_grain_is_that_of_tickets_over_time() {
    let scene = lively().await;
    let filters = "created_at=gte.2025-03-01&created_at=lte.2025-03-31&grain=day";
    let document = scene
        .get(&agent(), "/rpc/dashboard", &everything(), filters)
        .await;
    let chart = scene
        .get(&agent(), "/rpc/tickets_over_time", &everything(), filters)
        .await;
    assert_eq!(document["tickets_over_time"], chart);
    assert_eq!(chart.as_array().unwrap().len(), 31);
    let reply = scene
        .server
        .get("/rpc/dashboard?grain=hour")
        .token(&agent())
        .send()
        .await;
    reply.refused(400, "22023");
}

#[tokio::test]
async fn an_agent_counts_what_the_agent_sees() {
    let scene = lively().await;
    let admin = scene.database.connect("postgres").await;
    execute(
        &admin,
        "update ops.settings set value = 'queue' where name = 'agent_visibility'",
    )
    .await;
    let token = token("desk_agent", json!({ "team_member_id": 5 }));
    let document = check(&scene, &token, &everything()).await;
    let listed = scene.list(&token, &everything(), "").await.len();
    assert_eq!(
        document["dashboard_overview"]["total_tickets"],
        json!(listed)
    );
    assert!(listed < scene.base.tickets.len());
}

fn sum(rows: &Value, column: &str) -> u64 {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[column].as_u64().unwrap()).sum()
}

/// Somebody writes as fast as possible, and somebody folds: the parts agree with each other all the same.
#[tokio::test]
async fn all_parts_are_of_one_snapshot() {
    let scene = lively().await;
    let (goes_on, written) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU32::new(0)));
    let writer = scene.database.connect("postgres").await;
    let writing = tokio::spawn({
        let (goes_on, written) = (Arc::clone(&goes_on), Arc::clone(&written));
        async move {
            while goes_on.load(Ordering::Relaxed) {
                execute(
                    &writer,
                    "insert into public.tickets (client_id, assigned_to, ticket_type_id, status, priority, title)
                     values (1, 2, 3, 'open', 'high', 'Meanwhile');
                     update public.tickets set status = 'resolved'
                     where id = (select min(id) from public.tickets where status = 'open' and title = 'Meanwhile')",
                )
                .await;
                if written.fetch_add(1, Ordering::Relaxed) % 5 == 0 {
                    execute(&writer, "select analytics.fold(1)").await;
                }
            }
        }
    });
    let mut totals = Vec::new();
    for _ in 0..30 {
        let document = scene
            .get(&agent(), "/rpc/dashboard", &everything(), "")
            .await;
        let overview = &document["dashboard_overview"];
        let total = overview["total_tickets"].as_u64().unwrap();
        let open = overview["open_tickets"].as_u64().unwrap();
        for (part, column, whole) in [
            ("tickets_by_type", "tickets", total),
            ("tickets_by_type", "open", open),
            ("tickets_by_priority", "tickets", total),
            ("tickets_by_priority", "open", open),
            ("resolution_stats", "tickets", total),
            ("backlog_aging", "open_tickets", open),
        ] {
            assert_eq!(sum(&document[part], column), whole, "{part}: {column}");
        }
        let (team, work) = (&document["team_performance"], &document["workload"]);
        assert_eq!(sum(team, "open_tickets"), sum(work, "open_tickets"));
        totals.push(total);
    }
    goes_on.store(false, Ordering::Relaxed);
    writing.await.unwrap();
    assert!(written.load(Ordering::Relaxed) > 30, "{written:?}");
    totals.dedup();
    assert!(totals.len() > 5, "{totals:?}");
}
