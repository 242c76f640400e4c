//! What is expected of a statement, and whether what happened is that. Pure.

use super::guard;
use super::outcome::Outcome;
use super::table::{Cell, Table};
use crate::migrate::Statement;

/// Such as `2 rows`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expectation {
    /// `done`: it is not refused.
    Done,
    /// `refused 42501 permission denied`: the SQLSTATE, and a part of the message.
    Refused { sqlstate: String, part: String },
    /// `2 rows`, `no rows`.
    Rows(u64),
    /// `1 row changed`.
    Changed(u64),
    /// `value 3`: one row of one column.
    Value(Cell),
    /// `columns id, name`.
    Columns(Vec<String>),
    /// `rows`, `rows in order`, and a table.
    Table { table: Table, in_order: bool },
}

/// What can be expected, for whoever wrote something else.
const FORMS: &str = "expected `done`, `refused SQLSTATE [a part of the message]`, `N rows`, `no rows`, \
    `N rows changed`, `value X`, `columns a, b`, or `rows` (`rows in order`) with a table below it";

/// Reads what stands behind `-- expect:`, and the comment lines below it.
pub(super) fn expectation(text: &str, more: &[&str]) -> Result<Expectation, String> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let words: Vec<&str> = text.split_whitespace().collect();
    let read = match words.as_slice() {
        ["done"] => Expectation::Done,
        ["refused", ..] => refused(rest)?,
        ["value", _, ..] => Expectation::Value(Cell::read(rest)?),
        ["columns", _, ..] => {
            Expectation::Columns(rest.split(',').map(|one| one.trim().to_owned()).collect())
        }
        ["rows"] | ["rows", "in", "order"] => Expectation::Table {
            table: Table::read(more)?,
            in_order: words.len() > 1,
        },
        [_, "row" | "rows"] => Expectation::Rows(number(word)?),
        [_, "row" | "rows", "changed"] => Expectation::Changed(number(word)?),
        _ => return Err(format!("`{text}` is nothing that can be expected: {FORMS}")),
    };
    Ok(read)
}

fn number(word: &str) -> Result<u64, String> {
    let number = if word == "no" {
        Some(0)
    } else {
        word.parse().ok()
    };
    number.ok_or_else(|| format!("`{word}` is no number of rows"))
}

fn refused(rest: &str) -> Result<Expectation, String> {
    let (sqlstate, part) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let is_sqlstate = sqlstate.len() == 5
        && sqlstate
            .bytes()
            .all(|it| it.is_ascii_digit() || it.is_ascii_uppercase());
    if !is_sqlstate {
        return Err(format!(
            "`refused` says by which SQLSTATE, such as `refused 42501`, or it would pass for any reason; \
             \"{sqlstate}\" is none"
        ));
    }
    Ok(Expectation::Refused {
        sqlstate: sqlstate.to_owned(),
        part: part.trim().to_owned(),
    })
}

impl Expectation {
    /// What can never hold is a mistake of the file.
    pub fn refuse_misfit(
        &self,
        statement: &Statement<'_>,
        expectations: usize,
    ) -> Result<(), String> {
        match self {
            Self::Refused { .. } | Self::Done if expectations > 1 => {
                Err("nothing else can be expected beside `done` or `refused`".to_owned())
            }
            // Its rows would be counted as changed, or what a function changes as nothing.
            Self::Changed(_) if !guard::changes(statement) => {
                Err("this statement changes no rows itself: expect `N rows`".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Why what happened is not this.
    pub fn unmet(&self, outcome: &Outcome) -> Option<String> {
        let rows = match (self, outcome) {
            (Self::Refused { sqlstate, part }, Outcome::Refused(refusal)) => {
                let is_it =
                    refusal.sqlstate == *sqlstate && refusal.message.contains(part.as_str());
                return (!is_it).then(|| {
                    format!("expected: {self}\nrefused otherwise: {}", refusal.explained)
                });
            }
            (_, Outcome::Refused(refusal)) => {
                return Some(format!("expected: {self}\nrefused: {}", refusal.explained));
            }
            (_, Outcome::Done(done)) => done,
        };
        let columns = rows.rows.as_ref().map(|table| &table.columns);
        match (self, &rows.rows) {
            (Self::Done, _) => None,
            (Self::Changed(expected), _) if *expected == rows.affected => None,
            (Self::Rows(expected), Some(table)) if *expected == table.count() => None,
            (Self::Columns(expected), Some(_)) if Some(expected) == columns => None,
            (Self::Columns(_), Some(table)) => Some(format!(
                "expected: {self}\ngot: columns {}",
                table.columns.join(", ")
            )),
            (Self::Value(expected), Some(table)) if table.only() == Some(expected) => None,
            (
                Self::Table {
                    table: expected,
                    in_order,
                },
                Some(table),
            ) => expected.differences(table, *in_order),
            (Self::Rows(_) | Self::Value(_), Some(table)) => Some(format!(
                "expected: {self}\ngot: {}\n{}",
                counted(table.count(), ""),
                table.shown()
            )),
            (Self::Changed(_) | Self::Refused { .. }, _) => {
                Some(format!("expected: {self}\ngot: {}", rows.described()))
            }
            (_, None) => Some(format!("expected: {self}\nthe statement returns no rows")),
        }
    }
}

/// `1 row`, `2 rows changed`
pub(super) fn counted(rows: u64, what: &str) -> String {
    match rows {
        0 => format!("no rows{what}"),
        1 => format!("1 row{what}"),
        _ => format!("{rows} rows{what}"),
    }
}

impl std::fmt::Display for Expectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Refused { sqlstate, part } => {
                f.write_str(format!("refused {sqlstate} {part}").trim_end())
            }
            Self::Rows(rows) => f.write_str(&counted(*rows, "")),
            Self::Changed(rows) => f.write_str(&counted(*rows, " changed")),
            Self::Value(cell) => write!(f, "value {cell}"),
            Self::Columns(columns) => write!(f, "columns {}", columns.join(", ")),
            Self::Table { table, .. } => write!(f, "rows\n{}", table.shown()),
        }
    }
}
