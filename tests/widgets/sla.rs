//! Promises, answers and tickets that come back, against brute force over clocks and messages.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::{Scene, assert_agrees, everything};
use crate::brute_force::{Generator, Selection, Sight, Ticket, percent, quantile};
use crate::harness::desk::{agent, execute};

const METRICS: [&str; 3] = ["first_response", "next_response", "resolution"];

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

struct Facts {
    clocks: HashMap<i32, Vec<Clock>>,
    first_due: HashMap<i32, i64>,
    staff_messages: HashMap<i32, usize>,
    reopened: HashMap<i32, i32>,
    now: i64,
}

async fn facts(admin: &Client) -> Facts {
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
    for row in admin.query(&sql, &[]).await.unwrap() {
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
    for row in admin.query(&sql, &[]).await.unwrap() {
        if let Some(due) = row.get::<_, Option<i64>>(1) {
            first_due.insert(row.get(0), due);
        }
        reopened.insert(row.get(0), row.get(2));
    }
    let mut staff_messages: HashMap<i32, usize> = HashMap::new();
    let sql = "select ticket_id from public.ticket_messages where not is_internal and from_client = false";
    for row in admin.query(sql, &[]).await.unwrap() {
        *staff_messages.entry(row.get(0)).or_default() += 1;
    }
    let now = format!("select {}", micros("now()"));
    Facts {
        clocks,
        first_due,
        staff_messages,
        reopened,
        now: admin.query_one(&now, &[]).await.unwrap().get(0),
    }
}

impl Facts {
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

    fn sla_compliance(&self, sight: &Sight) -> Vec<Value> {
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

    fn first_response_stats(&self, sight: &Sight) -> Vec<Value> {
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

    fn next_response_stats(&self, sight: &Sight) -> Vec<Value> {
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

    fn reopen_stats(&self, sight: &Sight) -> Vec<Value> {
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

/// A desk on which clocks run, stand, were met and were not, and clients wait more than once.
async fn busy() -> Scene {
    let scene = Scene::new().await;
    let admin = scene.database.connect("postgres").await;
    execute(
        &admin,
        "insert into public.ticket_messages (ticket_id, from_client, message_text, created_at)
         select id, n % 2 = 0, 'Again', coalesce(first_response_at, created_at) + n * interval '7 hours'
         from public.tickets, generate_series(1, 4) as n
         where id % 7 = 0 and isfinite(created_at) and isfinite(coalesce(first_response_at, created_at));
         insert into public.tickets (client_id, ticket_type_id, title, priority, status)
         select 1 + n % 50, 1 + n % 14, 'New', (array['urgent', 'high', 'medium', 'low'])[1 + n % 4],
            case when n % 3 = 0 then 'pending' else 'open' end
         from generate_series(1, 60) as n;
         update public.tickets set reopen_count = 1 + id % 2 where id % 11 = 0",
    )
    .await;
    Scene::of(scene.database).await
}

#[tokio::test]
async fn promises_and_answers_are_those_of_brute_force() {
    let mut scene = busy().await;
    let admin = scene.database.connect("postgres").await;
    let mut generator = Generator::new(19);
    // before and after the roll-ups were folded, then with changes that they do not have yet
    for (meanwhile, selections) in [("", 40), ("select analytics.fold()", 10), (CHANGES, 20)] {
        execute(&admin, meanwhile).await;
        scene = Scene::of(scene.database).await;
        let random = (0..selections).map(|_| generator.selection()).collect();
        assert_counted(&scene, random).await;
        let wrong = admin.query("select * from analytics.verify()", &[]).await;
        assert!(wrong.unwrap().is_empty(), "after: {meanwhile}");
    }
    let facts = facts(&admin).await;
    let all = facts.sla_compliance(&Sight::new(&scene.base, &everything()));
    for metric in METRICS {
        for state in ["met", "breached", "running"] {
            let column = format!("{metric}_{state}");
            let total: u64 = all.iter().map(|row| row[&column].as_u64().unwrap()).sum();
            assert!(total > 0, "no {column}");
        }
    }
}

/// What becomes of promises: kept, broken while nobody looks, and on tickets that move.
const CHANGES: &str = "
    update public.sla_clocks set due_at = now() - interval '1 minute'
    where stopped_at is null and breached_at is null and ticket_id % 3 = 0;
    select ops.record_breaches(10);
    update public.tickets set assigned_to = 1 + id % 15, ticket_type_id = 1 + id % 14 where id % 5 = 0;
    update public.tickets set priority = 'urgent' where id % 13 = 0;
    update public.tickets set created_at = created_at - interval '40 days' where id % 17 = 0;
    update public.tickets set status = 'resolved', resolved_at = now() where id % 9 = 0 and resolved_at is null and closed_at is null;
    update public.tickets set status = 'open', resolved_at = null where id % 23 = 0;
    insert into public.ticket_messages (ticket_id, message_text) select id, 'Answered' from public.tickets where id % 6 = 0;
    delete from public.tickets where id % 19 = 0 and merged_into is null
        and not exists (select from public.tickets as m where m.merged_into = tickets.id)";

async fn assert_counted(scene: &Scene, selections: Vec<Selection>) {
    let facts = facts(&scene.database.connect("postgres").await).await;
    for selection in std::iter::once(everything()).chain(selections) {
        let sight = Sight::new(&scene.base, &selection);
        for (name, expected) in [
            ("sla_compliance", facts.sla_compliance(&sight)),
            ("first_response_stats", facts.first_response_stats(&sight)),
            ("next_response_stats", facts.next_response_stats(&sight)),
            ("reopen_stats", facts.reopen_stats(&sight)),
        ] {
            let path = format!("/rpc/{name}");
            let got = scene.get(&agent(), &path, &selection, "").await;
            assert_agrees(&path, &selection, &Value::Array(expected), &got);
        }
    }
}

#[tokio::test]
async fn the_list_has_the_tickets_behind_each_promise() {
    let scene = busy().await;
    let rows = scene
        .get(&agent(), "/rpc/sla_compliance", &everything(), "")
        .await;
    for row in rows.as_array().unwrap() {
        let priority = match row["ticket_priority"].as_str().unwrap() {
            "none" => "is.null".to_owned(),
            priority => format!("eq.{priority}"),
        };
        for metric in METRICS {
            for state in ["met", "breached", "running"] {
                let url = format!(
                    "/rpc/ticket_list?priority={priority}&select=id,sla_clocks!inner(metric)\
                     &sla_clocks.metric=eq.{metric}&sla_clocks.clock_state=eq.{state}"
                );
                let listed = scene.server.get(&url).token(&agent()).send().await.ok();
                let clocks = listed.as_array().unwrap().iter();
                let clocks: usize = clocks
                    .map(|row| row["sla_clocks"].as_array().unwrap().len())
                    .sum();
                assert_eq!(json!(clocks), row[format!("{metric}_{state}")], "{url}");
            }
        }
    }
}
