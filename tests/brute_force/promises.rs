//! Promises, answers and tickets that come back, over clocks and messages.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::{Sight, Ticket, percent, quantile};

pub const METRICS: [&str; 3] = ["first_response", "next_response", "resolution"];

/// One promise, as the tables have it; times in microseconds.
struct Clock {
    metric: String,
    started_at: i64,
    stopped_at: Option<i64>,
    is_done: bool,
    is_promised: bool,
    due_at: Option<i64>,
}

impl Clock {
    /// Nothing of the tests is due within the next hours.
    fn state(&self, now: i64) -> &'static str {
        let until = self.stopped_at.unwrap_or(now);
        match self.due_at {
            _ if !self.is_promised => "none",
            Some(due) if due < until => "breached",
            _ if self.stopped_at.is_none() => "running",
            _ if self.is_done => "met",
            _ => "dropped",
        }
    }
}

/// What a desk knows about its promises, beside the tickets.
pub struct Promises {
    clocks: HashMap<i32, Vec<Clock>>,
    first_due: HashMap<i32, i64>,
    staff_messages: HashMap<i32, usize>,
    reopened: HashMap<i32, i32>,
    now: i64,
}

async fn load(session: &Client) -> Promises {
    const MICROS: &str = "case when isfinite(AT) then (extract(epoch from AT) * 1000000)::bigint
        when AT > now() then 9223372036854775807 when AT < now() then -9223372036854775807 end";
    let micros = |at: &str| MICROS.replace("AT", at);
    let mut clocks: HashMap<i32, Vec<Clock>> = HashMap::new();
    let sql = format!(
        "select ticket_id, metric, {}, {}, is_done, target_seconds is not null, {} from public.sla_clocks",
        micros("started_at"),
        micros("stopped_at"),
        micros("due_at")
    );
    for row in session.query(&sql, &[]).await.unwrap() {
        clocks.entry(row.get(0)).or_default().push(Clock {
            metric: row.get(1),
            started_at: row.get(2),
            stopped_at: row.get(3),
            is_done: row.get(4),
            is_promised: row.get(5),
            due_at: row.get(6),
        });
    }
    let mut first_due = HashMap::new();
    let mut reopened = HashMap::new();
    let sql = format!(
        "select id, {}, reopen_count from public.tickets",
        micros("first_response_due_at")
    );
    for row in session.query(&sql, &[]).await.unwrap() {
        if let Some(due) = row.get::<_, Option<i64>>(1) {
            first_due.insert(row.get(0), due);
        }
        reopened.insert(row.get(0), row.get(2));
    }
    let mut staff_messages: HashMap<i32, usize> = HashMap::new();
    let sql = "select ticket_id from public.ticket_messages where not is_internal and from_client = false";
    for row in session.query(sql, &[]).await.unwrap() {
        *staff_messages.entry(row.get(0)).or_default() += 1;
    }
    let now = format!("select {}", micros("now()"));
    Promises {
        clocks,
        first_due,
        staff_messages,
        reopened,
        now: session.query_one(&now, &[]).await.unwrap().get(0),
    }
}

impl Promises {
    /// Those of the snapshot that the session sees.
    pub async fn load(session: &Client) -> Self {
        load(session).await
    }

    fn clocks<'a>(
        &'a self,
        tickets: &'a [&Ticket],
        metric: &'a str,
    ) -> impl Iterator<Item = &'a Clock> {
        let all = tickets
            .iter()
            .filter_map(|ticket| self.clocks.get(&ticket.id));
        all.flatten().filter(move |clock| clock.metric == metric)
    }

    pub fn sla_compliance(&self, sight: &Sight) -> Vec<Value> {
        let rows = sight.by_priority().into_iter().map(|(priority, tickets)| {
            let mut row = json!({ "ticket_priority": priority });
            for metric in METRICS {
                let number = |state| {
                    let clocks = self.clocks(&tickets, metric);
                    clocks
                        .filter(|clock| clock.state(self.now) == state)
                        .count()
                };
                let [met, breached, running] = ["met", "breached", "running"].map(number);
                for (name, value) in [
                    ("targets", json!(met + breached + running)),
                    ("met", json!(met)),
                    ("breached", json!(breached)),
                    ("running", json!(running)),
                    ("percent", json!(percent(met, met + breached))),
                ] {
                    row[format!("{metric}_{name}")] = value;
                }
            }
            row
        });
        rows.collect()
    }

    pub fn first_response_stats(&self, sight: &Sight) -> Vec<Value> {
        let rows = sight.by_priority().into_iter().map(|(priority, tickets)| {
            let mut seconds = Vec::new();
            let (mut promised, mut within) = (0, 0);
            for ticket in &tickets {
                if let Some(waited) = waited(ticket.created_at, ticket.first_response_at) {
                    seconds.push(waited);
                    let due = self.first_due.get(&ticket.id);
                    promised += usize::from(due.is_some());
                    within +=
                        usize::from(due.is_some_and(|due| ticket.first_response_at <= Some(*due)));
                }
            }
            let mut row = minutes(seconds, within, promised);
            row["ticket_priority"] = json!(priority);
            row["tickets"] = json!(tickets.len());
            row
        });
        rows.collect()
    }

    pub fn next_response_stats(&self, sight: &Sight) -> Vec<Value> {
        let rows = sight.by_priority().into_iter().map(|(priority, tickets)| {
            let clocks: Vec<&Clock> = self.clocks(&tickets, "next_response").collect();
            let done = clocks.iter().filter(|clock| clock.is_done);
            let seconds = done
                .clone()
                .filter_map(|clock| waited(Some(clock.started_at), clock.stopped_at));
            let promised = done.clone().filter(|clock| clock.is_promised).count();
            let within = done
                .clone()
                .filter(|clock| clock.state(self.now) == "met")
                .count();
            let mut row = minutes(seconds.collect(), within, promised);
            row["ticket_priority"] = json!(priority);
            row["questions"] = json!(clocks.len());
            row
        });
        rows.collect()
    }

    pub fn reopen_stats(&self, sight: &Sight) -> Vec<Value> {
        let tickets = sight.tickets();
        let rows = sight.base.types.iter().map(|y| {
            let own: Vec<&&Ticket> = tickets
                .iter()
                .filter(|t| t.ticket_type_id == y.id)
                .collect();
            let is_resolved = |t: &Ticket| t.resolved_at.is_some();
            let is_reopened = |t: &Ticket| self.reopened[&t.id] > 0;
            let resolved = own.iter().filter(|t| is_resolved(t)).count();
            let reopened = own.iter().filter(|t| is_reopened(t)).count();
            let ever = own
                .iter()
                .filter(|t| is_resolved(t) || is_reopened(t))
                .count();
            let answers = |t: &Ticket| self.staff_messages.get(&t.id).copied().unwrap_or_default();
            let one_touch = own
                .iter()
                .filter(|t| is_resolved(t) && answers(t) <= 1)
                .count();
            json!({
                "type_id": y.id,
                "type_name": y.name,
                "department": y.department,
                "tickets": own.len(),
                "resolved": resolved,
                "reopened": reopened,
                "reopen_percent": percent(reopened, ever),
                "one_touch": one_touch,
                "one_touch_percent": percent(one_touch, resolved),
            })
        });
        rows.collect()
    }
}

/// Seconds between two real times.
fn waited(from: Option<i64>, to: Option<i64>) -> Option<f64> {
    let is_real = |at: &i64| at.abs() != i64::MAX;
    let (from, to) = (from.filter(is_real)?, to.filter(is_real)?);
    #[expect(clippy::cast_precision_loss, reason = "far from 2^53")]
    Some((to - from) as f64 / 1e6)
}

fn minutes(mut seconds: Vec<f64>, within: usize, promised: usize) -> Value {
    seconds.sort_by(f64::total_cmp);
    let at = |fraction| quantile(&seconds, fraction).map(|seconds| seconds / 60.0);
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let avg =
        (!seconds.is_empty()).then(|| seconds.iter().sum::<f64>() / seconds.len() as f64 / 60.0);
    json!({
        "answered": seconds.len(),
        "avg_minutes": avg,
        "median_minutes": at(0.5),
        "p90_minutes": at(0.9),
        "within_target": within,
        "within_target_percent": percent(within, promised),
    })
}
