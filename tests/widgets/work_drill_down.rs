//! The same query string, and what the documentation adds to it, lists the rows behind each number of work.

use serde_json::Value;

use super::work::lively;
use super::{Scene, everything};
use crate::brute_force::{Generator, Selection};
use crate::harness::desk::{agent, client};

const OPEN: &str = "status=not.in.(resolved,closed)";

/// Some selections: none, and random ones that select some of today's tickets as well.
fn selections() -> Vec<Selection> {
    let mut generator = Generator::new(41);
    let random = (0..6).map(|_| Selection {
        conditions: vec![
            generator.condition("priority"),
            generator.condition("client_id"),
        ],
        ..generator.selection()
    });
    std::iter::once(everything())
        .chain(random.collect::<Vec<_>>())
        .collect()
}

async fn rows(scene: &Scene, widget: &str, selection: &Selection) -> Vec<Value> {
    let path = format!("/rpc/{widget}");
    let rows = scene.get(&agent(), &path, selection, "").await;
    rows.as_array().unwrap().clone()
}

async fn listed(scene: &Scene, selection: &Selection, more: &[&str], number: &Value) -> usize {
    let more = more.join("&");
    let found = scene.list(&agent(), selection, &more).await.len();
    assert_eq!(
        Some(found as u64),
        number.as_u64(),
        "{}&{more}",
        selection.query()
    );
    found
}

#[tokio::test]
async fn the_list_has_the_rows_that_a_workload_counts() {
    let scene = lively().await;
    let mut telling = 0;
    for selection in selections() {
        for row in rows(&scene, "workload", &selection).await {
            let own = format!("assigned_to=eq.{}", row["team_member_id"]);
            for (column, more) in [
                ("open_tickets", OPEN),
                ("in_progress", "status=eq.in_progress"),
                ("pending", "status=eq.pending"),
            ] {
                telling += listed(&scene, &selection, &[&own, more], &row[column]).await;
            }
            let more = format!("{own}&state=eq.running_late&limit=100000");
            let late = scene
                .get(&agent(), "/rpc/overdue_tickets", &selection, &more)
                .await;
            let late = late.as_array().unwrap().len();
            assert_eq!(Some(late as u64), row["overdue_now"].as_u64(), "{more}");
        }
    }
    assert!(telling > 500, "{telling}");
}

#[tokio::test]
async fn the_list_has_the_rows_that_an_age_counts() {
    let scene = lively().await;
    let mut telling = 0;
    for selection in selections() {
        for row in rows(&scene, "backlog_aging", &selection).await {
            if row["from_days"].is_null() {
                continue;
            }
            let day = |column: &str, operator: &str| {
                let day = row[column].as_str();
                day.map(|day| format!("created_at={operator}.{day}"))
            };
            let (from, to) = (day("opened_from", "gte"), day("opened_to", "lte"));
            let mut more = vec![OPEN];
            more.extend(from.as_deref());
            more.extend(to.as_deref());
            telling += listed(&scene, &selection, &more, &row["open_tickets"]).await;
            if let Some(number) = row["oldest_number"].as_i64() {
                let number = format!("number=eq.{number}");
                more.push(&number);
                listed(&scene, &selection, &more, &Value::from(1)).await;
            }
        }
    }
    assert!(telling > 500, "{telling}");
}

#[tokio::test]
async fn the_list_has_the_rows_that_a_throughput_counts() {
    let scene = lively().await;
    let mut telling = 0;
    let mut generator = Generator::new(42);
    let dated = (0..10).map(|_| Selection {
        conditions: vec![generator.condition("created_at")],
        ..generator.selection()
    });
    let dated: Vec<Selection> = dated.collect();
    for selection in selections().into_iter().chain(dated) {
        // the period in created_at cuts by resolved_at
        let mut resolved = selection.clone();
        for condition in &mut resolved.conditions {
            if condition.name == "created_at" {
                condition.name = "resolved_at";
            }
        }
        for row in rows(&scene, "agent_throughput", &selection).await {
            let own = format!("assigned_to=eq.{}", row["team_member_id"]);
            let (Some(from), Some(to)) = (row["from_day"].as_str(), row["to_day"].as_str()) else {
                assert_eq!(row["resolved"], 0, "{row}");
                continue;
            };
            let within = format!("resolved_at=gte.{from}&resolved_at=lte.{to}");
            telling += listed(&scene, &resolved, &[&own, &within], &row["resolved"]).await;
            if let Some(best) = row["best_day"].as_str() {
                let best = format!("resolved_at=eq.{best}");
                listed(&scene, &resolved, &[&own, &best], &row["best_day_resolved"]).await;
            }
        }
    }
    assert!(telling > 500, "{telling}");
}

#[tokio::test]
async fn clients_are_refused() {
    let scene = Scene::new().await;
    for widget in [
        "workload",
        "backlog_aging",
        "heatmap",
        "agent_throughput",
        "dashboard",
    ] {
        let url = format!("/rpc/{widget}");
        let reply = scene.server.get(&url).token(&client(1)).send().await;
        reply.refused(403, "42501");
    }
}
