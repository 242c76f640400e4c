//! policies look at each other in a circle.

use super::rule::{Finding, Level, Reach, Rule, who};
use crate::check::model::{Command, Policy, Qualified, Subject};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::visit_relations;

/// The rule.
pub const RULE: Rule = Rule {
    name: "policy_recursion",
    level: Level::Error,
    title: "policies look at each other in a circle",
    doc: "A policy for SELECT reads a table whose own policies, for the same role, lead back to it. \
          PostgreSQL refuses every query of those tables with \"infinite recursion detected in policy\". Let \
          one of them ask a `security definer` function with a pinned search_path instead: it reads past \
          the policies, and should answer no more than the policy needs.",
    reach: Reach::Both,
    find,
    bad: r"create table public.teams (id integer primary key);
create table public.members (team integer, name text);
alter table public.teams enable row level security;
alter table public.members enable row level security;
create policy select_own on public.teams for select to web_user -- here
using (exists (select from public.members as m where m.team = id and m.name = current_user));
create policy select_team on public.members for select to web_user -- here
using (exists (select from public.teams as t where t.id = team));
",
    good: r"create table public.teams (id integer primary key);
create table public.members (team integer, name text);
alter table public.teams enable row level security;
alter table public.members enable row level security;
create policy select_own on public.teams for select to web_user
using (exists (select from public.members as m where m.team = id and m.name = current_user));
create policy select_self on public.members for select to web_user using (name = current_user);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let reading: Vec<_> = subject
        .catalog
        .policies
        .iter()
        .filter(|policy| matches!(policy.command, Command::All | Command::Select))
        .map(|policy| (policy, read(policy)))
        .filter(|(_, read)| !read.is_empty())
        .collect();
    let circling = reading.iter().filter_map(|(policy, read)| {
        let role = policy.roles.iter().find(|role| {
            let back = |from: &Qualified| leads_back(&reading, from, &policy.relation, role);
            read.iter().any(back)
        })?;
        Some((policy, role))
    });
    circling
        .map(|(policy, role)| {
            Finding::new(
                policy.object(),
                policy.place.as_ref(),
                format!(
                    "policy {} reads what leads back to {} for {}",
                    policy.name,
                    policy.relation,
                    who(role)
                ),
            )
            .because_of([role])
        })
        .collect()
}

type Reading<'a> = (&'a Policy, BTreeSet<Qualified>);

fn leads_back(reading: &[Reading<'_>], from: &Qualified, to: &Qualified, role: &str) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(here) = open.pop() {
        if here == to {
            return true;
        }
        let policies = reading
            .iter()
            .filter(|(policy, _)| policy.relation == *here && policy.is_for(Command::Select, role));
        open.extend(
            policies
                .flat_map(|(_, read)| read)
                .filter(|next| seen.insert(*next)),
        );
    }
    false
}

fn read(policy: &Policy) -> BTreeSet<Qualified> {
    let mut found = BTreeSet::new();
    for condition in policy.using.iter().filter_map(|one| one.parsed.as_ref()) {
        let _ = visit_relations(condition.as_ref(), |name| {
            let parts: Option<Vec<_>> = name.0.iter().map(|part| part.as_ident()).collect();
            match parts.unwrap_or_default().as_slice() {
                [name] => found.insert(Qualified::new("public", &name.value)),
                [schema, name] => found.insert(Qualified::new(&schema.value, &name.value)),
                _ => false,
            };
            ControlFlow::<()>::Continue(())
        });
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
