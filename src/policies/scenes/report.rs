//! What was played, for people and for machines. Pure.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// A scene that was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// Where it stands.
    pub file: String,
    /// Of its title.
    pub line: usize,
    /// As the file says.
    pub title: String,
    /// How long it took.
    pub milliseconds: u64,
    /// None: it passed.
    pub failures: Vec<Failure>,
}

/// Something that was not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where it stands.
    pub file: String,
    /// Of the statement, or of the directive.
    pub line: usize,
    /// `as reader {"tenant":1}`, `setup`.
    pub who: String,
    /// The statement; empty where none was run.
    pub sql: String,
    /// What was expected, and what came.
    pub what: String,
}

impl Played {
    /// Whether all was as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl Failure {
    /// `file:line: as whom`, the statement's first line, and what was wrong, each line behind `indent`.
    fn lines(&self, indent: &str) -> String {
        let Self {
            file,
            line,
            who,
            sql,
            what,
        } = self;
        let mut text = format!("{indent}{file}:{line}: {who}\n");
        if !sql.is_empty() {
            let mut lines = sql.lines();
            let first = lines.next().unwrap_or_default();
            let more = if lines.next().is_some() { " …" } else { "" };
            let _ = writeln!(text, "{indent}  {first}{more}");
        }
        for line in what.lines() {
            let _ = writeln!(text, "{indent}  {line}");
        }
        text
    }
}

/// A scene as a line, its failures below.
#[must_use]
pub fn text(played: &Played) -> String {
    let word = if played.passed() { "ok  " } else { "FAIL" };
    let mut text = format!("{word}  {} ({} ms)\n", played.title, played.milliseconds);
    for failure in &played.failures {
        text += &failure.lines("      ");
    }
    text
}

/// All of them, with counts.
#[must_use]
pub fn json(all: &[Played]) -> Value {
    let scene = |one: &Played| {
        let failure = |it: &Failure| json!({ "file": it.file, "line": it.line, "who": it.who, "statement": it.sql, "what": it.what });
        json!({
            "file": one.file,
            "line": one.line,
            "scene": one.title,
            "passed": one.passed(),
            "milliseconds": one.milliseconds,
            "failures": one.failures.iter().map(failure).collect::<Value>(),
        })
    };
    let failed = all.iter().filter(|one| !one.passed()).count();
    json!({
        "passed": all.len() - failed,
        "failed": failed,
        "scenes": all.iter().map(scene).collect::<Value>(),
    })
}

/// As the Test Anything Protocol has it.
#[must_use]
pub fn tap(all: &[Played]) -> String {
    let mut text = format!("TAP version 13\n1..{}\n", all.len());
    for (at, one) in all.iter().enumerate() {
        let not = if one.passed() { "" } else { "not " };
        // `#` begins a directive there.
        let title = one.title.replace('#', "\\#");
        let _ = writeln!(text, "{not}ok {} - {}: {title}", at + 1, one.file);
        for failure in &one.failures {
            text += &failure.lines("# ");
        }
    }
    text
}
