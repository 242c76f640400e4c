//! the owner sees no row of its own table.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{PUBLIC, Subject, Switch};

/// The rule.
pub const RULE: Rule = Rule {
    name: "owner_without_policy",
    level: Level::Warn,
    title: "the owner sees no row of its own table",
    doc: "Row-level security is forced and no policy is for the owner, so everything that runs as the \
          owner (definer functions, triggers, foreign keys' cascades aside, jobs, migrations that move \
          data) finds an empty table and says nothing of it. Add a policy such as `create policy all_owner \
          on … for all to … using (true) with check (true)`. Owners that are above the policies anyway are \
          left out.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text); -- here
alter table public.notes enable row level security, force row level security;
create policy select_own on public.notes for select to web_user using (owner = current_user);
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security, force row level security;
create policy all_owner on public.notes for all to web_owner using (true) with check (true);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let catalog = subject.catalog;
    let forced = catalog
        .tables()
        .filter(|table| table.row_security == Switch::On && table.is_forced == Switch::On);
    forced
        .filter_map(|table| Some((table, table.owner.as_ref()?)))
        .filter(|(table, owner)| {
            let is_above = catalog
                .roles
                .get(*owner)
                .is_some_and(|role| role.is_superuser || role.bypasses_rls);
            let mut policies = catalog.policies_of(&table.name);
            // rls_without_policy says it of all roles at once.
            let is_told =
                !table.grants.is_empty() && catalog.policies_of(&table.name).next().is_none();
            !is_above
                && !is_told
                && !policies.any(|policy| {
                    let is_owners = |role: &String| {
                        role == *owner || role == PUBLIC || catalog.inherits(owner, role)
                    };
                    policy.is_permissive && policy.roles.iter().any(is_owners)
                })
        })
        .map(|(table, owner)| {
            Finding::new(
                table.object(),
                table.place.as_ref(),
                format!("no policy of {} is for its owner {owner}", table.name),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
