//! Why an answer is empty: how many rows there are, how many pass the request's filters, and how many of these each
//! policy hides.
//!
//! Rows are counted by a login that policies do not bind, the expressions of policies are computed as the caller, over
//! rows that policies have not cut: by a view of the table that is lent to the caller and rolled back. So functions,
//! `current_user` and other tables that a policy reads are what they are to the caller; no lock but that of a read is
//! taken.

mod count;
mod levels;
mod reason;
mod sum;

pub use levels::Levels;

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Guarded, Policy};
use crate::session::{Pool, SessionError};

/// What was counted, and what follows.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Emptiness {
    /// In words; the last one is the reason.
    pub says: Vec<String>,
    pub levels: Vec<Level>,
}

/// Rows of one relation.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Level {
    /// `api.item`; `parts: api.part` where it is embedded.
    pub rows_of: String,
    /// As whom.
    pub role: String,
    /// It chooses among rows of others.
    #[serde(skip_serializing)]
    pub is_view: bool,
    /// Whatever policies say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exist: Option<i64>,
    /// Each by itself, of those that exist; where that is not known, of those that the role sees.
    pub filters: Vec<FilterCount>,
    /// Of those that exist, how many pass all filters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching: Option<i64>,
    pub policies: Vec<PolicyCount>,
    /// Of those that match, how many no permissive policy lets pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub let_by_none: Option<i64>,
    /// Of those that match, how many the role sees (or may change).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible: Option<i64>,
    /// Conditions on embedded rows, each by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub embeds: Vec<EmbedCount>,
    /// Of those that are visible, how many pass them all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<i64>,
    /// Verbs for which no permissive policy is there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without_policy: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One filter by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilterCount {
    /// `status=eq.open`.
    pub filter: String,
    /// How many rows pass it.
    pub rows: i64,
}

/// One condition on embedded rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmbedCount {
    /// `parts!inner`, `parts=is.null`.
    pub condition: String,
    /// Of the rows that are visible, how many pass it, with the embedded rows that the role sees.
    pub rows: i64,
    /// Of all that exist, how many pass it, whoever sees the embedded rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_all: Option<i64>,
}

/// One policy by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyCount {
    pub policy: String,
    pub permissive: bool,
    /// For which it was asked: `select`, `update`, `delete`.
    pub verb: String,
    /// Of the rows that match: a permissive one lets so many pass, a restrictive one takes so many away from those
    /// that permissive ones let pass.
    pub rows: i64,
}

/// Counts the rows of each level, and says why the answer is empty. Everything happens in one transaction of `pool`,
/// whose login policies should not bind; it is rolled back.
///
/// # Errors
/// [`SessionError`].
pub async fn emptiness(pool: &Pool, levels: &Levels<'_>) -> Result<Emptiness, SessionError> {
    let counted = match count::count(pool, levels).await? {
        Ok(counted) => counted,
        Err(why) => {
            return Ok(Emptiness {
                says: vec![why],
                ..Emptiness::default()
            });
        }
    };
    Ok(Emptiness {
        says: reason::says(levels, &counted),
        levels: counted,
    })
}

/// The verbs whose policies choose rows, of those for which the relation is named.
fn choosing(guarded: &Guarded) -> Vec<&str> {
    let verbs = guarded.verbs.iter().map(String::as_str);
    verbs.filter(|verb| *verb != "insert").collect()
}

/// Claims that the policy reads and the caller does not have.
fn missing_claims(
    policy: &Policy,
    claims: &serde_json::Map<String, serde_json::Value>,
) -> Vec<String> {
    let Some(expression) = &policy.using else {
        return Vec::new();
    };
    let mut named = BTreeSet::new();
    for part in expression.split("request.jwt.claim").skip(1) {
        if let Some(rest) = part.strip_prefix('.') {
            named.extend(rest.split('\'').next().map(str::to_owned));
            continue;
        }
        // `'request.jwt.claims'::text, true))::json ->> 'name'::text`, steps within steps left alone.
        let step = part
            .split_once("->")
            .map(|(_, step)| step.trim_start_matches('>'));
        let name = step.and_then(|step| step.trim_start().strip_prefix('\''));
        named.extend(
            name.and_then(|name| name.split('\'').next())
                .map(str::to_owned),
        );
    }
    let is_unset = |name: &String| claims.get(name).is_none_or(serde_json::Value::is_null);
    named.into_iter().filter(is_unset).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_that_a_policy_misses() {
        let claims = json!({"role": "r", "name": "ann", "none": null});
        let claims = claims.as_object().unwrap();
        for (expression, missing) in [
            ("true", &[] as &[&str]),
            (
                "(owner = ( SELECT ((current_setting('request.jwt.claims'::text, true))::json ->> 'name'::text)))",
                &[],
            ),
            (
                "(owner = ((current_setting('request.jwt.claims'::text, true))::jsonb -> 'org'::text))",
                &["org"],
            ),
            (
                "(a = ((current_setting('request.jwt.claims'::text))::json ->> 'none'::text))",
                &["none"],
            ),
            (
                "(a = current_setting('request.jwt.claim.sub'::text, true))",
                &["sub"],
            ),
            (
                "(current_setting('request.jwt.claims'::text, true) IS NULL)",
                &[],
            ),
        ] {
            let policy = Policy {
                name: "p".to_owned(),
                permissive: true,
                verb: "select".to_owned(),
                roles: Vec::new(),
                using: Some(expression.to_owned()),
                check: None,
                silent: Vec::new(),
            };
            assert_eq!(missing_claims(&policy, claims), missing, "{expression}");
        }
    }
}
