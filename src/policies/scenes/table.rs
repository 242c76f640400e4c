//! Rows as text: as they are expected, as they came, and how the two differ. Pure.

use std::fmt;
use std::fmt::Write as _;

/// More rows are only counted in messages.
const MOST_SHOWN: usize = 20;

/// Column names and rows, all as Postgres writes them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// A value as text; `None` is NULL.
///
/// Bare it is taken as it stands, without spaces around it, and `null` is NULL. In single quotes anything can
/// stand: `''` is an empty text, `'null'` the word, `\n` a new line, and a quote is doubled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell(Option<String>);

impl From<Option<&str>> for Cell {
    fn from(value: Option<&str>) -> Self {
        Self(value.map(str::to_owned))
    }
}

impl Cell {
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("null") {
            return Ok(Self(None));
        }
        let Some(rest) = text.strip_prefix('\'') else {
            return Ok(Self(Some(text.to_owned())));
        };
        let inside = rest
            .strip_suffix('\'')
            .ok_or_else(|| format!("{text}: the closing quote is missing"))?;
        let (mut value, mut chars) = (String::new(), inside.chars());
        while let Some(char) = chars.next() {
            value.push(match char {
                '\\' => match chars.next() {
                    Some('n') => '\n',
                    Some(other) => other,
                    None => '\\',
                },
                '\'' if chars.next() != Some('\'') => {
                    return Err(format!("{text}: a quote within quotes is doubled"));
                }
                other => other,
            });
        }
        Ok(Self(Some(value)))
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(value) = &self.0 else {
            return f.pad("null");
        };
        let is_plain = !value.is_empty()
            && value.trim() == value
            && !value.eq_ignore_ascii_case("null")
            && !value.starts_with('\'')
            && !value.contains(['|', '\n']);
        if is_plain {
            return f.pad(value);
        }
        let value = value
            .replace('\\', "\\\\")
            .replace('\'', "''")
            .replace('\n', "\\n");
        f.pad(&format!("'{value}'"))
    }
}

/// `(2 rows)`, psql's last line.
fn row_count(line: &str) -> Option<usize> {
    let inside = line.strip_prefix('(')?.strip_suffix(')')?;
    let (count, word) = inside.split_once(' ')?;
    ["row", "rows"]
        .contains(&word)
        .then(|| count.parse().ok())?
}

impl Table {
    pub fn new(columns: Vec<String>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Reads lines such as `id | name`, also as `psql` prints them.
    pub fn read(lines: &[&str]) -> Result<Self, String> {
        let is_rule = |line: &str| {
            let mut parts = line.split(['+', '|']).map(str::trim);
            parts.all(|part| part.len() >= 3 && part.chars().all(|c| c == '-'))
        };
        let mut lines: Vec<&str> = lines
            .iter()
            .map(|line| line.trim())
            .filter(|line| !line.is_empty())
            .collect();
        // psql's line below the names; further down it is a value.
        if lines.get(1).is_some_and(|line| is_rule(line)) {
            lines.remove(1);
        }
        let counted = lines.last().and_then(|line| row_count(line));
        if counted.is_some() {
            lines.pop();
        }
        let mut lines = lines.into_iter();
        let Some(columns) = lines.next() else {
            return Err("a table follows `rows`, in comments: the columns, then a line for each row, such as \
                        `--   id | name` and `--   1 | Ann`"
                .to_owned());
        };
        let columns: Vec<_> = columns
            .split('|')
            .map(|one| one.trim().to_owned())
            .collect();
        let mut rows = Vec::new();
        for line in lines {
            let row: Vec<Cell> = cells(line)
                .into_iter()
                .map(Cell::read)
                .collect::<Result<_, _>>()?;
            if row.len() != columns.len() {
                return Err(format!(
                    "`{line}` has {} values for {} columns",
                    row.len(),
                    columns.len()
                ));
            }
            rows.push(row);
        }
        match counted {
            Some(counted) if counted != rows.len() => Err(format!(
                "{counted} rows, it says, and {} stand there",
                rows.len()
            )),
            _ => Ok(Self { columns, rows }),
        }
    }

    pub fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    /// The value of a table that has no other.
    pub fn only(&self) -> Option<&Cell> {
        match self.rows.as_slice() {
            [row] if row.len() == 1 => row.first(),
            _ => None,
        }
    }

    /// How what came differs from this, for a reader.
    pub fn differences(&self, came: &Self, in_order: bool) -> Option<String> {
        if self.columns != came.columns {
            let (expected, came) = (self.columns.join(" | "), came.columns.join(" | "));
            return Some(format!("expected the columns: {expected}\ngot: {came}"));
        }
        let (missing, extra) = (
            without(&self.rows, &came.rows),
            without(&came.rows, &self.rows),
        );
        if missing.is_empty() && extra.is_empty() {
            let is_same = !in_order || self.rows == came.rows;
            return (!is_same).then(|| {
                format!(
                    "the rows are those expected, in another order:\n{}",
                    came.shown()
                )
            });
        }
        let marked = |mark: char, rows: &[&Vec<Cell>]| {
            let mut text = String::new();
            for row in rows.iter().take(MOST_SHOWN) {
                let _ = writeln!(text, "{mark} {}", joined(row));
            }
            if rows.len() > MOST_SHOWN {
                let _ = writeln!(text, "{mark} and {} more", rows.len() - MOST_SHOWN);
            }
            text
        };
        Some(format!(
            "the rows differ (- missing, + extra), of {}:\n{}{}",
            self.columns.join(" | "),
            marked('-', &missing),
            marked('+', &extra)
        ))
    }

    pub fn shown(&self) -> String {
        let mut lines = vec![self.columns.join(" | ")];
        lines.extend(self.rows.iter().take(MOST_SHOWN).map(|row| joined(row)));
        if self.rows.len() > MOST_SHOWN {
            lines.push(format!("and {} more", self.rows.len() - MOST_SHOWN));
        }
        lines.join("\n")
    }
}

fn joined(row: &[Cell]) -> String {
    let cells: Vec<_> = row.iter().map(Cell::to_string).collect();
    cells.join(" | ")
}

/// Cut at the bars outside of quotes; a quote opens only where a cell begins.
fn cells(line: &str) -> Vec<&str> {
    let (mut found, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, char) in line.char_indices() {
        let begun = line.get(start..at).unwrap_or_default().trim();
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_quoted,
            '\'' if is_quoted || begun.is_empty() => is_quoted = !is_quoted,
            '|' if !is_quoted => {
                found.push(line.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(line.get(start..).unwrap_or_default());
    found
}

/// Those of `rows` that `others` have not, counting equal ones.
fn without<'a>(rows: &'a [Vec<Cell>], others: &[Vec<Cell>]) -> Vec<&'a Vec<Cell>> {
    let mut counts = std::collections::BTreeMap::new();
    for row in others {
        *counts.entry(row).or_insert(0_usize) += 1;
    }
    let mut left = Vec::new();
    for row in rows {
        match counts.get_mut(row) {
            Some(count) if *count > 0 => *count -= 1,
            _ => left.push(row),
        }
    }
    left
}
