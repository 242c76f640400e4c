//! Months, days and midnights.

use serde_json::Value;

use super::{Scene, everything};
use crate::brute_force::{Selection, ZONES};
use crate::harness::desk::agent;

/// Counts by sums of parts: `total_tickets` of a query string in a zone.
async fn total(scene: &Scene, zone: &'static str, filters: &str) -> i64 {
    let selection = Selection {
        zone,
        ..everything()
    };
    let rows = scene
        .get(&agent(), "/rpc/dashboard_overview", &selection, filters)
        .await;
    rows[0]["total_tickets"].as_i64().unwrap()
}

#[tokio::test]
async fn twelve_months_add_up_to_the_year() {
    let scene = Scene::new().await;
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for zone in ZONES {
        let mut months = 0;
        for (month, days) in (1..).zip(lengths) {
            months += total(
                &scene,
                zone,
                &format!("created_at=gte.2025-{month:02}-01&created_at=lte.2025-{month:02}-{days}"),
            )
            .await;
        }
        let year = "created_at=gte.2025-01-01&created_at=lte.2025-12-31";
        assert_eq!(months, total(&scene, zone, year).await, "{zone}");
        let year = "created_at=gt.2024-12-31&created_at=lt.2026-01-01";
        assert_eq!(months, total(&scene, zone, year).await, "{zone}");
        assert!(months > 1_000, "{zone}: {months}");
    }
}

/// Nothing falls between two days, nothing is in two: also where a day has 23 or 25 hours.
#[tokio::test]
async fn the_days_around_a_change_of_clocks_share_no_ticket_and_lose_none() {
    let scene = Scene::new().await;
    for (zone, days) in [
        (
            "Europe/Berlin",
            ["2025-03-29", "2025-03-30", "2025-03-31", "2025-04-01"],
        ),
        (
            "Europe/Berlin",
            ["2025-10-25", "2025-10-26", "2025-10-27", "2025-10-28"],
        ),
        (
            "America/Havana",
            ["2025-03-08", "2025-03-09", "2025-03-10", "2025-03-11"],
        ),
        (
            "America/Havana",
            ["2025-11-01", "2025-11-02", "2025-11-03", "2025-11-04"],
        ),
        (
            "Asia/Kathmandu",
            ["2025-05-30", "2025-05-31", "2025-06-01", "2025-06-02"],
        ),
    ] {
        let [first, .., last] = days;
        let whole = format!("created_at=gte.{first}&created_at=lte.{last}");
        let whole = total(&scene, zone, &whole).await;
        let mut sum = 0;
        for day in days {
            let one = total(&scene, zone, &format!("created_at=eq.{day}")).await;
            let others = format!(
                "created_at=neq.{day}&created_at=gte.{first}&created_at=not.eq.{day}&created_at=lte.{last}"
            );
            let others = total(&scene, zone, &others).await;
            assert_eq!(one + others, whole, "{day} in {zone}");
            sum += one;
        }
        assert_eq!(sum, whole, "{zone}");
        assert!(whole > 13, "{zone}: only {whole}");
    }
}

#[tokio::test]
async fn an_impossible_range_selects_nothing_with_status_200() {
    let scene = Scene::new().await;
    for filters in [
        "created_at=gte.2025-06-01&created_at=lt.2025-06-01",
        "created_at=eq.2025-06-01&created_at=eq.2025-06-02",
        "assigned_to=in.()",
        "assigned_to=is.null&assigned_to=not.is.null",
        "assigned_to=eq.3&assigned_to=eq.4",
        "priority=eq.high&priority=is.null",
    ] {
        let rows = scene
            .get(&agent(), "/rpc/dashboard_overview", &everything(), filters)
            .await;
        let row = &rows[0];
        for column in ["total_tickets", "open_tickets", "rated_tickets"] {
            assert_eq!(row[column], 0, "{filters}");
        }
        for column in ["avg_rating", "median_resolution_hours", "csat_percent"] {
            assert_eq!(row[column], Value::Null, "{filters}: never 0");
        }
        assert_eq!(row["by_status"], serde_json::json!({}), "{filters}");
    }
}
