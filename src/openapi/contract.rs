//! What programs rely on, fact by fact, so that two states of an API can be compared: the same facts that
//! [`openapi`](super::openapi) describes.

use std::collections::BTreeMap;
use std::fmt;

/// By endpoint (`GET /people`, `/rpc/find`), the facts by name (`column name`, `argument id`).
pub type Contract = BTreeMap<String, BTreeMap<String, Fact>>;

/// One thing that is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// It can be asked for.
    Offered,
    /// A value that answers hold.
    Received {
        /// As SQL spells it, with the labels of enums.
        sql_type: String,
        nullable: bool,
    },
    /// A value that requests hold.
    Sent {
        sql_type: String,
        required: bool,
        nullable: bool,
    },
}

/// What happened to a fact, or to a whole endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Gained(Fact),
    Lost(Fact),
    Changed { from: Fact, to: Fact },
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offered => f.write_str("offered"),
            Self::Received { sql_type, nullable } => {
                let may = if *nullable { ", may be null" } else { "" };
                write!(f, "{sql_type}{may}")
            }
            Self::Sent {
                sql_type,
                required,
                nullable,
            } => {
                let required = if *required { ", required" } else { "" };
                let may = if *nullable { ", may be null" } else { "" };
                write!(f, "{sql_type}{required}{may}")
            }
        }
    }
}

impl Change {
    /// Whether a program that worked may fail now: something that it asks for, sends or expects.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        match self {
            Self::Lost(_) => true,
            Self::Gained(fact) => matches!(fact, Fact::Sent { required: true, .. }),
            Self::Changed { from, to } => match (from, to) {
                (
                    Fact::Received {
                        sql_type: from,
                        nullable: was_nullable,
                    },
                    Fact::Received { sql_type, nullable },
                ) => from != sql_type || (*nullable && !was_nullable),
                (
                    Fact::Sent {
                        sql_type: from,
                        required: was_required,
                        nullable: was_nullable,
                    },
                    Fact::Sent {
                        sql_type,
                        required,
                        nullable,
                    },
                ) => {
                    from != sql_type || (*required && !was_required) || (*was_nullable && !nullable)
                }
                _ => true,
            },
        }
    }
}

/// What changed between two states, by subject: `GET /people`, `GET /people column name`. Of an endpoint that
/// is new or gone only itself is told.
#[must_use]
pub fn changes(before: &Contract, after: &Contract) -> BTreeMap<String, Change> {
    let mut found = BTreeMap::new();
    for endpoint in before.keys().filter(|name| !after.contains_key(*name)) {
        found.insert(endpoint.clone(), Change::Lost(Fact::Offered));
    }
    for (endpoint, facts) in after {
        let Some(known) = before.get(endpoint) else {
            found.insert(endpoint.clone(), Change::Gained(Fact::Offered));
            continue;
        };
        for (name, change) in changed(known, facts) {
            found.insert(format!("{endpoint} {name}"), change);
        }
    }
    found
}

fn changed(
    before: &BTreeMap<String, Fact>,
    after: &BTreeMap<String, Fact>,
) -> Vec<(String, Change)> {
    let lost = before.iter().filter(|(name, _)| !after.contains_key(*name));
    let lost = lost.map(|(name, fact)| (name.clone(), Change::Lost(fact.clone())));
    let here = after
        .iter()
        .filter_map(|(name, to)| match before.get(name) {
            None => Some((name.clone(), Change::Gained(to.clone()))),
            Some(from) if from != to => Some((
                name.clone(),
                Change::Changed {
                    from: from.clone(),
                    to: to.clone(),
                },
            )),
            Some(_) => None,
        });
    lost.chain(here).collect()
}
