//! When tickets are due, worked out once more: from what happened to them, hour by hour on the wall.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;
use tokio_postgres::Client;

const POLICIES: &str = "select to_jsonb(p) from public.sla_policies as p where p.is_active";

/// The one calendar of the demo.
const CALENDAR: &str = "
    select jsonb_build_object(
        'zone', c.timezone,
        'hours', (select jsonb_agg(to_jsonb(h) order by h.opens) from public.business_hours as h where h.calendar_id = c.id),
        'holidays', (select jsonb_agg(h.day) from public.business_holidays as h where h.calendar_id = c.id)
    )
    from public.business_calendars as c";

/// Tickets of the walk, with all that decides when they are due.
const TICKETS: &str = "
    select to_jsonb(t) || jsonb_build_object(
        'plan', c.plan_type,
        'statuses', (
            select jsonb_agg(jsonb_build_array(
                e.created_at,
                case e.type when 'created' then e.new_value ->> 'status' else e.new_value #>> '{}' end
            ) order by e.seq)
            from public.ticket_events as e
            where e.ticket_id = t.id and e.type in ('created', 'status-update')
        ),
        'messages', (
            select coalesce(jsonb_agg(jsonb_build_array(m.created_at, m.from_client) order by m.created_at, m.id), '[]')
            from public.ticket_messages as m
            where m.ticket_id = t.id and not m.is_internal
        )
    )
    from public.tickets as t join public.clients as c on c.id = t.client_id
    where t.created_at > now() - interval '1 hour'
    order by t.id";

/// The only column of each row.
async fn rows(admin: &Client, statement: &str) -> Vec<Value> {
    let rows = admin.query(statement, &[]).await.expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

fn instant(value: &Value) -> Timestamp {
    value.as_str().expect("a time").parse().expect("a time")
}

/// Whether they are the same instant, but for the moment that two who wrote at once waited for each other: a
/// pause begins with the transaction, what it was begun by stands in the history where its turn came.
fn agree(shown: &Value, expected: Option<Timestamp>) -> bool {
    match (shown.as_str().map(|_| instant(shown)), expected) {
        (Some(shown), Some(expected)) => {
            shown.duration_since(expected).unsigned_abs().as_secs() < 1
        }
        (shown, expected) => shown == expected,
    }
}

/// When somebody works: by the clock of the desk's zone.
struct Calendar {
    zone: TimeZone,
    hours: Vec<(i64, Time, Time)>,
    holidays: Vec<Date>,
}

impl Calendar {
    async fn read(admin: &Client) -> Self {
        let calendar = rows(admin, CALENDAR).await.remove(0);
        let time = |value: &Value| value.as_str().expect("a time").parse().expect("a time");
        let list = |name: &str| calendar[name].as_array().expect("a list").clone();
        Self {
            zone: TimeZone::get(calendar["zone"].as_str().expect("a zone")).expect("a zone"),
            hours: list("hours")
                .iter()
                .map(|row| {
                    let weekday = row["weekday"].as_i64().expect("a weekday");
                    (weekday, time(&row["opens"]), time(&row["closes"]))
                })
                .collect(),
            holidays: list("holidays")
                .iter()
                .map(|day| day.as_str().expect("a day").parse().expect("a day"))
                .collect(),
        }
    }

    /// What is open on the day, from then on.
    fn windows(&self, day: Date) -> Vec<(Timestamp, Timestamp)> {
        if self.holidays.contains(&day) {
            return Vec::new();
        }
        let weekday = i64::from(day.weekday().to_monday_one_offset());
        let at = |time: Time| {
            let zoned = day.to_datetime(time).to_zoned(self.zone.clone());
            zoned.expect("an instant").timestamp()
        };
        let on = self.hours.iter().filter(|(on, ..)| *on == weekday);
        on.map(|(_, opens, closes)| (at(*opens), at(*closes)))
            .collect()
    }
}

/// The instant by which the promised time is over: open, and outside of the pauses.
fn due(
    calendar: Option<&Calendar>,
    start: Timestamp,
    minutes: i64,
    pauses: &[(Timestamp, Timestamp)],
) -> Timestamp {
    let mut left = i128::from(minutes) * 60_000_000_000;
    let zone = calendar.map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
    let mut day = zone.to_datetime(start).date();
    loop {
        let windows = calendar.map_or_else(
            || vec![(start, "2999-01-01T00:00:00Z".parse().expect("a time"))],
            |calendar| calendar.windows(day),
        );
        for (opens, closes) in windows {
            let mut at = opens.max(start);
            while at < closes {
                if let Some((_, ends)) = pauses.iter().find(|(from, to)| *from <= at && at < *to) {
                    at = *ends;
                    continue;
                }
                let next = pauses
                    .iter()
                    .map(|(from, _)| *from)
                    .filter(|from| *from > at);
                let until = next.min().map_or(closes, |next| next.min(closes));
                let open = until.as_nanosecond() - at.as_nanosecond();
                if open >= left {
                    let end = at.as_nanosecond() + left;
                    return Timestamp::from_nanosecond(end).expect("a time");
                }
                left -= open;
                at = until;
            }
        }
        day = day.checked_add(1.day()).expect("another day");
    }
}

/// What is wrong with the due times of tickets that were opened within the hour; how many were looked at.
pub async fn broken(admin: &Client) -> (Vec<String>, usize) {
    let calendar = Calendar::read(admin).await;
    let policies = rows(admin, POLICIES).await;
    let mut wrong = Vec::new();
    let mut running = 0;
    for ticket in rows(admin, TICKETS).await {
        let of = |plan: &Value| {
            policies.iter().find(|policy| {
                policy["priority"] == ticket["priority"] && policy["plan_type"] == *plan
            })
        };
        let policy = of(&ticket["plan"]).or_else(|| of(&Value::Null));
        let policy = policy.expect("a policy for every priority");
        let hours = policy["calendar_id"].is_number().then_some(&calendar);

        // Where its clocks stand still: waiting for the client, or at its end.
        let mut pauses = Vec::new();
        let mut since = None;
        for change in ticket["statuses"].as_array().expect("statuses") {
            let stands =
                ["pending", "resolved", "closed"].contains(&change[1].as_str().unwrap_or("open"));
            match since {
                None if stands => since = Some(instant(&change[0])),
                Some(from) if !stands => {
                    pauses.push((from, instant(&change[0])));
                    since = None;
                }
                _ => {}
            }
        }
        let messages = ticket["messages"].as_array().expect("messages");
        let waiting = messages
            .iter()
            .rposition(|message| message[1] == false)
            .and_then(|answer| messages.get(answer + 1))
            .map(|message| instant(&message[0]));
        let created = instant(&ticket["created_at"]);
        let mut expected: BTreeMap<&str, Option<Timestamp>> = BTreeMap::new();
        for (metric, starts) in [
            (
                "first_response",
                ticket["first_response_at"].is_null().then_some(created),
            ),
            ("next_response", waiting),
            ("resolution", Some(created)),
        ] {
            let minutes = policy[format!("{metric}_minutes")]
                .as_i64()
                .expect("a promise");
            let at = starts.filter(|_| since.is_none());
            expected.insert(metric, at.map(|at| due(hours, at, minutes, &pauses)));
        }
        running += usize::from(since.is_none());
        for (metric, at) in &expected {
            // What is over keeps its time; of what stands there is none.
            let shown = &ticket[format!("{metric}_due_at")];
            let done = *metric == "first_response" && !ticket["first_response_at"].is_null()
                || *metric == "resolution" && !ticket["resolved_at"].is_null();
            if !done && !agree(shown, *at) {
                wrong.push(format!(
                    "ticket {}: {metric} is due at {shown}, not {at:?}",
                    ticket["id"]
                ));
            }
        }
        let first = expected.values().flatten().min().copied();
        let shown = &ticket["sla_due_at"];
        if !agree(shown, first) {
            wrong.push(format!(
                "ticket {}: due at {shown}, not {first:?}",
                ticket["id"]
            ));
        }
    }
    (wrong, running)
}
