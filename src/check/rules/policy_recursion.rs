//! policies look at each other in a circle.

use super::rule::{Finding, Level, Reach, Rule, who};
use crate::check::model::{Catalog, Command, Policy, Qualified, RelationKind, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use sqlparser::ast::{Ident, visit_relations};

/// The rule.
pub const RULE: Rule = Rule {
    name: "policy_recursion",
    level: Level::Error,
    title: "policies look at each other in a circle",
    doc: "A policy for SELECT reads a table, itself or through a `security_invoker` view, whose own \
          policies, for the same role, lead back to it. \
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
create schema app;
set search_path = app, public;
create table app.shops (id integer primary key);
create view my_shops with (security_invoker = 'T') as select id from shops;
alter table shops enable row level security;
create policy select_my on shops for select to web_user -- here
using (id in (select s.id from my_shops as s));
",
    good: r"create table public.teams (id integer primary key);
create table public.members (team integer, name text);
alter table public.teams enable row level security;
alter table public.members enable row level security;
create policy select_own on public.teams for select to web_user
using (exists (select from public.members as m where m.team = id and m.name = current_user));
create policy select_self on public.members for select to web_user using (name = current_user);
create view public.all_teams as select id from public.teams;
create policy select_listed on public.teams for select to web_user
using (id in (select a.id from public.all_teams as a));
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let reading: Vec<_> = subject
        .catalog
        .policies
        .iter()
        .filter(|policy| matches!(policy.command, Command::All | Command::Select))
        .map(|policy| (policy, read(subject.catalog, policy)))
        .filter(|(_, read)| !read.is_empty())
        .collect();
    let graph = Graph::of(subject.catalog, &reading);
    let circling = reading.iter().filter_map(|(policy, read)| {
        let role = policy.roles.iter().find(|role| {
            let back = |from: &Qualified| graph.leads_back(from, &policy.relation, role);
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

/// What reading a relation makes PostgreSQL read as well.
struct Graph<'a> {
    catalog: &'a Catalog,
    policies: BTreeMap<&'a Qualified, Vec<&'a Reading<'a>>>,
}

impl<'a> Graph<'a> {
    fn of(catalog: &'a Catalog, reading: &'a [Reading<'a>]) -> Self {
        let mut policies: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for one in reading {
            policies.entry(&one.0.relation).or_default().push(one);
        }
        Self { catalog, policies }
    }

    fn leads_back(&self, from: &Qualified, to: &Qualified, role: &str) -> bool {
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(here) = open.pop() {
            if here == to {
                return true;
            }
            let policies = self.policies.get(here).into_iter().flatten();
            let by_policies = policies
                .filter(|(policy, _)| policy.is_for(Command::Select, role))
                .flat_map(|(_, read)| read);
            open.extend(
                by_policies
                    .chain(self.through_view(here))
                    .filter(|next| seen.insert(*next)),
            );
        }
        false
    }

    /// What a view reads as whoever asks. Of what one reads as its owner, only what other views read as whoever
    /// asks: they ask for themselves, however deep they stand.
    fn through_view(&self, name: &Qualified) -> impl Iterator<Item = &'a Qualified> {
        let is_view = |name: &Qualified| {
            let relation = self.catalog.relations.get(name);
            relation.is_some_and(|relation| relation.kind == RelationKind::View)
        };
        let view = self.catalog.relations.get(name);
        view.filter(|view| view.kind == RelationKind::View)
            .into_iter()
            .flat_map(move |view| {
                let reads = view.reads.iter();
                reads.filter(move |read| view.is_invoker || is_view(read))
            })
    }
}

fn read(catalog: &Catalog, policy: &Policy) -> BTreeSet<Qualified> {
    let mut found = BTreeSet::new();
    for condition in policy.using.iter().filter_map(|one| one.parsed.as_ref()) {
        let _ = visit_relations(condition.as_ref(), |name| {
            let parts: Option<Vec<_>> = name.0.iter().map(|part| part.as_ident()).collect();
            match parts.unwrap_or_default().as_slice() {
                [name] => {
                    let schemas = policy.search_path.iter();
                    let mut names = schemas.map(|schema| Qualified::new(schema, kept(name)));
                    found.extend(names.find(|name| catalog.relations.contains_key(name)));
                }
                [schema, name] => {
                    found.insert(Qualified::new(kept(schema), kept(name)));
                }
                _ => {}
            }
            ControlFlow::<()>::Continue(())
        });
    }
    found
}

/// A name as Postgres keeps it.
fn kept(name: &Ident) -> String {
    match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
