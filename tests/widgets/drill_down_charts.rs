//! The same query string, and one condition more, lists the rows that a number of a chart counted.

use serde_json::Value;

use super::{Scene, everything};
use crate::brute_force::{Generator, Grain, Selection};
use crate::harness::desk::agent;

/// What is said beside the query string for the parts of a row.
const OPEN: &str = "status=not.in.(resolved,closed)";
const CLOSED: &str = "status=in.(resolved,closed)";
const RESOLVED: &str = "resolved_at=not.is.null";
const TIMED: &str = "resolution_seconds=not.is.null";

struct Drill {
    scene: Scene,
    /// How many numbers above zero were followed.
    telling: usize,
}

impl Drill {
    async fn new() -> Self {
        Self {
            scene: Scene::new().await,
            telling: 0,
        }
    }

    async fn rows(&self, widget: &str, selection: &Selection, more: &str) -> Vec<Value> {
        let path = format!("/rpc/{widget}");
        let rows = self.scene.get(&agent(), &path, selection, more).await;
        rows.as_array().unwrap().clone()
    }

    /// The list with `more` has as many rows as the number says.
    async fn follow(&mut self, selection: &Selection, more: &[&str], number: &Value) {
        let more = more.join("&");
        let listed = self.scene.list(&agent(), selection, &more).await.len();
        self.expect(selection, &more, listed, number);
    }

    /// `overdue_tickets` with `more` has as many rows as the number says.
    async fn follow_overdue(&mut self, selection: &Selection, more: &[&str], number: &Value) {
        let more = format!("{}&limit=100000", more.join("&"));
        let listed = self.rows("overdue_tickets", selection, &more).await.len();
        self.expect(selection, &more, listed, number);
    }

    fn expect(&mut self, selection: &Selection, more: &str, listed: usize, number: &Value) {
        assert_eq!(
            Some(listed as u64),
            number.as_u64(),
            "{}&{more} in {}",
            selection.query(),
            selection.zone
        );
        self.telling += usize::from(listed > 0);
    }
}

fn selections(seed: u64) -> Vec<Selection> {
    let mut generator = Generator::new(seed);
    let random = (0..5).map(|_| generator.selection());
    std::iter::once(everything()).chain(random).collect()
}

fn of_priority(row: &Value) -> String {
    match row["ticket_priority"].as_str().unwrap() {
        "none" => "priority=is.null".to_owned(),
        word => format!("priority=eq.{word}"),
    }
}

fn of_status(status: &str) -> String {
    match status {
        "none" => "status=is.null".to_owned(),
        code => format!("status=eq.{code}"),
    }
}

#[tokio::test]
async fn the_list_has_the_rows_that_a_type_counts() {
    let mut drill = Drill::new().await;
    for selection in selections(21) {
        for row in drill.rows("tickets_by_type", &selection, "").await {
            let own = format!("ticket_type_id=eq.{}", row["type_id"]);
            drill.follow(&selection, &[&own], &row["tickets"]).await;
            drill.follow(&selection, &[&own, OPEN], &row["open"]).await;
            drill
                .follow(&selection, &[&own, RESOLVED], &row["resolved"])
                .await;
            for (status, number) in row["by_status"].as_object().unwrap() {
                let status = of_status(status);
                drill.follow(&selection, &[&own, &status], number).await;
            }
        }
    }
    assert!(drill.telling > 100, "{}", drill.telling);
}

#[tokio::test]
async fn the_list_has_the_rows_that_a_priority_counts() {
    let mut drill = Drill::new().await;
    for selection in selections(22) {
        for row in drill.rows("tickets_by_priority", &selection, "").await {
            let own = of_priority(&row);
            drill.follow(&selection, &[&own], &row["tickets"]).await;
            drill.follow(&selection, &[&own, OPEN], &row["open"]).await;
            drill
                .follow(&selection, &[&own, CLOSED], &row["closed"])
                .await;
            for (status, number) in row["by_status"].as_object().unwrap() {
                let status = of_status(status);
                drill.follow(&selection, &[&own, &status], number).await;
            }
        }
    }
    assert!(drill.telling > 50, "{}", drill.telling);
}

#[tokio::test]
async fn the_list_has_the_rows_that_a_bucket_counts() {
    let mut drill = Drill::new().await;
    for selection in selections(23) {
        // where the period cuts the created series by created_at, the resolved one is cut by its own
        let mut resolved = selection.clone();
        for condition in &mut resolved.conditions {
            if condition.name == "created_at" {
                condition.name = "resolved_at";
            }
        }
        let rows = drill.rows("tickets_over_time", &selection, "").await;
        for row in rows.iter().rev().take(15) {
            let bucket = row["bucket"].as_str().unwrap();
            let next = Grain::Month.next(bucket);
            let within = |time: &str| format!("{time}=gte.{bucket}&{time}=lt.{next}");
            let created_within = within("created_at");
            drill
                .follow(&selection, &[&created_within], &row["created"])
                .await;
            let resolved_within = within("resolved_at");
            drill
                .follow(&resolved, &[&resolved_within], &row["resolved"])
                .await;
        }
    }
    assert!(drill.telling > 40, "{}", drill.telling);
}

#[tokio::test]
async fn the_list_has_the_rows_that_a_client_counts() {
    let mut drill = Drill::new().await;
    for selection in selections(24) {
        for row in drill.rows("client_analysis", &selection, "limit=30").await {
            let own = format!("client_id=eq.{}", row["id"]);
            drill
                .follow(&selection, &[&own], &row["total_tickets"])
                .await;
            drill
                .follow(&selection, &[&own, OPEN], &row["open_tickets"])
                .await;
        }
    }
    assert!(drill.telling > 60, "{}", drill.telling);
}

#[tokio::test]
async fn the_list_has_the_rows_that_resolution_times_count() {
    let mut drill = Drill::new().await;
    for selection in selections(25) {
        for row in drill.rows("resolution_stats", &selection, "").await {
            let own = of_priority(&row);
            follow_resolution(&mut drill, &selection, &own, &row).await;
        }
        for row in drill.rows("resolution_by_type", &selection, "").await {
            let own = format!("ticket_type_id=eq.{}", row["type_id"]);
            follow_resolution(&mut drill, &selection, &own, &row).await;
        }
        for row in drill.rows("resolution_histogram", &selection, "").await {
            let own = of_priority(&row);
            let edge = |hours: &Value, operator: &str| {
                hours
                    .as_i64()
                    .map(|hours| format!("resolution_seconds={operator}.{}", hours * 3600))
            };
            let from = edge(&row["from_hours"], "gte");
            let to = edge(&row["to_hours"], "lt");
            let mut more = vec![own.as_str()];
            more.extend(from.as_deref());
            more.extend(to.as_deref());
            drill.follow(&selection, &more, &row["tickets"]).await;
        }
    }
    assert!(drill.telling > 200, "{}", drill.telling);
}

async fn follow_resolution(drill: &mut Drill, selection: &Selection, own: &str, row: &Value) {
    drill.follow(selection, &[own], &row["tickets"]).await;
    drill
        .follow(selection, &[own, TIMED], &row["resolved"])
        .await;
    drill
        .follow_overdue(selection, &[own], &row["overdue_tickets"])
        .await;
    for state in ["resolved_late", "running_late"] {
        let of_state = format!("state=eq.{state}");
        drill
            .follow_overdue(selection, &[own, &of_state], &row[state])
            .await;
    }
}

#[tokio::test]
async fn the_list_has_the_overdue_tickets_themselves() {
    let drill = Drill::new().await;
    for selection in selections(26) {
        let rows = drill.rows("overdue_tickets", &selection, "limit=50").await;
        let mut numbers: Vec<i64> = rows
            .iter()
            .map(|row| row["number"].as_i64().unwrap())
            .collect();
        numbers.sort_unstable();
        let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let more = format!("number=in.({})", list.join(","));
        let listed = drill.scene.list(&agent(), &selection, &more).await;
        let listed: Vec<i64> = listed.iter().map(|id| id + 1000).collect();
        assert_eq!(listed, numbers, "{}", selection.query());
    }
}
