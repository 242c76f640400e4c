//! When tickets come and are done, and who gets how many done.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::base::{Base, Micros, Ticket};
use super::calendar::{days_between, weekday};
use super::charts::{Sight, since, until};
use super::condition::Meaning;
use super::figures::count;

/// When a ticket came to its end, with the local day: when it was resolved or closed, whichever was first; an
/// import may have been resolved before it was created.
fn ended<'a>(base: &'a Base, zone: &str, ticket: &Ticket) -> Option<(Micros, &'a str)> {
    let days = base.days(zone, ticket);
    let resolved = ticket.resolved_at.zip(days.resolved.as_deref());
    let closed = ticket.closed_at.zip(days.closed.as_deref());
    let end = resolved.into_iter().chain(closed).min()?;
    Some(end.max(ticket.created_at.zip(days.created.as_deref())?))
}

/// The first and the last day that count; `today` is the local day.
fn span(sight: &Sight, today: &str) -> Option<(String, String)> {
    let says = |wanted: fn(&Meaning) -> bool| sight.selection.periods().any(wanted);
    if says(|p| matches!(p, Meaning::Missing)) && says(|p| matches!(p, Meaning::Present)) {
        return None;
    }
    let (first, last) = (since(sight)?.1, until(sight)?.1);
    let last = last.min(today.to_owned());
    (first <= last).then_some((first, last))
}

/// The rows of `agent_throughput`.
pub fn agent_throughput(sight: &Sight, today: &str) -> Vec<Value> {
    let Sight {
        base, selection, ..
    } = sight;
    let span = span(sight, today);
    let is_within = |day: &str| {
        let mut span = span.iter();
        span.any(|(first, last)| **first <= *day && *day <= **last)
    };
    let days = span
        .as_ref()
        .map_or(0, |(first, last)| days_between(first, last) + 1);
    let a_day = |number: usize| {
        let days = usize::try_from(days).unwrap();
        (days > 0).then(|| count(number) / count(days))
    };
    let members = base.members.iter().filter(|m| selection.lists_member(m.id));
    members
        .map(|member| {
            let mut by_day: BTreeMap<&str, usize> = BTreeMap::new();
            let mut closed = 0;
            for ticket in &sight.visible {
                if ticket.assigned_to != Some(member.id)
                    || !selection.selects_at_any_time(base, ticket)
                {
                    continue;
                }
                if let Some(day) = base.days(selection.zone, ticket).resolved.as_deref()
                    && is_within(day)
                    && selection.period_holds_for_resolution(base, ticket)
                {
                    *by_day.entry(day).or_default() += 1;
                }
                if let Some((at, day)) = ended(base, selection.zone, ticket)
                    && is_within(day)
                    && !base.is_open(ticket)
                    && selection.period_holds(base, Some(at), Some(day))
                {
                    closed += 1;
                }
            }
            let resolved = by_day.values().sum();
            // of equal ones the last is taken, and from the end that is the first
            let best = by_day.iter().rev().max_by_key(|(_, number)| **number);
            json!({
                "team_member_id": member.id,
                "username": member.username,
                "display_name": member.display_name,
                "department": member.department,
                "member_status": member.status,
                "from_day": span.as_ref().map(|(first, _)| first),
                "to_day": span.as_ref().map(|(_, last)| last),
                "days": days,
                "resolved": resolved,
                "resolved_per_day": a_day(resolved),
                "closed": closed,
                "closed_per_day": a_day(closed),
                "active_days": by_day.len(),
                "best_day": best.map(|(day, _)| day),
                "best_day_resolved": best.map(|(_, number)| number),
            })
        })
        .collect()
}

/// The rows of `heatmap`.
pub fn heatmap(sight: &Sight) -> Vec<Value> {
    let Sight {
        base, selection, ..
    } = sight;
    let mut created: BTreeMap<(i64, i32), usize> = BTreeMap::new();
    let mut resolved = created.clone();
    for ticket in &sight.visible {
        let days = base.days(selection.zone, ticket);
        if let (Some(day), Some(hour)) = (&days.created, days.created_hour)
            && selection.selects(base, ticket)
        {
            *created.entry((weekday(day), hour)).or_default() += 1;
        }
        if let (Some(day), Some(hour)) = (&days.resolved, days.resolved_hour)
            && selection.selects_at_any_time(base, ticket)
            && selection.period_holds_for_resolution(base, ticket)
        {
            *resolved.entry((weekday(day), hour)).or_default() += 1;
        }
    }
    let hours = (1..=7).flat_map(|weekday| (0..24).map(move |hour| (weekday, hour)));
    hours
        .map(|at| {
            json!({
                "weekday": at.0,
                "hour": at.1,
                "created": created.get(&at).unwrap_or(&0),
                "resolved": resolved.get(&at).unwrap_or(&0),
            })
        })
        .collect()
}
