//! a policy asks once a row what does not depend on the row.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Catalog, Subject};
use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Function, Query, SetExpr, Visit, Visitor, visit_expressions};

/// The rule.
pub const RULE: Rule = Rule {
    name: "claim_per_row",
    level: Level::Warn,
    title: "a policy asks once a row what does not depend on the row",
    doc: "A policy calls a function such as `current_setting('request.jwt.claims')` or one that reads the \
          token, with nothing of the row for an argument, and not within a sub-select: PostgreSQL calls it \
          for every row that it looks at. In a sub-select, `(select current_setting(…))`, it is called \
          once a statement and its answer can be looked up in an index. Within `exists (select … from …)` \
          the same holds once more: there, too, it wants a sub-select of its own.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy select_own on public.notes for select to web_user -- here
using (owner = current_setting('request.jwt.claims', true)::json ->> 'name');
",
    good: r"create function public.is_open(note integer) returns boolean language sql stable as $$ select note > 0 $$;
create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy select_own on public.notes for select to web_user
using (owner = (select current_setting('request.jwt.claims', true)::json ->> 'name') and public.is_open(id));
create policy select_new on public.notes for select to web_anon using (id > 5 and now() > '2020-01-01');
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let policies = subject.catalog.policies.iter();
    let asking = policies.filter_map(|policy| {
        let call = policy
            .expressions()
            .filter_map(|one| one.parsed.as_deref())
            .find_map(|condition| bare_call(subject.catalog, condition))?;
        Some((policy, call))
    });
    asking
        .map(|(policy, call)| {
            Finding::new(
                policy.object(),
                policy.place.as_ref(),
                format!(
                    "policy {} of {} calls {call} once a row; write (select {call}(…))",
                    policy.name, policy.relation
                ),
            )
        })
        .collect()
}

/// Walks down, remembering the sub-selects around.
struct Walk<'a> {
    catalog: &'a Catalog,
    /// For each query around: it has no FROM, so it is evaluated once.
    once: Vec<bool>,
}

fn bare_call(catalog: &Catalog, condition: &Expr) -> Option<String> {
    let mut walk = Walk {
        catalog,
        once: Vec::new(),
    };
    match condition.visit(&mut walk) {
        ControlFlow::Break(call) => Some(call),
        ControlFlow::Continue(()) => None,
    }
}

impl Visitor for Walk<'_> {
    type Break = String;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<String> {
        let is_once =
            matches!(query.body.as_ref(), SetExpr::Select(select) if select.from.is_empty());
        self.once.push(is_once);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<String> {
        self.once.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<String> {
        match expression {
            Expr::Function(call)
                if !self.once.contains(&true)
                    && is_costly(self.catalog, call)
                    && !is_about_the_row(call) =>
            {
                ControlFlow::Break(call.name.to_string())
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

/// `current_setting`, and whatever somebody wrote, unless it is worked out beforehand.
fn is_costly(catalog: &Catalog, call: &Function) -> bool {
    let parts: Option<Vec<_>> = call.name.0.iter().map(|part| part.as_ident()).collect();
    let names = parts.unwrap_or_default();
    let (schema, name) = match names.as_slice() {
        [name] => (None, &name.value),
        [schema, name] => (Some(&schema.value), &name.value),
        _ => return false,
    };
    let mut known = catalog.routines.iter().filter(|routine| {
        routine.name.name == *name && schema.is_none_or(|schema| routine.name.schema == *schema)
    });
    let known = known.next();
    match schema.map(String::as_str) {
        Some("pg_catalog") | None if name.eq_ignore_ascii_case("current_setting") => true,
        Some("pg_catalog" | "information_schema") => false,
        None => known.is_some_and(|routine| !routine.is_immutable),
        Some(_) => known.is_none_or(|routine| !routine.is_immutable),
    }
}

fn is_about_the_row(call: &Function) -> bool {
    visit_expressions(&call.args, |expression| match expression {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    })
    .is_break()
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
