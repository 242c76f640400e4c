//! Due times against a count of minutes: each minute is looked at on the calendar's own clock.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::desk::Desk;

/// Places whose clocks change by an hour, at midnight, by half an hour, never, and not to the hour; and
/// days around which they do.
const PLACES: &[(&str, &[&str])] = &[
    ("Europe/Berlin", &["2026-03-27", "2026-10-23", "2025-10-25"]),
    (
        "America/Havana",
        &["2026-03-06", "2026-10-30", "2026-11-01"],
    ),
    (
        "Australia/Lord_Howe",
        &["2026-04-03", "2026-10-02", "2026-04-04"],
    ),
    ("Asia/Kathmandu", &["2026-03-27", "2026-01-01"]),
    ("America/St_Johns", &["2026-03-06", "2026-10-30"]),
    ("UTC", &["2026-02-27", "2026-12-30"]),
];
const CALENDARS_EACH: usize = 4;
const CASES_EACH: usize = 16;

/// Repeatable chance (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }
}

struct Calendar {
    zone: TimeZone,
    name: &'static str,
    /// Weekday from 1, and minutes of the day.
    hours: Vec<(i8, i64, i64)>,
    holidays: BTreeSet<Date>,
}

impl Calendar {
    fn random(name: &'static str, days: &[&str], chance: &mut Chance) -> Self {
        let mut hours = Vec::new();
        for weekday in 1..=7 {
            // up to three intervals between six random edges, some of them around midnight
            let mut edges: Vec<i64> = (0..6).map(|_| chance.below(97) * 15).collect();
            edges.sort_unstable();
            edges.dedup();
            for pair in edges
                .chunks_exact(2)
                .take(usize::try_from(chance.below(4)).unwrap())
            {
                hours.push((weekday, pair[0], pair[1]));
            }
        }
        // never closed for good
        hours.retain(|(weekday, ..)| *weekday != 3);
        hours.push((3, 0, 24 * 60));
        let first: Date = days[0].parse().unwrap();
        let holidays = (0..3)
            .map(|_| first.checked_add(chance.below(9).days()).unwrap())
            .filter(|day| day.weekday().to_monday_one_offset() != 3)
            .collect();
        let zone = TimeZone::get(name).expect("a zone");
        Self {
            zone,
            name,
            hours,
            holidays,
        }
    }

    fn is_open(&self, at: Timestamp) -> bool {
        let local = self.zone.to_datetime(at);
        let weekday = local.date().weekday().to_monday_one_offset();
        let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
        let is_within =
            |(on, from, to): &(i8, i64, i64)| *on == weekday && (*from..*to).contains(&minute);
        self.hours.iter().any(is_within) && !self.holidays.contains(&local.date())
    }

    fn sql(&self, id: usize) -> String {
        let zone = self.name;
        let mut sql = format!(
            "insert into public.business_calendars (id, name, timezone) values ({id}, '{id}', '{zone}');"
        );
        for day in &self.holidays {
            write!(
                sql,
                "insert into public.business_holidays values ({id}, '{day}', 'x');"
            )
            .unwrap();
        }
        let hours: Vec<String> = self
            .hours
            .iter()
            .map(|(on, from, to)| format!("({id}, {on}, '{}', '{}')", clock(*from), clock(*to)))
            .collect();
        let hours = hours.join(", ");
        write!(sql, "insert into public.business_hours (calendar_id, weekday, opens, closes) values {hours};").unwrap();
        sql
    }
}

fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn later(at: Timestamp, minutes: i64) -> Timestamp {
    at.checked_add(minutes.minutes()).unwrap()
}

/// The first instant by which so many open minutes have passed outside of the pauses, or never where the
/// last one has no end.
fn due(
    calendar: &Calendar,
    start: Timestamp,
    target: i64,
    pauses: &[(Timestamp, Option<Timestamp>)],
) -> Option<Timestamp> {
    let mut at = start;
    let mut left = target;
    loop {
        let pause = pauses
            .iter()
            .find(|(from, to)| *from <= at && to.is_none_or(|to| at < to));
        match pause {
            Some((_, None)) => return None,
            None if calendar.is_open(at) => left -= 1,
            _ => {}
        }
        at = later(at, 1);
        if left == 0 {
            return Some(at);
        }
    }
}

#[tokio::test]
async fn due_times_are_those_of_a_count_of_minutes() {
    let desk = Desk::new().await;
    let mut chance = Chance(0x5eed);
    let (mut id, mut cases, mut paused) = (100, 0, 0);
    for (name, days) in PLACES {
        for _ in 0..CALENDARS_EACH {
            let calendar = Calendar::random(name, days, &mut chance);
            id += 1;
            desk.run(&calendar.sql(id)).await;
            for _ in 0..CASES_EACH {
                let day = days
                    [usize::try_from(chance.below(i64::try_from(days.len()).unwrap())).unwrap()];
                let day: Date = day.parse().unwrap();
                let midnight = day
                    .to_datetime(Time::midnight())
                    .to_zoned(TimeZone::UTC)
                    .unwrap();
                let start = later(midnight.timestamp(), chance.below(4 * 1440));
                let target = 1 + chance.below(1800);
                let mut pauses = Vec::new();
                let mut from = later(start, chance.below(900) - 100);
                for _ in 0..chance.below(4) {
                    let to = later(from, 1 + chance.below(1500));
                    pauses.push((from, Some(to)));
                    from = later(to, 1 + chance.below(700));
                }
                if chance.below(4) == 0 {
                    pauses.push((from, None));
                }
                let ranges: Vec<String> = pauses
                    .iter()
                    .map(|(from, to)| {
                        format!(
                            "[{from},{})",
                            to.map_or_else(String::new, |to| to.to_string())
                        )
                    })
                    .collect();
                let sql = format!(
                    "ops.due_at({id}, '{start}', null, {}, '{{{}}}')",
                    target * 60,
                    ranges.join(",")
                );
                let expected = due(&calendar, start, target, &pauses);
                let sql = format!("to_char({sql}, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
                let got = desk.text(&sql).await;
                assert_eq!(
                    got,
                    expected.map(|at| at.to_string()),
                    "{sql} in {name}, {:?}, closed on {:?}",
                    calendar.hours,
                    calendar.holidays
                );
                cases += 1;
                paused += usize::from(expected.is_none());
            }
        }
    }
    assert!(
        cases > 300 && paused > 20 && paused < cases / 2,
        "{cases}, {paused}"
    );
}

/// To the microsecond, and there and back again.
#[tokio::test]
async fn no_time_is_lost_to_rounding() {
    let desk = Desk::new().await;
    for calendar in ["1", "null"] {
        let wrong = format!(
            "(select count(*) from generate_series(1, 3000) as n
            cross join lateral (select timestamptz '2026-06-01 09:00:00.000001+02' + n * interval '3599.999999 seconds' as at) as s
            cross join lateral ops.worked({calendar}, s.at) as w
            cross join lateral ops.worked_until({calendar}, w + 1) as u
            cross join lateral ops.worked({calendar}, u) as back
            where back is distinct from w + 1)"
        );
        assert_eq!(desk.text(&wrong).await.as_deref(), Some("0"), "{calendar}");
    }
    let due = "ops.due_at(1, '2026-06-01 08:00:00.123456Z', null, 3600, null) = timestamptz '2026-06-01 09:00:00.123456Z'";
    assert!(desk.holds(due).await);
}

#[tokio::test]
async fn beyond_the_years_that_are_worked_out_nothing_is_due() {
    let desk = Desk::new().await;
    for start in [
        "now() - interval '12 years'",
        "now() + interval '8 years'",
        "timestamptz 'infinity'",
        "timestamptz '-infinity'",
    ] {
        let nothing = format!("ops.due_at(1, {start}, null, 3600, null) is null");
        assert!(desk.holds(&nothing).await, "{start}");
    }
    let far = "ops.due_at(1, now(), null, 2000000000, null) is null";
    assert!(desk.holds(far).await);
    // a calendar without hours never works
    desk.run(
        "insert into public.business_calendars (id, name, timezone) values (99, 'Never', 'UTC')",
    )
    .await;
    assert!(
        desk.holds("ops.due_at(99, now(), null, 60, null) is null")
            .await
    );
}
