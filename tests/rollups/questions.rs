//! Every widget that counts tickets, asked in SQL, and what brute force says.

use serde_json::{Value, json};
use tokio_postgres::Client;

use super::filters::ticket_filter;
use crate::brute_force::{
    Generator, Grain, Sight, client_analysis, differences, micros, overdue_tickets, overview,
    resolution_by_type, resolution_histogram, resolution_stats, team, tickets_by_priority,
    tickets_by_type, tickets_over_time,
};

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

fn questions(sight: &Sight, generator: &mut Generator) -> Vec<Question> {
    type Expected = fn(&Sight) -> Vec<Value>;
    let plain: [(&str, Option<&str>, Expected); 8] = [
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
pub async fn compare(session: &Client, sight: &Sight<'_>, generator: &mut Generator) -> Outcome {
    let selection = sight.selection;
    let mut outcome = Outcome::default();
    let zone = format!("set local timezone = '{}'", selection.zone);
    session.execute(&zone, &[]).await.expect("a time zone");
    for question in questions(sight, generator) {
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
            if let Some(text) = row["last_ticket_at"].as_str() {
                row["last_ticket_at"] = json!(micros(text));
            }
        }
        for (got, expected) in got.iter().zip(&mut self.expected) {
            // some time lies between two looks at the clock
            if got["state"] == "running_late" {
                for hours in ["actual_hours", "excess_hours"] {
                    let (there, here) = (got[hours].as_f64(), expected[hours].as_f64());
                    let apart = there.zip(here).map(|(there, here)| (there - here).abs());
                    if apart.is_some_and(|apart| apart < 0.5) {
                        expected[hours] = got[hours].clone();
                    }
                }
            }
        }
        differences(&Value::Array(self.expected), &Value::Array(got))
    }
}
