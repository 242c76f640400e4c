//! a granted verb reaches no row.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Catalog, Command, PUBLIC, Relation, Subject, Switch};
use std::collections::BTreeSet;

/// The rule.
pub const RULE: Rule = Rule {
    name: "grant_without_policy",
    level: Level::Info,
    title: "a granted verb reaches no row",
    doc: "A role was granted a verb on a table with row-level security, and no permissive policy is for \
          that role and verb: every such request answers without rows, or is refused. Revoke the verb, or \
          write the policy. Which roles inherit from which only a database knows for certain, so files \
          alone are not asked.",
    reach: Reach::CatalogOnly,
    find,
    bad: r"create table public.notes (id integer primary key, owner text); -- here
alter table public.notes enable row level security;
create policy select_own on public.notes for select to web_user using (owner = current_user);
grant select, delete on public.notes to web_user;
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy select_own on public.notes for select to web_user using (owner = current_user);
grant select on public.notes to web_user;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let catalog = subject.catalog;
    let mut found = Vec::new();
    let protected = catalog
        .tables()
        .filter(|table| table.row_security == Switch::On);
    for table in protected {
        // rls_without_policy says it of all roles at once.
        if catalog.policies_of(&table.name).next().is_none() {
            continue;
        }
        for verb in Command::VERBS {
            let grants = table.grants.iter();
            let idle: BTreeSet<_> = grants
                .filter(|grant| grant.verb == verb.text() && grant.role != PUBLIC)
                .map(|grant| &grant.role)
                .filter(|role| !is_above(catalog, role) && !reaches(catalog, table, verb, role))
                .collect();
            found.extend(idle.into_iter().map(|role| {
                Finding::new(
                    table.object(),
                    table.place.as_ref(),
                    format!(
                        "{role} was granted {} on {}, but no policy allows it any row",
                        verb.text(),
                        table.name
                    ),
                )
                .because_of([role])
            }));
        }
    }
    found
}

fn is_above(catalog: &Catalog, role: &str) -> bool {
    catalog
        .roles
        .get(role)
        .is_some_and(|role| role.is_superuser || role.bypasses_rls)
}

fn reaches(catalog: &Catalog, table: &Relation, verb: Command, role: &str) -> bool {
    catalog.policies_of(&table.name).any(|policy| {
        policy.is_permissive
            && (policy.is_for(verb, role)
                || policy
                    .roles
                    .iter()
                    .any(|of| catalog.inherits(role, of) && policy.is_for(verb, of)))
    })
}
