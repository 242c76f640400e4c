//! A difference, for people and as JSON.

use std::fmt::{self, Write as _};

use serde_json::{Value, json};

use super::difference::{ApiChange, Difference, Keys, RowsChange};
use super::rows::Tally;
use crate::openapi::Change;
use crate::plan::shortened;

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files.is_empty() && self.is_empty() {
            return writeln!(f, "Nothing is pending.");
        }
        section(f, "Pending", &self.files)?;
        let policies = self.policies.iter().map(|(subject, sides)| match sides {
            (None, Some(new)) => format!("+ {subject}: {new}"),
            (Some(old), None) => format!("- {subject}: {old}"),
            (old, new) => {
                let side = |text: &Option<String>| text.clone().unwrap_or_default();
                format!(
                    "~ {subject}\n      was {}\n      is  {}",
                    side(old),
                    side(new)
                )
            }
        });
        section(f, "Policies", policies)?;
        section(f, "Rows", &self.rows)?;
        section(f, "API", &self.api)?;
        if self.is_empty() {
            writeln!(f, "No caller notices a difference.")?;
        }
        Ok(())
    }
}

fn section<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    lines: impl IntoIterator<Item = T>,
) -> fmt::Result {
    let mut lines = lines.into_iter().peekable();
    if lines.peek().is_none() {
        return Ok(());
    }
    writeln!(f, "{title}")?;
    for line in lines {
        writeln!(f, "  {line}")?;
    }
    writeln!(f)
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows { count, .. } => write!(f, "{count}"),
            Self::Fails(words) => write!(f, "refused ({})", words.replace('\n', " ")),
        }
    }
}

impl fmt::Display for RowsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = (&self.before, &self.after);
        let mut subject = self.subject();
        if let Some(role) = subject.strip_suffix(&self.caller.role) {
            subject = format!("{role}{}", self.caller);
        }
        let announced = if self.announced { " (announced)" } else { "" };
        write!(f, "{subject}: {before} before, {after} after{announced}")?;
        let Some(keys) = &self.keys else {
            return Ok(());
        };
        for (sign, word, count, first) in [
            ('+', "gained", keys.gained, &keys.gained_first),
            ('-', "lost", keys.lost, &keys.lost_first),
        ] {
            if count > 0 {
                let mut line = String::new();
                for key in first {
                    let _ = write!(line, "{} · ", shortened(key));
                }
                let more = if count > first.len() { "…" } else { "" };
                let named = line.trim_end_matches(" · ");
                write!(f, "\n    {sign} {count} {word}: {named} {more}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for ApiChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match &self.change {
            Change::Gained(fact) => format!("+ {}: {fact}", self.subject),
            Change::Lost(fact) => format!("- {}: {fact}", self.subject),
            Change::Changed { from, to } => format!("~ {}: {from} → {to}", self.subject),
        };
        let breaks = match (self.change.is_breaking(), self.announced) {
            (true, true) => ", breaking, announced",
            (true, false) => ", BREAKING",
            (false, _) => "",
        };
        write!(f, "{what} (for {}{breaks})", self.roles.join(", "))
    }
}

impl Difference {
    /// `{"files", "policies", "rows", "api"}`.
    pub fn json(&self) -> Value {
        let policies = self.policies.iter().map(|(subject, (before, after))| {
            json!({ "subject": subject, "before": before, "after": after })
        });
        json!({
            "files": self.files,
            "policies": policies.collect::<Value>(),
            "rows": self.rows.iter().map(RowsChange::json).collect::<Value>(),
            "api": self.api.iter().map(ApiChange::json).collect::<Value>(),
        })
    }
}

impl RowsChange {
    fn json(&self) -> Value {
        let side = |tally: &Tally| match tally {
            Tally::Rows { count, .. } => json!(count),
            Tally::Fails(words) => json!({ "refused": words }),
        };
        json!({
            "subject": self.subject(),
            "role": self.caller.role,
            "claims": self.caller.claims,
            "relation": self.relation,
            "before": side(&self.before),
            "after": side(&self.after),
            "keys": self.keys.as_ref().map(Keys::json),
            "announced": self.announced,
        })
    }
}

impl Keys {
    fn json(&self) -> Value {
        json!({
            "gained": { "count": self.gained, "first": self.gained_first },
            "lost": { "count": self.lost, "first": self.lost_first },
        })
    }
}

impl ApiChange {
    fn json(&self) -> Value {
        let (before, after) = match &self.change {
            Change::Gained(fact) => (None, Some(fact)),
            Change::Lost(fact) => (Some(fact), None),
            Change::Changed { from, to } => (Some(from), Some(to)),
        };
        json!({
            "subject": self.subject,
            "before": before.map(ToString::to_string),
            "after": after.map(ToString::to_string),
            "roles": self.roles,
            "breaking": self.change.is_breaking(),
            "announced": self.announced,
        })
    }
}
