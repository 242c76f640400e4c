//! The four ways in which each widget is asked, as the server asks and as plain SQL.

use std::time::Instant;

use serde_json::Value;
use tokio_postgres::{Client, Statement};

use super::counted::Counted;
use super::{execute, median};

/// A filter: its attributes in a call, and what it says in plain SQL.
pub struct Form {
    pub name: &'static str,
    /// The attribute of the filter, with the operators and their values.
    given: Option<(&'static str, &'static str, &'static [&'static str])>,
    selected: &'static str,
    /// The same without the period.
    at_any_time: &'static str,
    members: &'static str,
    /// The period on `resolved_at`.
    settled: &'static str,
    months: &'static str,
}

const YEAR: &str = "timestamptz '2025-01-01', timestamptz '2025-12-01'";

pub const FORMS: &[Form] = &[
    Form {
        name: "all",
        given: None,
        selected: "true",
        at_any_time: "true",
        members: "true",
        settled: "true",
        months: YEAR,
    },
    Form {
        name: "agent",
        given: Some(("assigned_to", "filter.ids_eq($1)", &["3"])),
        selected: "t.assigned_to = 3",
        at_any_time: "t.assigned_to = 3",
        members: "m.id = 3",
        settled: "true",
        months: YEAR,
    },
    Form {
        name: "priority",
        given: Some(("priority", "filter.labels_eq($1)", &["high"])),
        selected: "t.priority = 'high'",
        at_any_time: "t.priority = 'high'",
        members: "true",
        settled: "true",
        months: YEAR,
    },
    Form {
        name: "45 days",
        given: Some((
            "created_at",
            "filter.period_and(filter.period_gte($1), filter.period_lte($2))",
            &["2025-03-18", "2025-05-01"],
        )),
        selected: "t.created_at >= '2025-03-18' and t.created_at < '2025-05-02'",
        at_any_time: "true",
        members: "true",
        settled: "t.resolved_at >= '2025-03-18' and t.resolved_at < '2025-05-02'",
        months: "timestamptz '2025-03-01', timestamptz '2025-05-01'",
    },
];

impl Form {
    /// The plain query of the same meaning, its rows as one JSON text.
    fn base(&self, counted: &Counted) -> String {
        let sql = counted
            .base
            .replace("SELECTED", self.selected)
            .replace("AT_ANY_TIME", self.at_any_time)
            .replace("MEMBERS", self.members)
            .replace("SETTLED", self.settled)
            .replace("MONTHS", self.months);
        format!("select coalesce(json_agg(r), '[]')::text from ({sql}) as r")
    }

    /// The call with its values, as the server renders it: each attribute of the filter spelt out, so that
    /// PostgreSQL sees through to plain conditions.
    fn call(&self, counted: &Counted, attributes: &[(String, String)]) -> String {
        let filter = self.given.map(|(name, condition, _)| {
            let fields: Vec<String> = attributes
                .iter()
                .map(|(attribute, of_type)| {
                    if attribute == name {
                        condition.to_owned()
                    } else {
                        format!("null::{of_type}")
                    }
                })
                .collect();
            format!(
                "where_tickets => row({})::public.ticket_filter",
                fields.join(", ")
            )
        });
        let given = filter
            .into_iter()
            .chain(counted.argument.map(str::to_owned));
        let arguments: Vec<String> = given.collect();
        format!(
            "select coalesce(json_agg(r), '[]')::text from
             (select * from (select w.* from public.{}({}) as w) as w {}) as r",
            counted.widget,
            arguments.join(", "),
            counted.page
        )
    }

    /// A widget's statement on a connection of its own kind: planned for its values where there are some.
    pub async fn asked(
        &self,
        counted: &Counted,
        client: &Client,
        attributes: &[(String, String)],
    ) -> Asked {
        let mode = if self.given.is_some() {
            "force_custom_plan"
        } else {
            "auto"
        };
        execute(client, &format!("set plan_cache_mode = {mode}")).await;
        let sql = self.call(counted, attributes);
        Asked {
            statement: client.prepare(&sql).await.expect(counted.widget),
            values: self.given.map_or(&[], |(_, _, values)| values),
            backend: backend(client).await,
        }
    }

    pub async fn plain(&self, counted: &Counted, client: &Client) -> Asked {
        let sql = self.base(counted);
        Asked {
            statement: client.prepare(&sql).await.expect(&sql),
            values: &[],
            backend: backend(client).await,
        }
    }
}

/// A prepared statement with its values.
pub struct Asked {
    statement: Statement,
    values: &'static [&'static str],
    /// Whose processor time is measured; else the time of day is.
    backend: Option<i32>,
}

impl Asked {
    /// The answer, and the median in ms of an odd number of runs, warm; what takes long runs once.
    pub async fn measured(&self, client: &Client) -> (Value, f64) {
        let (text, first) = self.run(client).await;
        let (warm, times) = match first {
            ..50.0 => (5, 21),
            ..500.0 => (2, 9),
            ..2000.0 => (1, 3),
            _ => (0, 0),
        };
        let mut figures = Vec::new();
        for round in 0..warm + times {
            let (_, ms) = self.run(client).await;
            if round >= warm {
                figures.push(ms);
            }
        }
        let answer = serde_json::from_str(&text).expect("JSON");
        let ms = if figures.is_empty() {
            first
        } else {
            median(figures)
        };
        (answer, ms)
    }

    async fn run(&self, client: &Client) -> (String, f64) {
        let values: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> =
            self.values.iter().map(|value| value as _).collect();
        let begun = Instant::now();
        let processor = self.processor_ms();
        let row = client.query_one(&self.statement, &values).await;
        let ms = match (processor, self.processor_ms()) {
            (Some(before), Some(after)) => after - before,
            _ => begun.elapsed().as_secs_f64() * 1000.0,
        };
        (row.expect("an answer").get(0), ms)
    }

    /// The processor time that the backend has had, where that is the clock.
    fn processor_ms(&self) -> Option<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/schedstat", self.backend?)).ok()?;
        let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
        Some(nanoseconds / 1_000_000.0)
    }
}

/// With `CLOCK=processor` times are those of the backend's processor, without parallel workers: what a machine
/// measures that does other work meanwhile.
async fn backend(client: &Client) -> Option<i32> {
    if std::env::var("CLOCK").as_deref() != Ok("processor") {
        return None;
    }
    execute(client, "set max_parallel_workers_per_gather = 0").await;
    let row = client.query_one("select pg_backend_pid()", &[]).await;
    Some(row.expect("a backend").get(0))
}

/// The attributes of `ticket_filter` with their types.
pub async fn attributes(client: &Client) -> Vec<(String, String)> {
    let rows = client
        .query(
            "select attname::text, format_type(atttypid, atttypmod)
             from pg_attribute
             where attrelid = 'public.ticket_filter'::regclass and attnum > 0 and not attisdropped
             order by attnum",
            &[],
        )
        .await
        .expect("the filter's attributes");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Where two answers differ; of the widget's columns those that the plain query has are compared.
pub fn difference(widget: &Value, base: &Value) -> Option<String> {
    let (widget, base) = (widget.as_array()?, base.as_array()?);
    if widget.len() != base.len() {
        return Some(format!("{} rows, not {}", widget.len(), base.len()));
    }
    for (ours, theirs) in widget.iter().zip(base) {
        for (column, expected) in theirs.as_object()? {
            if !column.starts_with('_') && !alike(&ours[column], expected) {
                return Some(format!(
                    "{column} is {}, not {expected}, in {ours}",
                    ours[column]
                ));
            }
        }
    }
    None
}

fn alike(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0),
        _ => one == other,
    }
}
