//! The numbers of the charts by time, type and priority.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::base::{Base, Micros, Ticket};
use super::calendar::{Grain, next_day};
use super::condition::{Comparison, Meaning, Moment, Selection};
use super::figures::{Figures, count};

/// What a caller asks of the tickets that the caller may see.
pub struct Sight<'a> {
    pub base: &'a Base,
    pub selection: &'a Selection,
    pub visible: Vec<&'a Ticket>,
}

impl<'a> Sight<'a> {
    /// Everything is visible.
    pub fn new(base: &'a Base, selection: &'a Selection) -> Self {
        Self {
            base,
            selection,
            visible: base.tickets.iter().collect(),
        }
    }

    /// The selected tickets.
    pub fn tickets(&self) -> Vec<&'a Ticket> {
        let visible = self.visible.iter().copied();
        visible
            .filter(|ticket| self.selection.selects(self.base, ticket))
            .collect()
    }

    /// The selected tickets by priority, the rows of a chart in order.
    pub fn by_priority(&self) -> Vec<(String, Vec<&'a Ticket>)> {
        let mut groups: BTreeMap<String, Vec<&Ticket>> = BTreeMap::new();
        for ticket in self.tickets() {
            let priority = ticket.priority.as_deref().unwrap_or("none");
            groups.entry(priority.to_owned()).or_default().push(ticket);
        }
        let mut rows = Vec::new();
        for priority in ["urgent", "high", "medium", "low"] {
            let tickets = groups.remove(priority).unwrap_or_default();
            rows.push((priority.to_owned(), tickets));
        }
        let none = groups.remove("none").unwrap_or_default();
        rows.extend(groups);
        rows.push(("none".to_owned(), none));
        rows
    }
}

/// Whole tenths of a percent, the rest to the largest remainders.
pub fn shares(parts: &[usize]) -> Vec<Option<f64>> {
    let whole: usize = parts.iter().sum();
    if whole == 0 {
        return vec![None; parts.len()];
    }
    let mut tenths: Vec<usize> = parts.iter().map(|part| 1000 * part / whole).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&at| {
        let remainder = 1000 * parts[at] % whole;
        (usize::MAX - remainder, usize::MAX - parts[at], at)
    });
    let left = 1000 - tenths.iter().sum::<usize>();
    for at in &order[..left] {
        tenths[*at] += 1;
    }
    tenths
        .iter()
        .map(|&tenths| Some(count(tenths) / 10.0))
        .collect()
}

pub fn tickets_by_type(sight: &Sight) -> Vec<Value> {
    let tickets = sight.tickets();
    let figures: Vec<Figures> = sight
        .base
        .types
        .iter()
        .map(|y| {
            let own = tickets.iter().filter(|t| t.ticket_type_id == y.id);
            Figures::of(sight.base, own.copied())
        })
        .collect();
    let parts: Vec<usize> = figures.iter().map(|f| f.tickets).collect();
    let types = sight.base.types.iter();
    types
        .zip(&figures)
        .zip(shares(&parts))
        .map(|((y, figures), percent)| {
            json!({
                "type_id": y.id,
                "type_name": y.name,
                "department": y.department,
                "tickets": figures.tickets,
                "percent": percent,
                "open": figures.open,
                "resolved": figures.resolved,
                "by_status": figures.by_status,
            })
        })
        .collect()
}

pub fn tickets_by_priority(sight: &Sight) -> Vec<Value> {
    let groups = sight.by_priority();
    let parts: Vec<usize> = groups.iter().map(|(_, tickets)| tickets.len()).collect();
    groups
        .iter()
        .zip(shares(&parts))
        .map(|((priority, tickets), percent)| {
            let figures = Figures::of(sight.base, tickets.iter().copied());
            json!({
                "ticket_priority": priority,
                "tickets": figures.tickets,
                "percent": percent,
                "open": figures.open,
                "closed": figures.tickets - figures.open,
                "by_status": figures.by_status,
            })
        })
        .collect()
}

/// A point in time and its local day.
pub type At = (Micros, String);

/// The days of one ticket that count.
struct Course<'a> {
    created: Option<&'a str>,
    resolved: Option<&'a str>,
    came: Option<&'a str>,
    left: Option<&'a str>,
}

fn course<'a>(sight: &Sight<'a>, ticket: &Ticket) -> Option<Course<'a>> {
    let Sight {
        base, selection, ..
    } = sight;
    if !selection.selects_at_any_time(base, ticket) {
        return None;
    }
    let days = base.days(selection.zone, ticket);
    let created = days.created.as_deref();
    let resolved = days.resolved.as_deref();
    let end = resolved.into_iter().chain(days.closed.as_deref()).min();
    Some(Course {
        created: created.filter(|_| selection.selects(base, ticket)),
        resolved: resolved.filter(|_| selection.period_holds_for_resolution(base, ticket)),
        came: created,
        left: end.or(created).filter(|_| !base.is_open(ticket)),
    })
}

pub fn tickets_over_time(sight: &Sight, grain: Grain) -> Vec<Value> {
    let periods: Vec<&Meaning> = sight.selection.periods().collect();
    let says = |wanted: fn(&&&Meaning) -> bool| periods.iter().any(|p| wanted(&p));
    if says(|p| matches!(p, Meaning::Missing)) && says(|p| matches!(p, Meaning::Present)) {
        return Vec::new();
    }
    let (Some(since), Some(until)) = (since(sight), until(sight)) else {
        return Vec::new();
    };
    if until.0 < since.0 {
        return Vec::new();
    }
    let visible = sight.visible.iter();
    let courses: Vec<Course> = visible.filter_map(|t| course(sight, t)).collect();
    let mut rows = Vec::new();
    let mut bucket = grain.bucket(&since.1);
    while bucket <= until.1 {
        let next = grain.next(&bucket);
        let within = |day: Option<&str>| day.is_some_and(|day| *bucket <= *day && *day < *next);
        let before_end = |day: Option<&str>| day.is_some_and(|day| *day < *next);
        let number = |of: &dyn Fn(&Course) -> bool| courses.iter().filter(|c| of(c)).count();
        rows.push(json!({
            "bucket": bucket,
            "created": number(&|c| within(c.created)),
            "resolved": number(&|c| within(c.resolved)),
            "open_at_end": number(&|c| before_end(c.came) && !before_end(c.left)),
        }));
        bucket = next;
    }
    rows
}

/// The latest of the period's beginnings, else the first that happened.
pub fn since(sight: &Sight) -> Option<At> {
    let (base, zone) = (sight.base, sight.selection.zone);
    let given = sight.selection.periods().filter_map(|meaning| {
        let Meaning::Time(comparison, moment) = meaning else {
            return None;
        };
        Some(match (comparison, moment) {
            (Comparison::Is | Comparison::From, Moment::Day(day)) => base.day_begins(zone, day),
            (Comparison::After, Moment::Day(day)) => base.day_begins(zone, &next_day(day)),
            (Comparison::Is | Comparison::From, moment) => instant(base, zone, moment),
            (Comparison::After, moment) => instant(base, zone, moment) + 1,
            _ => return None,
        })
    });
    match given.max() {
        Some(at) => Some((at, base.local_day(zone, at).to_owned())),
        None => happened(sight).into_iter().min(),
    }
}

/// The earliest of the period's ends, else the last that happened.
pub fn until(sight: &Sight) -> Option<At> {
    let (base, zone) = (sight.base, sight.selection.zone);
    let given = sight.selection.periods().filter_map(|meaning| {
        let Meaning::Time(comparison, moment) = meaning else {
            return None;
        };
        Some(match (comparison, moment) {
            (Comparison::Is | Comparison::UpTo, Moment::Day(day)) => {
                base.day_begins(zone, &next_day(day)) - 1
            }
            (Comparison::Before, Moment::Day(day)) => base.day_begins(zone, day) - 1,
            (Comparison::Is | Comparison::UpTo, moment) => instant(base, zone, moment),
            (Comparison::Before, moment) => instant(base, zone, moment) - 1,
            _ => return None,
        })
    });
    match given.min() {
        Some(at) => Some((at, base.local_day(zone, at).to_owned())),
        None => happened(sight).into_iter().max(),
    }
}

fn instant(base: &Base, zone: &'static str, moment: &Moment) -> Micros {
    match moment {
        Moment::Instant(at) => *at,
        Moment::Local(local) => base.instant(zone, local),
        Moment::Day(day) => unreachable!("{day} is no instant"),
    }
}

/// Every finite creation and resolution that the caller may see.
fn happened(sight: &Sight) -> BTreeSet<At> {
    let mut all = BTreeSet::new();
    for ticket in &sight.visible {
        let days = sight.base.days(sight.selection.zone, ticket);
        for (at, day) in [
            (ticket.created_at, &days.created),
            (ticket.resolved_at, &days.resolved),
        ] {
            if let (Some(at), Some(day)) = (at, day)
                && !day.ends_with("infinity")
            {
                all.insert((at, day.clone()));
            }
        }
    }
    all
}
