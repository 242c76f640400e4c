//! The report as one JSON object.

use serde_json::{Value, json};

use crate::check::inspect::{Found, Report};
use crate::check::model::Place;

/// `{"findings": […], "excluded": […], "rules": […], "unread": […]}`
pub fn json(report: &Report) -> Value {
    let (excluded, open): (Vec<_>, Vec<_>) = report
        .found
        .iter()
        .partition(|found| found.excluded.is_some());
    json!({
        "findings": open.into_iter().map(one).collect::<Value>(),
        "excluded": excluded.into_iter().map(one).collect::<Value>(),
        "rules": report.rules,
        "unread": report.unread.iter().map(place).collect::<Value>(),
    })
}

fn one(found: &Found) -> Value {
    let finding = &found.finding;
    json!({
        "rule": found.rule,
        "level": found.level.text(),
        "kind": finding.object.kind,
        "object": finding.object.name,
        "message": finding.message,
        "file": finding.place.as_ref().map(|place| &place.file),
        "line": finding.place.as_ref().map(|place| place.line),
        "roles": finding.roles,
        "reason": found.excluded.as_ref().map(|excuse| &excuse.reason),
    })
}

fn place(place: &Place) -> Value {
    json!({ "file": place.file, "line": place.line })
}
