//! What changed from one matrix to another, a line each. Pure.

use std::collections::BTreeMap;

use super::model::{Function, Matrix, Relation, Right};
use super::words::{described, filtered};

/// From a matrix that was kept to the one that is; none: nothing changed.
#[must_use]
pub fn differences(before: &Matrix, after: &Matrix) -> Vec<String> {
    let mut found = Vec::new();
    let roles = |matrix: &Matrix| {
        matrix
            .roles
            .iter()
            .map(|role| (role.clone(), role.clone()))
            .collect()
    };
    for (role, _, change) in pairs(roles(before), roles(after)) {
        match change {
            Pair::New(_) => found.push(format!("{role}: a new role")),
            Pair::Gone(_) => found.push(format!("{role}: no longer a role of requests")),
            Pair::Both(..) => {}
        }
    }
    let relations = |matrix: &'_ Matrix| {
        matrix
            .relations
            .iter()
            .map(|one| (one.name.clone(), one.clone()))
            .collect::<BTreeMap<_, _>>()
    };
    for (name, _, change) in pairs(relations(before), relations(after)) {
        match change {
            Pair::New(relation) => {
                found.push(format!("{name}: new, a {}", relation.described()));
                found.extend(
                    relation
                        .rights
                        .iter()
                        .map(|right| format!("{name}: {}", gained(right))),
                );
            }
            Pair::Gone(_) => found.push(format!("{name}: gone")),
            Pair::Both(one, other) => {
                found.extend(
                    of_relation(&one, &other)
                        .into_iter()
                        .map(|what| format!("{name}: {what}")),
                );
            }
        }
    }
    let functions = |matrix: &Matrix| {
        matrix
            .functions
            .iter()
            .map(|one| (one.name.clone(), one.clone()))
            .collect()
    };
    for (name, _, change) in pairs(functions(before), functions(after)) {
        let whats = match change {
            Pair::New(function) => of_function(None, &function),
            Pair::Gone(_) => vec!["gone".to_owned()],
            Pair::Both(one, other) => of_function(Some(&one), &other),
        };
        found.extend(whats.into_iter().map(|what| format!("{name}: {what}")));
    }
    found
}

enum Pair<T> {
    New(T),
    Gone(T),
    Both(T, T),
}

/// Everything of two sets, by name.
fn pairs<T: Clone>(
    mut before: BTreeMap<String, T>,
    after: BTreeMap<String, T>,
) -> Vec<(String, T, Pair<T>)> {
    let mut found = Vec::new();
    for (name, one) in after {
        let pair = match before.remove(&name) {
            Some(other) => Pair::Both(other, one.clone()),
            None => Pair::New(one.clone()),
        };
        found.push((name, one, pair));
    }
    for (name, one) in before {
        found.push((name, one.clone(), Pair::Gone(one)));
    }
    found.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    found
}

fn of_relation(before: &Relation, after: &Relation) -> Vec<String> {
    let mut found = Vec::new();
    if before.described() != after.described() {
        found.push(format!("{} → {}", before.described(), after.described()));
    }
    let policies = |relation: &Relation| {
        relation
            .policies
            .iter()
            .map(|one| (one.name.clone(), one.clone()))
            .collect()
    };
    for (name, _, change) in pairs(policies(before), policies(after)) {
        match change {
            Pair::New(policy) => found.push(format!("new policy {name} {}", described(&policy))),
            Pair::Gone(policy) => {
                found.push(format!("policy {name} is gone, {}", described(&policy)));
            }
            Pair::Both(one, other) if one != other => {
                found.push(format!(
                    "policy {name} {} → {}",
                    described(&one),
                    described(&other)
                ));
            }
            Pair::Both(..) => {}
        }
    }
    let rights = |relation: &Relation| {
        let key = |right: &Right| format!("{} {}", right.role, right.verb);
        relation
            .rights
            .iter()
            .map(|right| (key(right), right.clone()))
            .collect()
    };
    for (_, right, change) in pairs(rights(before), rights(after)) {
        match change {
            Pair::New(_) => found.push(gained(&right)),
            Pair::Gone(_) => found.push(format!("{} loses {}", right.role, right.verb)),
            Pair::Both(one, other) => found.extend(of_right(&one, &other)),
        }
    }
    found
}

/// What `gained` leaves out of a right that is there both times.
fn of_right(before: &Right, after: &Right) -> Vec<String> {
    let who = format!("{} {}", after.role, after.verb);
    let mut found = Vec::new();
    let missing = |from: &[String], of: &[String]| -> Vec<String> {
        from.iter()
            .filter(|one| !of.contains(one))
            .cloned()
            .collect()
    };
    let (gains, loses) = (
        missing(&after.columns, &before.columns),
        missing(&before.columns, &after.columns),
    );
    if before.whole == after.whole {
        for (verb, columns) in [("gains", gains), ("loses", loses)] {
            if !columns.is_empty() {
                let columns = columns.join(", ");
                found.push(format!("{} {verb} {} ({columns})", after.role, after.verb));
            }
        }
    } else {
        let columns = |right: &Right| {
            if right.whole {
                "all columns".to_owned()
            } else {
                format!("({})", right.columns.join(", "))
            }
        };
        found.push(format!("{who}: {} → {}", columns(before), columns(after)));
    }
    if before.usage != after.usage {
        let verb = if after.usage { "gains" } else { "loses" };
        found.push(format!("{who}: {verb} usage of the schema"));
    }
    let (one, other) = (filtered(before), filtered(after));
    if one != other {
        found.push(format!("{who}: {one} → {other}"));
    }
    if before.by != after.by {
        found.push(format!(
            "{who}: granted to {} → {}",
            before.by.join(", "),
            after.by.join(", ")
        ));
    }
    found
}

fn gained(right: &Right) -> String {
    let columns = if right.whole || right.columns.is_empty() {
        String::new()
    } else {
        format!(" ({})", right.columns.join(", "))
    };
    format!(
        "{} gains {}{columns}, {}",
        right.role,
        right.verb,
        filtered(right)
    )
}

fn of_function(before: Option<&Function>, after: &Function) -> Vec<String> {
    let mut found = Vec::new();
    let (no_roles, was_definer) = (Vec::new(), before.is_some_and(|one| one.definer));
    let roles = before.map_or(&no_roles, |one| &one.roles);
    for role in after.roles.iter().filter(|role| !roles.contains(role)) {
        found.push(format!("{role} gains execute"));
    }
    for role in roles.iter().filter(|role| !after.roles.contains(role)) {
        found.push(format!("{role} loses execute"));
    }
    if after.public && before.is_none_or(|one| !one.public) {
        found.push("everybody may execute it (public)".to_owned());
    }
    if was_definer != after.definer {
        let as_whom = if after.definer {
            format!("its owner {}", after.owner)
        } else {
            "who calls it".to_owned()
        };
        found.push(format!("runs as {as_whom}"));
    } else if let Some(one) = before.filter(|one| one.owner != after.owner) {
        found.push(format!("owner {} → {}", one.owner, after.owner));
    }
    if before.is_none() && found.is_empty() {
        found.push("new, nobody of these may execute it".to_owned());
    }
    found
}
