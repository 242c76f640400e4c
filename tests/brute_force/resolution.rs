//! The numbers of resolution times, and of tickets that take too long.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::base::{Base, Ticket};
use super::charts::Sight;
use super::figures::{Figures, count, percent, seconds};

const EDGES: [i32; 11] = [0, 1, 2, 4, 8, 12, 24, 36, 48, 72, 168];

/// How late a ticket is.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Late {
    No,
    Resolved,
    Running,
}

pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(now.expect("a clock").as_micros()).expect("a time")
}

/// From creation to resolution, else to now; not of tickets that were closed unresolved.
fn actual_hours(base: &Base, ticket: &Ticket) -> Option<f64> {
    let until = match ticket.resolved_at {
        Some(at) => Some(at),
        None => base.is_open(ticket).then(now),
    };
    Some(seconds(ticket.created_at, until)? / 3600.0)
}

fn late(base: &Base, ticket: &Ticket) -> Late {
    let (Some(actual), Some(expected)) = (actual_hours(base, ticket), base.expected_hours(ticket))
    else {
        return Late::No;
    };
    if actual <= f64::from(expected) {
        Late::No
    } else if ticket.resolved_at.is_some() {
        Late::Resolved
    } else {
        Late::Running
    }
}

/// Open, unresolved, and older than expected.
pub fn is_running_late(base: &Base, ticket: &Ticket) -> bool {
    late(base, ticket) == Late::Running
}

/// `resolved_late`, `running_late`, `overdue_tickets`, `overdue_percent`.
fn lateness(base: &Base, tickets: &[&Ticket]) -> [(&'static str, Value); 4] {
    let number = |wanted| tickets.iter().filter(|t| late(base, t) == wanted).count();
    let (resolved, running) = (number(Late::Resolved), number(Late::Running));
    [
        ("resolved_late", json!(resolved)),
        ("running_late", json!(running)),
        ("overdue_tickets", json!(resolved + running)),
        (
            "overdue_percent",
            json!(percent(resolved + running, tickets.len())),
        ),
    ]
}

/// Between the two values that stand around the place, as `percentile_cont` has it.
pub fn quantile(sorted: &[f64], fraction: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = fraction * count(last);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the length"
    )]
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor()))
}

pub fn resolution_stats(sight: &Sight) -> Vec<Value> {
    let base = sight.base;
    let groups = sight.by_priority();
    let rows = groups.iter().map(|(priority, tickets)| {
        let figures = Figures::of(base, tickets.iter().copied());
        let mut sorted = figures.resolution_seconds.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |fraction| quantile(&sorted, fraction).map(|seconds| seconds / 3600.0);
        let expected: Vec<f64> = tickets
            .iter()
            .filter(|ticket| seconds(ticket.created_at, ticket.resolved_at).is_some())
            .filter_map(|ticket| base.expected_hours(ticket).map(f64::from))
            .collect();
        let mut row = json!({
            "ticket_priority": priority,
            "tickets": tickets.len(),
            "resolved": sorted.len(),
            "min": at(0.0),
            "p25": at(0.25),
            "median": at(0.5),
            "p75": at(0.75),
            "p90": at(0.9),
            "p95": at(0.95),
            "max": at(1.0),
            "avg": figures.avg_resolution_hours(),
            "expected_hours": (!expected.is_empty())
                .then(|| expected.iter().sum::<f64>() / count(expected.len())),
        });
        for (name, value) in lateness(base, tickets) {
            row[name] = value;
        }
        row
    });
    rows.collect()
}

pub fn resolution_by_type(sight: &Sight) -> Vec<Value> {
    let base = sight.base;
    let tickets = sight.tickets();
    let rows = base.types.iter().map(|y| {
        let own = tickets.iter().copied();
        let own: Vec<&Ticket> = own.filter(|t| t.ticket_type_id == y.id).collect();
        let figures = Figures::of(base, own.iter().copied());
        let mut row = json!({
            "type_id": y.id,
            "type_name": y.name,
            "department": y.department,
            "tickets": own.len(),
            "resolved": figures.resolution_seconds.len(),
            "expected_hours": y.expected_hours,
            "avg": figures.avg_resolution_hours(),
            "median": figures.median_resolution_hours(),
        });
        for (name, value) in lateness(base, &own) {
            row[name] = value;
        }
        row
    });
    rows.collect()
}

pub fn resolution_histogram(sight: &Sight) -> Vec<Value> {
    let mut rows = Vec::new();
    for (priority, tickets) in sight.by_priority() {
        let hours: Vec<f64> = tickets
            .iter()
            .filter_map(|ticket| seconds(ticket.created_at, ticket.resolved_at))
            .map(|seconds| seconds / 3600.0)
            .collect();
        // a priority of its own has a row only where something was resolved
        let is_known = ["urgent", "high", "medium", "low", "none"].contains(&priority.as_str());
        if hours.is_empty() && !is_known {
            continue;
        }
        let lower = [None].into_iter().chain(EDGES.map(Some));
        let upper = EDGES.map(Some).into_iter().chain([None]);
        for (from, to) in lower.zip(upper) {
            let tickets = hours
                .iter()
                .filter(|hours| from.is_none_or(|from| **hours >= f64::from(from)))
                .filter(|hours| to.is_none_or(|to| **hours < f64::from(to)))
                .count();
            if from.is_some() || tickets > 0 {
                rows.push(json!({
                    "ticket_priority": priority,
                    "from_hours": from,
                    "to_hours": to,
                    "tickets": tickets,
                }));
            }
        }
    }
    rows
}

/// All of them, by number.
pub fn overdue_tickets(sight: &Sight) -> Vec<Value> {
    let base = sight.base;
    let found: Vec<(f64, &Ticket)> = sight
        .tickets()
        .into_iter()
        .filter(|ticket| late(base, ticket) != Late::No)
        .map(|ticket| {
            let actual = actual_hours(base, ticket).expect("a duration");
            let expected = base.expected_hours(ticket).expect("an expectation");
            (actual - f64::from(expected), ticket)
        })
        .collect();
    let rows = found.iter().map(|(excess, ticket)| {
        let y = base.types.iter().find(|y| y.id == ticket.ticket_type_id);
        let client = base.clients.iter().find(|c| c.id == ticket.client_id);
        let agent = base
            .members
            .iter()
            .find(|m| Some(m.id) == ticket.assigned_to);
        let y = y.expect("its type");
        json!({
            "number": 1000 + ticket.id,
            "title": ticket.title,
            "client": client.map(|c| &c.name),
            "agent": agent.map(|m| &m.display_name),
            "type": y.name,
            "ticket_priority": ticket.priority,
            "ticket_status": ticket.status,
            "expected_hours": y.expected_hours,
            "actual_hours": excess + f64::from(y.expected_hours.expect("an expectation")),
            "excess_hours": excess,
            "state": if ticket.resolved_at.is_some() { "resolved_late" } else { "running_late" },
        })
    });
    rows.collect()
}
