//! One line a finding, as compilers write them: `file:line: level: what (rule)`.

use std::fmt::Write as _;

use crate::check::inspect::{Found, Report};
use crate::check::rules::Level;

/// The report for people. `shows_all` adds what is excluded, with its reason, and what could not be read.
pub fn text(report: &Report, shows_all: bool) -> String {
    let mut text = String::new();
    for found in &report.found {
        if shows_all || found.excluded.is_none() {
            text.push_str(&line(found));
        }
    }
    if shows_all {
        for place in &report.unread {
            let _ = writeln!(
                text,
                "{place}: not read: no parser of ours knows this statement"
            );
        }
    }
    text + &summary(report)
}

fn line(found: &Found) -> String {
    let finding = &found.finding;
    let place = finding
        .place
        .as_ref()
        .map_or_else(String::new, |place| format!("{place}: "));
    let mut line = format!(
        "{place}{}: {} ({})",
        found.level.text(),
        finding.message,
        found.rule
    );
    if let Some(excuse) = &found.excluded {
        let _ = write!(line, "\n  excluded: {}", excuse.reason);
    }
    line + "\n"
}

fn summary(report: &Report) -> String {
    let of = |level| report.open().filter(|found| found.level == level).count();
    let counts: Vec<_> = [
        (of(Level::Error), "error"),
        (of(Level::Warn), "warning"),
        (of(Level::Info), "note"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| counted(count, word))
    .collect();
    let excluded = report.found.len() - report.open().count();
    let excluded = match excluded {
        0 => String::new(),
        count => format!(", {count} excluded"),
    };
    let found = if counts.is_empty() {
        "nothing found".to_owned()
    } else {
        counts.join(", ")
    };
    format!(
        "{}: {found}{excluded}\n",
        counted(report.rules.len(), "rule")
    )
}

fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
