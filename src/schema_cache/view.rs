//! What views show of tables, so that keys of a table are keys of its views, too.

use std::collections::{BTreeMap, HashMap};

use super::QualifiedName;
use super::rule::{ColumnId, column_origins};

/// A view or materialized view.
pub(super) struct View {
    pub name: QualifiedName,
    pub id: i64,
    /// Names of its columns by position.
    pub columns: HashMap<i16, String>,
    /// Its query, as Postgres keeps it.
    pub rule: String,
}

/// The views that show a column of a table, and under which names.
pub(super) struct Views {
    /// By the table's column: view and name, the view's columns in their order.
    shown: HashMap<ColumnId, BTreeMap<QualifiedName, Vec<String>>>,
}

impl Views {
    pub fn new(views: &[View]) -> Self {
        let origins: HashMap<i64, HashMap<i16, ColumnId>> = views
            .iter()
            .map(|view| (view.id, column_origins(&view.rule).into_iter().collect()))
            .collect();
        let mut shown: HashMap<ColumnId, BTreeMap<QualifiedName, Vec<String>>> = HashMap::new();
        for view in views {
            let mut numbers: Vec<_> = view.columns.iter().collect();
            numbers.sort();
            for (number, name) in numbers {
                let mut column = ColumnId {
                    relation: view.id,
                    number: *number,
                };
                // Through views of views, down to the table. Views that show each other are possible,
                // though nobody can read them.
                for _ in 0..=views.len() {
                    let Some(columns) = origins.get(&column.relation) else {
                        let views = shown.entry(column).or_default();
                        views
                            .entry(view.name.clone())
                            .or_default()
                            .push(name.clone());
                        break;
                    };
                    match columns.get(&column.number) {
                        Some(origin) => column = *origin,
                        None => break,
                    }
                }
            }
        }
        Self { shown }
    }

    /// The views that show all of a table's columns, each with every combination of names for them:
    /// a view may show a column more than once.
    pub fn showing(&self, table: i64, numbers: &[i16]) -> Vec<(&QualifiedName, Vec<String>)> {
        let columns: Option<Vec<_>> = numbers
            .iter()
            .map(|number| {
                self.shown.get(&ColumnId {
                    relation: table,
                    number: *number,
                })
            })
            .collect();
        let columns = columns.unwrap_or_default();
        let Some(first) = columns.first() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for view in first.keys() {
            let mut combinations = vec![Vec::new()];
            for views in &columns {
                let names = views.get(view).map_or(&[][..], Vec::as_slice);
                combinations = combinations
                    .iter()
                    .flat_map(|before| {
                        names.iter().map(move |name| {
                            let mut names: Vec<String> = before.clone();
                            names.push(name.clone());
                            names
                        })
                    })
                    .collect();
            }
            found.extend(combinations.into_iter().map(|names| (view, names)));
        }
        found
    }
}
