//! several policies for one role and verb.

use super::rule::{Finding, Level, Reach, Rule, who};
use crate::check::model::{Command, PUBLIC, Policy, Qualified, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub const RULE: Rule = Rule {
    name: "several_permissive_policies",
    level: Level::Warn,
    title: "several policies for one role and verb",
    doc: "A role has more than one permissive policy for the same verb of a table. Any of them suffices, \
          so all of them are evaluated for every row, and whoever reads one of them does not see what the \
          others let in; a second one is often meant to narrow the first and widens it instead. Write one \
          policy whose conditions are joined by `or`, or say `as restrictive` of what must hold as well.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text, is_shared boolean);
alter table public.notes enable row level security;
create policy select_own on public.notes for select to web_user using (owner = current_user); -- here
create policy select_shared on public.notes for select to web_user using (is_shared);
",
    good: r"create table public.notes (id integer primary key, owner text, is_shared boolean);
alter table public.notes enable row level security;
create policy select_own on public.notes for select to web_user using (owner = current_user or is_shared);
create policy delete_own on public.notes for delete to web_user using (owner = current_user);
create policy not_now on public.notes as restrictive for select to web_user using (id > 0);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let mut by_table: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for policy in &subject.catalog.policies {
        if policy.is_permissive {
            by_table.entry(&policy.relation).or_default().push(policy);
        }
    }
    by_table
        .into_iter()
        .flat_map(|(table, policies)| of_table(subject, table, &policies))
        .collect()
}

/// One finding a role: all its verbs are one thought.
fn of_table(subject: Subject<'_>, table: &Qualified, policies: &[&Policy]) -> Vec<Finding> {
    let mut roles: BTreeSet<_> = policies.iter().flat_map(|policy| &policy.roles).collect();
    let everybody = PUBLIC.to_owned();
    // What everybody has, each role has.
    if !several(policies, &everybody).is_empty() {
        roles = BTreeSet::from([&everybody]);
    }
    let mut found = Vec::new();
    for role in roles {
        let Some(relation) = subject.catalog.relations.get(table) else {
            continue;
        };
        // The owner's one is for triggers and jobs; what everybody has besides is no business of theirs.
        if relation.owner.as_ref() == Some(role) {
            continue;
        }
        let verbs = several(policies, role);
        let all = verbs.iter().flat_map(|(_, policies)| policies);
        let place = all.filter_map(|policy| policy.place.as_ref()).min();
        let said: Vec<_> = verbs
            .iter()
            .map(|(verb, policies)| {
                let mut names: Vec<_> = policies.iter().map(|one| one.name.as_str()).collect();
                names.sort_unstable();
                format!("{}: {}", verb.text(), names.join(", "))
            })
            .collect();
        if !said.is_empty() {
            found.push(
                Finding::new(
                    relation.object(),
                    place,
                    format!(
                        "several permissive policies of {table} for {} ({})",
                        who(role),
                        said.join("; ")
                    ),
                )
                .because_of([role]),
            );
        }
    }
    found
}

/// The verbs for which the role has more than one.
fn several<'a>(policies: &[&'a Policy], role: &str) -> Vec<(Command, Vec<&'a Policy>)> {
    Command::VERBS
        .into_iter()
        .map(|verb| {
            let these = policies.iter().copied();
            (verb, these.filter(|one| one.is_for(verb, role)).collect())
        })
        .filter(|(_, policies): &(Command, Vec<_>)| policies.len() > 1)
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
