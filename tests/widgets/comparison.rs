//! A period beside the one of equal length before it.

use serde_json::{Value, json};

use super::{Scene, assert_agrees, everything};
use crate::brute_force::{Selection, overview};
use crate::harness::desk::agent;

async fn compared(scene: &Scene, zone: &'static str, filters: &str) -> Value {
    let selection = Selection {
        zone,
        ..everything()
    };
    let more = format!("{filters}&compare=previous");
    let rows = scene
        .get(&agent(), "/rpc/dashboard_overview", &selection, &more)
        .await;
    rows[0].clone()
}

#[tokio::test]
async fn the_previous_period_has_as_many_days_or_is_as_long() {
    let scene = Scene::new().await;
    for (zone, filters, from, before) in [
        (
            "UTC",
            "created_at=gte.2025-03-01&created_at=lte.2025-03-31",
            "2025-01-29",
            "2025-03-01",
        ),
        (
            "UTC",
            "created_at=eq.2025-03-01",
            "2025-02-28",
            "2025-03-01",
        ),
        (
            "UTC",
            "created_at=gt.2025-02-28&created_at=lt.2025-03-03",
            "2025-02-27",
            "2025-03-01",
        ),
        // a day of 23 hours is a day
        (
            "Europe/Berlin",
            "created_at=eq.2025-03-31",
            "2025-03-30",
            "2025-03-31",
        ),
        (
            "Europe/Berlin",
            "created_at=gte.2025-03-29&created_at=lte.2025-03-30",
            "2025-03-27",
            "2025-03-29",
        ),
        // midnight comes never, and twice
        (
            "America/Havana",
            "created_at=gte.2025-03-09&created_at=lte.2025-03-10",
            "2025-03-07",
            "2025-03-09",
        ),
        (
            "America/Havana",
            "created_at=gte.2025-11-02&created_at=lte.2025-11-03",
            "2025-10-31",
            "2025-11-02",
        ),
        // midnights, written as instants
        (
            "Asia/Kathmandu",
            "created_at=gte.2025-05-31T18:15:00Z&created_at=lt.2025-06-02T00:00:00",
            "2025-05-31",
            "2025-06-01",
        ),
        // no whole days
        (
            "UTC",
            "created_at=gte.2025-03-01T06:00:00Z&created_at=lte.2025-03-02",
            "2025-02-27T12:00:00+00:00",
            "2025-03-01T06:00:00+00:00",
        ),
        (
            "Europe/Berlin",
            "created_at=gte.2025-03-30&created_at=lt.2025-03-30T12:00:00",
            "2025-03-29T13:00:00+01:00",
            "2025-03-30T00:00:00+01:00",
        ),
        // nothing before nothing
        (
            "UTC",
            "created_at=gte.2025-06-01&created_at=lt.2025-06-01",
            "2025-06-01",
            "2025-06-01",
        ),
        (
            "UTC",
            "created_at=gte.2025-06-02&created_at=lt.2025-06-01",
            "2025-06-02",
            "2025-06-02",
        ),
    ] {
        let row = compared(&scene, zone, filters).await;
        let previous = &row["previous"];
        assert_eq!(previous["from"], from, "{filters} in {zone}");
        assert_eq!(previous["before"], before, "{filters} in {zone}");
        // the same figures as a request for that period, which the other tests hold against brute force
        let selection = Selection {
            zone,
            ..everything()
        };
        let then = format!("created_at=gte.{from}&created_at=lt.{before}").replace('+', "%2B");
        let rows = scene
            .get(&agent(), "/rpc/dashboard_overview", &selection, &then)
            .await;
        let mut expected = rows[0].clone();
        expected.as_object_mut().unwrap().remove("previous");
        expected["from"] = json!(from);
        expected["before"] = json!(before);
        assert_agrees(filters, &selection, &expected, previous);
        assert_eq!(
            json!(scene.list(&agent(), &selection, &then).await.len()),
            previous["total_tickets"],
            "{then}"
        );
    }
}

#[tokio::test]
async fn the_other_filters_hold_for_both_periods() {
    let scene = Scene::new().await;
    let filters = "created_at=gte.2025-04-01&created_at=lte.2025-04-30&priority=in.(high,urgent)&assigned_to=neq.3";
    let row = compared(&scene, "UTC", filters).await;
    let days = |ticket: &&crate::brute_force::Ticket| {
        let day = scene.base.days("UTC", ticket).created.as_deref();
        day.is_some_and(|day| ("2025-03-02".."2025-04-01").contains(&day))
            && matches!(ticket.priority.as_deref(), Some("high" | "urgent"))
            && ticket.assigned_to != Some(3)
    };
    let tickets: Vec<_> = scene.base.tickets.iter().filter(days).collect();
    assert!(tickets.len() > 20);
    let mut expected = overview(&scene.base, &tickets);
    expected.as_object_mut().unwrap().remove("previous");
    expected["from"] = json!("2025-03-02");
    expected["before"] = json!("2025-04-01");
    assert_agrees(filters, &everything(), &expected, &row["previous"]);
}

#[tokio::test]
async fn what_cannot_be_compared_is_refused_with_what_to_write_instead() {
    let scene = Scene::new().await;
    let march = "created_at=gte.2025-03-01&created_at=lte.2025-03-31";
    for (query, says, hint) in [
        (
            format!("{march}&compare=last"),
            "\"last\" is not",
            "compare=previous",
        ),
        (
            format!("{march}&compare="),
            "\"\" is not",
            "compare=previous",
        ),
        (
            "compare=previous".to_owned(),
            "a beginning and an end",
            "created_at=gte.",
        ),
        (
            "created_at=gte.2025-03-01&compare=previous".to_owned(),
            "a beginning and an end",
            "created_at=lte.",
        ),
        (
            "created_at=lt.2025-03-01&compare=previous".to_owned(),
            "a beginning and an end",
            "created_at=gte.",
        ),
        (
            format!("{march}&created_at=neq.2025-03-07&compare=previous"),
            "one range",
            "without neq",
        ),
        (
            format!("{march}&created_at=is.null&compare=previous"),
            "one range",
            "without neq and is",
        ),
    ] {
        let url = format!("/rpc/dashboard_overview?{query}");
        let reply = scene.server.get(&url).token(&agent()).send().await;
        let error = reply.refused(400, "22023");
        for (field, text) in [("message", says), ("hint", hint)] {
            let said = error[field].as_str().unwrap();
            assert!(said.contains(text), "{query}: {said}");
        }
    }
}
