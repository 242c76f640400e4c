//! a policy believes what the caller can write.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Policy, Qualified, Subject};
use crate::migrate::{TokenKind, tokens};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Value, visit_expressions};

/// The rule.
pub const RULE: Rule = Rule {
    name: "untrusted_claim",
    level: Level::Error,
    title: "a policy believes what the caller can write",
    doc: "A policy reads, itself or in a function that it calls, the part of the token that users edit themselves (`user_metadata`), or a header \
          or cookie of the request: whoever asks writes it as they like, and the policy lets them. Decide \
          by claims that only the server sets (the role, an identity), or by rows of a table that the \
          caller cannot change.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, team text);
alter table public.notes enable row level security;
create policy select_team on public.notes for select to web_user -- here
using (team = (select current_setting('request.jwt.claims', true)::jsonb -> 'user_metadata' ->> 'team'));
create policy delete_asked on public.notes for delete to web_user -- here
using ((select current_setting('request.headers', true)::jsonb ->> 'x-admin') = 'yes');
create function public.is_admin() returns boolean language sql stable as $$
select (current_setting('request.jwt.claims', true)::jsonb -> 'user_metadata' ->> 'admin')::boolean $$;
create function public.may_edit() returns boolean language sql stable return public.is_admin();
create policy update_all on public.notes for update to web_user using ((select public.may_edit())); -- here
",
    good: r"create table public.notes (id integer primary key, team text);
alter table public.notes enable row level security;
create policy select_team on public.notes for select to web_user
using (team = (select current_setting('request.jwt.claims', true)::jsonb ->> 'team'));
create function public.team() returns text language sql stable as $$
-- not user_metadata
select current_setting('request.jwt.claims', true)::jsonb ->> 'team' $$;
create policy delete_team on public.notes for delete to web_user using (team = (select public.team()));
",
};

/// What the caller writes, as keys of a token, columns of a user, or settings of the request.
const WRITABLE: &[&str] = &[
    "user_metadata",
    "raw_user_meta_data",
    "request.headers",
    "request.cookies",
    "request.header",
    "request.cookie",
];

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let mut bodies = Bodies::new();
    for routine in &subject.catalog.routines {
        bodies.entry(&routine.name).or_default().push(&routine.body);
    }
    let believing = subject.catalog.policies.iter().filter_map(|policy| {
        let said = policy
            .expressions()
            .filter_map(|one| one.parsed.as_deref())
            .find_map(|condition| {
                writable(condition).or_else(|| in_called(&bodies, policy, condition))
            })?;
        Some((policy, said))
    });
    believing
        .map(|(policy, said)| {
            Finding::new(
                policy.object(),
                policy.place.as_ref(),
                format!(
                    "policy {} decides by {said}, which the caller writes",
                    policy.name
                ),
            )
        })
        .collect()
}

fn writable(condition: &Expr) -> Option<&'static str> {
    let mut found = None;
    let _ = visit_expressions(condition, |expression| {
        found = match expression {
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) => known(text),
                _ => None,
            },
            Expr::Identifier(name) => known(&name.value),
            Expr::CompoundIdentifier(names) => names.last().and_then(|name| known(&name.value)),
            _ => None,
        };
        if found.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    found
}

type Bodies<'a> = BTreeMap<&'a Qualified, Vec<&'a str>>;

/// What the functions read that the condition calls, and those that they call: of any number of arguments, and by
/// their names alone.
fn in_called(bodies: &Bodies<'_>, policy: &Policy, condition: &Expr) -> Option<&'static str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![(condition.to_string(), policy.search_path.clone())];
    while let Some((text, path)) = open.pop() {
        let tokens = tokens(&text);
        for (at, token) in tokens.iter().enumerate() {
            let Some(name) = token.name().filter(|_| {
                let next = tokens.get(at + 1);
                next.is_some_and(|next| next.is_symbol("("))
            }) else {
                continue;
            };
            let dot = at.checked_sub(1).and_then(|dot| tokens.get(dot));
            let called: Vec<_> = if dot.is_some_and(|dot| dot.is_symbol(".")) {
                let schema = at
                    .checked_sub(2)
                    .and_then(|schema| tokens.get(schema)?.name());
                schema
                    .into_iter()
                    .map(|schema| Qualified::new(schema, &name))
                    .collect()
            } else {
                path.iter()
                    .map(|schema| Qualified::new(schema, &name))
                    .collect()
            };
            let Some(called) = called.into_iter().find(|name| bodies.contains_key(name)) else {
                continue;
            };
            let is_new = seen.insert(called.clone());
            for body in bodies.get(&called).into_iter().flatten() {
                if let Some(said) = in_body(body) {
                    return Some(said);
                }
                if is_new {
                    // The path of its caller is not known: mostly functions call those beside them.
                    let mut path = policy.search_path.clone();
                    path.push(called.schema.clone());
                    open.push(((*body).to_owned(), path));
                }
            }
        }
    }
    None
}

/// In names and texts; a comment decides nothing.
fn in_body(body: &str) -> Option<&'static str> {
    let tokens = tokens(body);
    tokens
        .iter()
        .filter(|token| token.kind != TokenKind::Comment)
        .find_map(|token| known(token.inside().unwrap_or(token.text)))
}

/// `'{user_metadata,team}'` is a path that leads there, `request.header.x-team` one of them.
fn known(text: &str) -> Option<&'static str> {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    words.find_map(|word| {
        WRITABLE.iter().copied().find(|known| {
            word.strip_prefix(known)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
