//! What differs between two states. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::rows::{Tallies, Tally, Verb};
use crate::openapi::{Change, Contract, changes};
use crate::policies::{Caller, Roles};
use crate::schema_cache::QualifiedName;

/// All that pending files would change for callers.
#[derive(Debug, Default)]
pub struct Difference {
    /// The files, in their order.
    pub files: Vec<String>,
    pub roles: Vec<RoleChange>,
    /// By subject: what a policy said, and what it would say; `None` where there is none.
    pub policies: BTreeMap<String, (Option<String>, Option<String>)>,
    pub rows: Vec<RowsChange>,
    /// What fails before and after, so that nobody knows.
    pub not_compared: Vec<RowsChange>,
    pub api: Vec<ApiChange>,
    /// What files announce and does not happen.
    pub idle_announcements: Vec<String>,
}

/// A role that requests can have.
#[derive(Debug)]
pub struct RoleChange {
    pub role: String,
    pub change: RoleFate,
    pub announced: bool,
}

/// What becomes of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleFate {
    /// Requests can have it.
    Gained,
    /// Requests had it.
    Lost,
    /// It is a superuser or has BYPASSRLS: it sees all rows.
    Unbound,
}

/// One caller's rows of one relation.
#[derive(Debug)]
pub struct RowsChange {
    pub caller: Caller,
    pub relation: QualifiedName,
    pub verb: Verb,
    pub before: Tally,
    pub after: Tally,
    /// `None`: too many rows to compare one by one, or one of the states fails.
    pub keys: Option<Keys>,
    pub announced: bool,
}

/// Rows that only one of the states has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    pub gained: usize,
    pub lost: usize,
    /// The first of them.
    pub gained_first: Vec<String>,
    pub lost_first: Vec<String>,
}

/// One fact of the API, and whose.
#[derive(Debug)]
pub struct ApiChange {
    pub subject: String,
    pub change: Change,
    pub roles: Vec<String>,
    pub announced: bool,
}

impl Difference {
    /// Of rows alone.
    pub(super) fn of_rows(changes: Vec<RowsChange>) -> Self {
        let (not_compared, rows) = changes.into_iter().partition(RowsChange::fails_twice);
        Self {
            rows,
            not_compared,
            ..Self::default()
        }
    }

    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
            && self.policies.is_empty()
            && self.rows.is_empty()
            && self.api.is_empty()
    }

    /// What no file announces: changes that programs may fail by, and rows that callers gain or lose, or may for
    /// all one knows; each once.
    pub fn unannounced(&self) -> Vec<String> {
        let roles = self
            .roles
            .iter()
            .filter(|one| !one.announced && one.change != RoleFate::Gained);
        let api = self
            .api
            .iter()
            .filter(|one| one.change.is_breaking() && !one.announced);
        let rows = self
            .rows
            .iter()
            .chain(&self.not_compared)
            .filter(|one| !one.announced);
        let subjects: BTreeSet<String> = roles
            .map(RoleChange::subject)
            .chain(rows.map(RowsChange::subject))
            .chain(api.map(|one| one.subject.clone()))
            .collect();
        subjects.into_iter().collect()
    }
}

impl RoleChange {
    /// What announces it: `role reader`.
    pub fn subject(&self) -> String {
        format!("role {}", self.role)
    }
}

impl RowsChange {
    /// What announces it: `rows of public.people for reader`.
    pub fn subject(&self) -> String {
        format!("{} for {}", self.what(), self.caller.role)
    }

    /// `rows of public.people`
    pub fn what(&self) -> String {
        let of = match self.verb {
            Verb::Select => "rows",
            Verb::Update => "updatable rows",
            Verb::Delete => "deletable rows",
        };
        format!("{of} of {}.{}", self.relation.schema, self.relation.name)
    }

    /// Nothing is known of it.
    pub fn fails_twice(&self) -> bool {
        let fails = |tally: &Tally| matches!(tally, Tally::Fails(_));
        fails(&self.before) && fails(&self.after)
    }

    /// The key by which rows of both states can be told apart, and whether that is all of a row.
    pub fn key(&self) -> Option<(&[String], bool)> {
        match (self.before.key(), self.after.key()) {
            (Some(key), Some(other)) => (key == other).then_some(key),
            (Some(key), None) if self.after == Tally::NONE => Some(key),
            (None, Some(key)) if self.before == Tally::NONE => Some(key),
            _ => None,
        }
    }
}

/// The roles that differ.
pub fn roles(before: &Roles, after: &Roles) -> Vec<RoleChange> {
    let all = before.of_requests.union(&after.of_requests);
    let fate = |role: &String| {
        let (was, is) = (
            before.of_requests.contains(role),
            after.of_requests.contains(role),
        );
        if is && after.bypassing.contains(role) && !before.bypassing.contains(role) {
            Some(RoleFate::Unbound)
        } else if was && !is {
            Some(RoleFate::Lost)
        } else {
            (is && !was).then_some(RoleFate::Gained)
        }
    };
    let changes = all.filter_map(|role| {
        Some(RoleChange {
            role: role.clone(),
            change: fate(role)?,
            announced: false,
        })
    });
    changes.collect()
}

/// The policies that differ.
pub fn policies(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> BTreeMap<String, (Option<String>, Option<String>)> {
    let subjects: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let both = subjects.into_iter().map(|subject| {
        let sides = (before.get(subject).cloned(), after.get(subject).cloned());
        (subject.clone(), sides)
    });
    both.filter(|(_, (before, after))| before != after)
        .collect()
}

/// The facts that differ, each with the roles for which it does.
pub fn api(
    before: &BTreeMap<String, Contract>,
    after: &BTreeMap<String, Contract>,
) -> Vec<ApiChange> {
    let mut found: Vec<ApiChange> = Vec::new();
    for (role, after) in after {
        // Of a role that comes or goes only that is told.
        let Some(before) = before.get(role) else {
            continue;
        };
        for (subject, change) in changes(before, after) {
            let same = found
                .iter_mut()
                .find(|one| one.subject == subject && one.change == change);
            match same {
                Some(known) => known.roles.push(role.clone()),
                None => found.push(ApiChange {
                    announced: false,
                    roles: vec![role.clone()],
                    subject,
                    change,
                }),
            }
        }
    }
    found.sort_by(|one, other| one.subject.cmp(&other.subject));
    found
}

/// One caller's relations and verbs that differ, or that neither state tells of. What the caller may not read has
/// no rows.
pub fn rows(caller: &Caller, before: &Tallies, after: &Tallies) -> Vec<RowsChange> {
    let all: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let tally = |of: &Tallies, key| of.get(key).cloned().unwrap_or(Tally::NONE);
    all.into_iter()
        .map(|key| RowsChange {
            caller: caller.clone(),
            relation: key.0.clone(),
            verb: key.1,
            before: tally(before, key),
            after: tally(after, key),
            keys: None,
            announced: false,
        })
        .filter(|one| one.before.differs(&one.after) || one.fails_twice())
        .collect()
}

/// Compares keys, of which some may occur more than once.
pub fn keys(before: Vec<String>, after: Vec<String>, most: usize) -> Keys {
    let mut open: HashMap<String, usize> = HashMap::with_capacity(after.len());
    let order = after.clone();
    for key in after {
        *open.entry(key).or_default() += 1;
    }
    let mut found = Keys::default();
    for key in before {
        match open.get_mut(&key) {
            Some(left) if *left > 0 => *left -= 1,
            _ => {
                found.lost += 1;
                if found.lost_first.len() < most {
                    found.lost_first.push(key);
                }
            }
        }
    }
    for key in order {
        if let Some(left) = open.get_mut(&key)
            && *left > 0
        {
            *left -= 1;
            found.gained += 1;
            if found.gained_first.len() < most {
                found.gained_first.push(key);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &str) -> Vec<String> {
        words.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn keys_are_compared_as_often_as_they_occur() {
        let found = keys(texts("1 2 2 3"), texts("2 3 4 4 5"), 2);
        let expected = Keys {
            gained: 3,
            lost: 2,
            gained_first: texts("4 4"),
            lost_first: texts("1 2"),
        };
        assert_eq!(found, expected);
        assert_eq!(keys(texts("1 2"), texts("2 1"), 9), Keys::default());
    }
}
