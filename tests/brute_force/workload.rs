//! Who has how much to do, and how old it is.

use serde_json::{Value, json};

use super::base::{Base, Micros, Ticket};
use super::calendar::{days_between, later};
use super::charts::{Sight, shares};
use super::figures::{Figures, count, seconds};
use super::resolution::{is_running_late, now};

/// Ages in days, both ends included.
const AGES: [(i64, Option<i64>); 8] = [
    (0, Some(0)),
    (1, Some(1)),
    (2, Some(3)),
    (4, Some(7)),
    (8, Some(14)),
    (15, Some(30)),
    (31, Some(90)),
    (91, None),
];

/// The rows of `workload`; `today` is the local day.
pub fn workload(sight: &Sight, today: &str) -> Vec<Value> {
    let Sight {
        base, selection, ..
    } = sight;
    let tickets = sight.tickets();
    let month_ago = later(today, -28);
    let members = base.members.iter().filter(|m| selection.lists_member(m.id));
    members
        .map(|member| {
            let is_own = |ticket: &&&Ticket| ticket.assigned_to == Some(member.id);
            let own: Vec<&Ticket> = tickets.iter().filter(is_own).copied().collect();
            let figures = Figures::of(base, own.iter().copied());
            let open: Vec<&Ticket> = own.iter().filter(|t| base.is_open(t)).copied().collect();
            let settled = sight.visible.iter().filter(is_own).filter(|ticket| {
                let day = base.days(selection.zone, ticket).resolved.as_deref();
                selection.selects_at_any_time(base, ticket)
                    && day.is_some_and(|day| *month_ago <= *day && *day < *today)
            });
            let settled = settled.count();
            let oldest = open
                .iter()
                .filter_map(|t| seconds(t.created_at, Some(now())));
            json!({
                "team_member_id": member.id,
                "username": member.username,
                "display_name": member.display_name,
                "department": member.department,
                "member_status": member.status,
                "open_tickets": open.len(),
                "in_progress": figures.by_status.get("in_progress").unwrap_or(&0),
                "pending": open.iter().filter(|t| base.category(t) == "pending").count(),
                "by_status": figures.by_status,
                "overdue_now": own.iter().filter(|t| is_running_late(base, t)).count(),
                "oldest_open_hours": oldest.max_by(f64::total_cmp).map(|seconds| seconds / 3600.0),
                "days_to_clear": (settled > 0).then(|| count(open.len()) * 28.0 / count(settled)),
            })
        })
        .collect()
}

/// Which of the ages, if it has one.
fn age(base: &Base, zone: &str, today: &str, ticket: &Ticket) -> Option<usize> {
    let days = match base.days(zone, ticket).created.as_deref()? {
        "infinity" => return None,
        "-infinity" => i64::MAX,
        day => days_between(day, today),
    };
    AGES.iter()
        .position(|(from, to)| *from <= days && to.is_none_or(|to| days <= to))
}

/// The rows of `backlog_aging`; `oldest_opened_at` in microseconds.
pub fn backlog_aging(sight: &Sight, today: &str) -> Vec<Value> {
    let (base, zone) = (sight.base, sight.selection.zone);
    let mut ages: Vec<Vec<&Ticket>> = vec![Vec::new(); AGES.len()];
    let mut ageless = 0;
    for ticket in sight.tickets() {
        match age(base, zone, today, ticket) {
            _ if !base.is_open(ticket) => {}
            Some(nth) => ages[nth].push(ticket),
            None => ageless += 1,
        }
    }
    let mut parts: Vec<usize> = ages.iter().map(Vec::len).collect();
    if ageless > 0 {
        parts.push(ageless);
    }
    let shares = shares(&parts);
    let mut rows = Vec::new();
    for (nth, ((from, to), tickets)) in AGES.iter().zip(&ages).enumerate() {
        let place = |ticket: &&&Ticket| (ticket.created_at, ticket.id);
        let oldest = tickets.iter().min_by_key(place);
        let opened_at: Option<Micros> = oldest.and_then(|ticket| ticket.created_at);
        rows.push(json!({
            "from_days": from,
            "to_days": to,
            "opened_from": to.map(|to| later(today, -to)),
            "opened_to": later(today, -from),
            "open_tickets": tickets.len(),
            "percent": shares[nth],
            "oldest_number": oldest.map(|ticket| ticket.id + 1000),
            "oldest_opened_at": opened_at,
        }));
    }
    if ageless > 0 {
        rows.push(json!({
            "from_days": null,
            "to_days": null,
            "opened_from": null,
            "opened_to": null,
            "open_tickets": ageless,
            "percent": shares[AGES.len()],
            "oldest_number": null,
            "oldest_opened_at": null,
        }));
    }
    rows
}
