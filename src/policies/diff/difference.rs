//! What differs between two states. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::rows::{Tallies, Tally, Verb};
use crate::openapi::{Change, Contract, changes};
use crate::policies::Caller;

/// All that pending files would change for callers.
#[derive(Debug, Default)]
pub struct Difference {
    /// The files, in their order.
    pub files: Vec<String>,
    /// By subject: what a policy said, and what it would say; `None` where there is none.
    pub policies: BTreeMap<String, (Option<String>, Option<String>)>,
    pub rows: Vec<RowsChange>,
    pub api: Vec<ApiChange>,
}

/// One caller's rows of one relation.
#[derive(Debug)]
pub struct RowsChange {
    pub caller: Caller,
    pub relation: String,
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
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty() && self.rows.is_empty() && self.api.is_empty()
    }

    /// What no file announces: changes that programs may fail by, and rows that callers gain or lose, each once.
    pub fn unannounced(&self) -> Vec<String> {
        let api = self.api.iter().filter(|one| one.change.is_breaking());
        let api = api
            .filter(|one| !one.announced)
            .map(|one| one.subject.clone());
        let rows = self.rows.iter().filter(|one| !one.announced);
        let subjects: BTreeSet<String> = rows.map(RowsChange::subject).chain(api).collect();
        subjects.into_iter().collect()
    }
}

impl RowsChange {
    /// What announces it: `rows of public.people for reader`.
    pub fn subject(&self) -> String {
        let of = match self.verb {
            Verb::Select => "rows",
            Verb::Update => "updatable rows",
            Verb::Delete => "deletable rows",
        };
        format!("{of} of {} for {}", self.relation, self.caller.role)
    }
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
    is_announced: impl Fn(&str) -> bool,
) -> Vec<ApiChange> {
    let none = Contract::new();
    let mut found: Vec<ApiChange> = Vec::new();
    for (role, after) in after {
        for (subject, change) in changes(before.get(role).unwrap_or(&none), after) {
            let same = found
                .iter_mut()
                .find(|one| one.subject == subject && one.change == change);
            match same {
                Some(known) => known.roles.push(role.clone()),
                None => found.push(ApiChange {
                    announced: is_announced(&subject),
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

/// Which relations and verbs differ for one caller. What the caller may not read has no rows.
pub fn rows(before: &Tallies, after: &Tallies) -> Vec<(String, Verb, Tally, Tally)> {
    let all: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let tally = |of: &Tallies, key| of.get(key).cloned().unwrap_or(Tally::NONE);
    all.into_iter()
        .map(|key| (key.0.clone(), key.1, tally(before, key), tally(after, key)))
        .filter(|(_, _, before, after)| before.differs(after))
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
