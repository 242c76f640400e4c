//! a policy allows what was never granted.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Catalog, Command, PUBLIC, Relation, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "policy_without_grant",
    level: Level::Info,
    title: "a policy allows what was never granted",
    doc: "A policy is for a role and verb that the role was not granted, not even on one column: it does \
          nothing now, and waits for the day on which somebody grants the verb for another reason. Drop \
          the policy, or grant what it was written for. Which roles inherit from which only a database \
          knows for certain, so files alone are not asked.",
    reach: Reach::CatalogOnly,
    find,
    bad: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy select_own on public.notes for select to web_user using (owner = current_user); -- here
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy select_own on public.notes for select to web_user using (owner = current_user);
grant select (id) on public.notes to web_user;
create policy all_owner on public.notes for all to web_owner using (true) with check (true);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let catalog = subject.catalog;
    let mut found = Vec::new();
    for policy in catalog
        .policies
        .iter()
        .filter(|policy| policy.is_permissive)
    {
        let Some(table) = catalog.relations.get(&policy.relation) else {
            continue;
        };
        let waiting: Vec<_> = policy
            .roles
            .iter()
            .filter(|role| *role != PUBLIC && table.owner.as_ref() != Some(*role))
            .filter(|role| !is_granted(catalog, table, policy.command, role))
            .collect();
        found.extend(waiting.into_iter().map(|role| {
            Finding::new(
                policy.object(),
                policy.place.as_ref(),
                format!(
                    "policy {} is for {} by {role}, which was not granted that on {}",
                    policy.name,
                    policy.command.text(),
                    table.name
                ),
            )
            .because_of([role])
        }));
    }
    found
}

/// To it, to one that it inherits from, or to one that inherits its policies.
fn is_granted(catalog: &Catalog, table: &Relation, command: Command, role: &str) -> bool {
    table.grants.iter().any(|grant| {
        let is_verb = match command {
            Command::All => Command::VERBS.iter().any(|verb| verb.text() == grant.verb),
            verb => verb.text() == grant.verb,
        };
        is_verb
            && (grant.role == role
                || grant.role == PUBLIC
                || catalog.inherits(role, &grant.role)
                || catalog.inherits(&grant.role, role))
    })
}
