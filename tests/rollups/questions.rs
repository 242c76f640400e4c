//! Every widget that counts tickets, asked in SQL, and what brute force says.

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::filters::ticket_filter;
use crate::brute_force::{
    Generator, Grain, Promises, Sight, agent_throughput, backlog_aging, client_analysis,
    differences, heatmap, micros, overdue_tickets, overview, resolution_by_type,
    resolution_histogram, resolution_stats, team, tickets_by_priority, tickets_by_type,
    tickets_over_time, workload,
};

/// How many each selection is asked.
pub const QUESTIONS: usize = 18;

/// One widget with its arguments but the filter.
struct Question {
    widget: &'static str,
    arguments: String,
    /// Rows that come in no order of their own are compared by this column.
    key: Option<&'static str>,
    expected: Vec<Value>,
}

/// What was asked, and where the answers were wrong.
#[derive(Default)]
pub struct Outcome {
    pub comparisons: usize,
    pub wrong: Vec<String>,
}

impl Outcome {
    pub fn add(&mut self, other: Self) {
        self.comparisons += other.comparisons;
        self.wrong.extend(other.wrong);
    }
}

fn overview_of(sight: &Sight) -> Vec<Value> {
    vec![overview(sight.base, &sight.tickets())]
}

fn team_of(sight: &Sight) -> Vec<Value> {
    let selection = sight.selection;
    team(sight.base, &sight.tickets(), |id| {
        selection.lists_member(id)
    })
}

/// `today` is the local day.
fn questions(
    sight: &Sight,
    promises: &Promises,
    today: &str,
    generator: &mut Generator,
) -> Vec<Question> {
    type Expected = fn(&Sight) -> Vec<Value>;
    let plain: [(&str, Option<&str>, Expected); 9] = [
        ("heatmap", None, heatmap),
        ("dashboard_overview", None, overview_of),
        ("team_performance", Some("rank"), team_of),
        ("tickets_by_type", None, tickets_by_type),
        ("tickets_by_priority", None, tickets_by_priority),
        ("resolution_stats", None, resolution_stats),
        ("resolution_by_type", None, resolution_by_type),
        ("resolution_histogram", None, resolution_histogram),
        ("overdue_tickets", Some("number"), overdue_tickets),
    ];
    let mut all: Vec<Question> = plain
        .into_iter()
        .map(|(widget, key, expected)| Question {
            widget,
            arguments: String::new(),
            key,
            expected: expected(sight),
        })
        .collect();
    for (widget, expected) in [
        ("workload", workload(sight, today)),
        ("backlog_aging", backlog_aging(sight, today)),
        ("agent_throughput", agent_throughput(sight, today)),
        ("sla_compliance", promises.sla_compliance(sight)),
        ("first_response_stats", promises.first_response_stats(sight)),
        ("next_response_stats", promises.next_response_stats(sight)),
        ("reopen_stats", promises.reopen_stats(sight)),
    ] {
        all.push(Question {
            widget,
            arguments: String::new(),
            key: None,
            expected,
        });
    }
    // decades of days are refused, and of months slow to count by hand
    let query = sight.selection.query();
    let grain = if query.contains("1999") || query.contains("2999") {
        Grain::Quarter
    } else {
        generator.one(&Grain::ALL)
    };
    all.push(Question {
        widget: "tickets_over_time",
        arguments: format!(", grain => '{}'", grain.name()),
        key: None,
        expected: tickets_over_time(sight, grain),
    });
    let search = generator.one(&["", "a", "amber", "%"]);
    all.push(Question {
        widget: "client_analysis",
        arguments: format!(", search => '{search}'"),
        key: Some("id"),
        expected: client_analysis(sight, search),
    });
    all
}

/// Asks every widget for one selection, in the transaction of the session.
pub async fn compare(
    session: &Client,
    sight: &Sight<'_>,
    promises: &Promises,
    generator: &mut Generator,
) -> Outcome {
    let selection = sight.selection;
    let mut outcome = Outcome::default();
    let zone = format!("set local timezone = '{}'", selection.zone);
    session.execute(&zone, &[]).await.expect("a time zone");
    let today = "select current_date::text";
    let row = session.query_one(today, &[]).await.expect(today);
    for question in questions(sight, promises, row.get(0), generator) {
        let (widget, arguments) = (question.widget, question.arguments.clone());
        let sql = format!(
            "select coalesce(jsonb_agg(to_jsonb(w)), '[]')
             from public.{widget}(where_tickets => {}{arguments}) as w",
            ticket_filter(selection)
        );
        let got: Value = session.query_one(&sql, &[]).await.expect(&sql).get(0);
        outcome.comparisons += 1;
        let found = question.differences(got);
        if !found.is_empty() {
            let query = selection.query();
            outcome.wrong.push(format!(
                "{widget}?{query}{arguments} in {}\n  {}",
                selection.zone,
                found.join("\n  ")
            ));
        }
    }
    outcome
}

impl Question {
    fn differences(mut self, got: Value) -> Vec<String> {
        let Value::Array(mut got) = got else {
            return vec![format!("no rows but {got}")];
        };
        if let Some(key) = self.key {
            got.sort_by_key(|row| row[key].as_i64());
            self.expected.sort_by_key(|row| row[key].as_i64());
        }
        for row in &mut got {
            for time in ["last_ticket_at", "oldest_opened_at"] {
                if let Some(text) = row[time].as_str() {
                    row[time] = json!(micros(text));
                }
            }
        }
        for (got, expected) in got.iter().zip(&mut self.expected) {
            // some time lies between two looks at the clock
            let ageing: &[&str] = if got["state"] == "running_late" {
                &["actual_hours", "excess_hours"]
            } else {
                &["oldest_open_hours"]
            };
            for hours in ageing {
                let (there, here) = (got[hours].as_f64(), expected[hours].as_f64());
                let apart = there.zip(here).map(|(there, here)| (there - here).abs());
                if apart.is_some_and(|apart| apart < 0.5) {
                    expected[hours] = got[hours].clone();
                }
            }
        }
        differences(&Value::Array(self.expected), &Value::Array(got))
    }
}
