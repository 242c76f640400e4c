//! SARIF 2.1.0 (OASIS, sarif-v2.1.0-os), which code hosts and editors read.

use serde_json::{Value, json};

use crate::check::inspect::{Found, Report};
use crate::check::rules::{ALL, Level, Rule};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The report as a SARIF log of one run. What is excluded is there, suppressed.
pub fn sarif(report: &Report) -> Value {
    let asked: Vec<&Rule> = ALL
        .iter()
        .copied()
        .filter(|rule| report.rules.contains(&rule.name))
        .collect();
    let results = report.found.iter().map(|found| result(found, &asked));
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "rowdesk",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": asked.iter().map(|rule| descriptor(rule)).collect::<Value>(),
                }
            },
            "results": results.collect::<Value>(),
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.doc },
        "help": { "text": rule.doc },
        "defaultConfiguration": { "level": level(rule.level) },
    })
}

fn result(found: &Found, asked: &[&Rule]) -> Value {
    let finding = &found.finding;
    let mut location = json!({
        "logicalLocations": [{
            "fullyQualifiedName": finding.object.name,
            "kind": finding.object.kind,
        }],
    });
    if let Some(place) = &finding.place {
        location["physicalLocation"] = json!({
            "artifactLocation": { "uri": uri(&place.file) },
            "region": { "startLine": place.line },
        });
    }
    let mut result = json!({
        "ruleId": found.rule,
        "ruleIndex": asked.iter().position(|rule| rule.name == found.rule),
        "level": level(found.level),
        "message": { "text": finding.message },
        "locations": [location],
        // A finding stays the same when lines move.
        "partialFingerprints": {
            "object/v1": format!("{} {} {}", found.rule, finding.object, finding.roles.join(",")),
        },
    });
    if let Some(excuse) = &found.excluded {
        let kind = if excuse.is_in_source {
            "inSource"
        } else {
            "external"
        };
        result["suppressions"] = json!([{ "kind": kind, "justification": excuse.reason }]);
    }
    result
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Info => "note",
        Level::Warn => "warning",
        Level::Error => "error",
    }
}

/// Relative, with what a URI may not hold escaped.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            use std::fmt::Write as _;
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
