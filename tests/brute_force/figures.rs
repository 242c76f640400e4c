//! The widgets' numbers over a list of tickets.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::base::{Base, Member, Ticket};

/// The sums of some tickets.
#[derive(Default)]
pub struct Figures {
    pub tickets: usize,
    pub open: usize,
    pub resolved: usize,
    pub rated: usize,
    pub by_status: BTreeMap<String, usize>,
    pub resolution_seconds: Vec<f64>,
    response_seconds: Vec<f64>,
    rating_sum: i32,
    satisfied: usize,
    resolved_and_rated: usize,
}

impl Figures {
    pub fn of<'a>(base: &Base, tickets: impl IntoIterator<Item = &'a Ticket>) -> Self {
        let mut all = Self::default();
        for ticket in tickets {
            all.add(base, ticket);
        }
        all
    }

    fn add(&mut self, base: &Base, ticket: &Ticket) {
        self.tickets += 1;
        self.open += usize::from(base.is_open(ticket));
        let status = ticket.status.as_deref().unwrap_or("none");
        *self.by_status.entry(status.to_owned()).or_default() += 1;
        self.resolved += usize::from(ticket.resolved_at.is_some());
        let resolution = seconds(ticket.created_at, ticket.resolved_at);
        self.resolution_seconds.extend(resolution);
        let response = seconds(ticket.created_at, ticket.first_response_at);
        self.response_seconds.extend(response);
        if let Some(rating) = ticket.rating {
            self.rated += 1;
            self.rating_sum += rating;
            self.satisfied += usize::from(rating >= 4);
            self.resolved_and_rated += usize::from(ticket.resolved_at.is_some());
        }
    }

    fn avg_rating(&self) -> Option<f64> {
        (self.rated > 0).then(|| f64::from(self.rating_sum) / count(self.rated))
    }

    pub fn avg_resolution_hours(&self) -> Option<f64> {
        mean(&self.resolution_seconds).map(|seconds| seconds / 3600.0)
    }

    pub fn median_resolution_hours(&self) -> Option<f64> {
        let mut sorted = self.resolution_seconds.clone();
        sorted.sort_by(f64::total_cmp);
        let upper = *sorted.get(sorted.len() / 2)?;
        let lower = *sorted.get((sorted.len() - 1) / 2)?;
        Some(f64::midpoint(lower, upper) / 3600.0)
    }

    fn first_response_avg_minutes(&self) -> Option<f64> {
        mean(&self.response_seconds).map(|seconds| seconds / 60.0)
    }
}

/// The row of `dashboard_overview`, compared with nothing.
pub fn overview(base: &Base, tickets: &[&Ticket]) -> Value {
    let figures = Figures::of(base, tickets.iter().copied());
    json!({
        "total_tickets": figures.tickets,
        "open_tickets": figures.open,
        "by_status": figures.by_status,
        "resolved_tickets": figures.resolved,
        "avg_resolution_hours": figures.avg_resolution_hours(),
        "median_resolution_hours": figures.median_resolution_hours(),
        "avg_rating": figures.avg_rating(),
        "rated_tickets": figures.rated,
        "response_rate_percent": percent(figures.resolved_and_rated, figures.resolved),
        "csat_percent": percent(figures.satisfied, figures.rated),
        "first_response_avg_minutes": figures.first_response_avg_minutes(),
        "previous": null,
    })
}

/// The rows of `team_performance`, by rank.
pub fn team(base: &Base, tickets: &[&Ticket], lists: impl Fn(i32) -> bool) -> Vec<Value> {
    let mut listed: Vec<(&Member, Figures)> = base
        .members
        .iter()
        .filter(|member| lists(member.id))
        .map(|member| {
            let own = tickets.iter().filter(|t| t.assigned_to == Some(member.id));
            (member, Figures::of(base, own.copied()))
        })
        .collect();
    listed.sort_by(|(a, x), (b, y)| {
        let best_first = match (x.avg_rating(), y.avg_rating()) {
            (Some(x), Some(y)) => y.total_cmp(&x),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        best_first
            .then(y.resolved.cmp(&x.resolved))
            .then(a.id.cmp(&b.id))
    });
    let top = listed.iter().position(|(_, figures)| figures.rated >= 5);
    listed
        .iter()
        .enumerate()
        .map(|(place, (member, figures))| {
            json!({
                "team_member_id": member.id,
                "username": member.username,
                "display_name": member.display_name,
                "department": member.department,
                "member_status": member.status,
                "tickets_assigned": figures.tickets,
                "tickets_resolved": figures.resolved,
                "open_tickets": figures.open,
                "by_status": figures.by_status,
                "avg_resolution_hours": figures.avg_resolution_hours(),
                "median_resolution_hours": figures.median_resolution_hours(),
                "avg_rating": figures.avg_rating(),
                "rated_tickets": figures.rated,
                "response_rate_percent": percent(figures.resolved_and_rated, figures.resolved),
                "first_response_avg_minutes": figures.first_response_avg_minutes(),
                "rank": place + 1,
                "is_top_performer": Some(place) == top,
            })
        })
        .collect()
}

/// Infinite times have no duration.
pub fn seconds(from: Option<i64>, to: Option<i64>) -> Option<f64> {
    let is_finite = |at: &i64| at.unsigned_abs() < i64::MAX.unsigned_abs();
    let micros = to.filter(is_finite)? - from.filter(is_finite)?;
    #[expect(clippy::cast_precision_loss, reason = "under 2^53 for 285 years")]
    Some(micros as f64 / 1e6)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / count(values.len()))
}

pub fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

/// One decimal, halves up, computed in whole tenths.
pub fn percent(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| count((2000 * part + whole) / (2 * whole)) / 10.0)
}
