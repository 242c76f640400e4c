//! A difference, for people and as JSON.

use std::fmt;

use serde_json::{Value, json};

use super::difference::{ApiChange, Difference, Keys, RoleChange, RoleFate, RowsChange};
use super::rows::Tally;
use crate::openapi::Change;
use crate::plan::shortened;

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files.is_empty() && self.is_empty() {
            return writeln!(f, "Nothing is pending.");
        }
        section(f, "Pending", &self.files)?;
        section(f, "Roles", &self.roles)?;
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
        section(f, "Not compared", &self.not_compared)?;
        section(f, "API", &self.api)?;
        section(
            f,
            "Announced, and does not happen",
            &self.idle_announcements,
        )?;
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

impl fmt::Display for RoleChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = &self.role;
        let announced = if self.announced { " (announced)" } else { "" };
        match self.change {
            RoleFate::Gained => write!(f, "+ {role}: requests can have it{announced}"),
            RoleFate::Lost => write!(f, "- {role}: no request can have it (BREAKING){announced}"),
            RoleFate::Unbound => write!(
                f,
                "~ {role}: no policy binds it, it sees all rows{announced}"
            ),
        }
    }
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
        let (what, caller) = (self.what(), &self.caller);
        let (before, after) = (&self.before, &self.after);
        let announced = if self.announced { " (announced)" } else { "" };
        if self.fails_twice() {
            return write!(f, "{what} for {caller}: {before}{announced}");
        }
        write!(
            f,
            "{what} for {caller}: {before} before, {after} after{announced}"
        )?;
        let Some(keys) = &self.keys else {
            return Ok(());
        };
        for (sign, word, count, first) in [
            ('+', "gained", keys.gained, &keys.gained_first),
            ('-', "lost", keys.lost, &keys.lost_first),
        ] {
            if count > 0 {
                let mut named: Vec<String> = first.iter().map(|key| shortened(key)).collect();
                if count > first.len() {
                    named.push("…".to_owned());
                }
                write!(f, "\n    {sign} {count} {word}: {}", named.join(" · "))?;
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
    /// `{"files", "roles", "policies", "rows", "not_compared", "api", "idle_announcements"}`.
    pub fn json(&self) -> Value {
        let policies = self.policies.iter().map(|(subject, (before, after))| {
            json!({ "subject": subject, "before": before, "after": after })
        });
        json!({
            "files": self.files,
            "roles": self.roles.iter().map(RoleChange::json).collect::<Value>(),
            "policies": policies.collect::<Value>(),
            "rows": self.rows.iter().map(RowsChange::json).collect::<Value>(),
            "not_compared": self.not_compared.iter().map(RowsChange::json).collect::<Value>(),
            "api": self.api.iter().map(ApiChange::json).collect::<Value>(),
            "idle_announcements": self.idle_announcements,
        })
    }
}

impl RoleChange {
    fn json(&self) -> Value {
        let change = match self.change {
            RoleFate::Gained => "gained",
            RoleFate::Lost => "lost",
            RoleFate::Unbound => "unbound",
        };
        json!({ "subject": self.subject(), "change": change, "announced": self.announced })
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
            "relation": format!("{}.{}", self.relation.schema, self.relation.name),
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
