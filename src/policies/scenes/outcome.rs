//! What became of a statement.

use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::DbError;

use super::expectation::counted;
use super::table::{Cell, Table};
use crate::postgres::explained;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Done(Done),
    Refused(Refusal),
}

/// What Postgres carried out.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Done {
    /// What it returned; none where it returns no rows at all.
    pub rows: Option<Table>,
    /// As its command tag counts.
    pub affected: u64,
}

/// Why it did not.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub sqlstate: String,
    pub message: String,
    /// With detail, hint and context.
    pub explained: String,
}

impl Done {
    /// From what the driver tells, all values as text.
    pub fn new(messages: &[SimpleQueryMessage]) -> Self {
        let mut done = Self::default();
        for message in messages {
            match message {
                SimpleQueryMessage::RowDescription(columns) => {
                    let columns = columns.iter().map(|one| one.name().to_owned());
                    done.rows = Some(Table::new(columns.collect()));
                }
                SimpleQueryMessage::Row(row) => {
                    let cells = (0..row.len()).map(|at| Cell::from(row.get(at)));
                    let cells = cells.collect();
                    done.rows.get_or_insert_default().rows.push(cells);
                }
                SimpleQueryMessage::CommandComplete(affected) => done.affected = *affected,
                _ => {}
            }
        }
        done
    }

    pub fn described(&self) -> String {
        match &self.rows {
            Some(table) => format!("{}\n{}", counted(self.affected, ""), table.shown()),
            None => counted(self.affected, " changed"),
        }
    }
}

impl From<&DbError> for Refusal {
    fn from(error: &DbError) -> Self {
        Self {
            sqlstate: error.code().code().to_owned(),
            message: error.message().to_owned(),
            explained: explained(error),
        }
    }
}
