//! a policy believes what the caller can write.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::Subject;
use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Value, visit_expressions};

/// The rule.
pub const RULE: Rule = Rule {
    name: "untrusted_claim",
    level: Level::Error,
    title: "a policy believes what the caller can write",
    doc: "A policy reads the part of the token that users edit themselves (`user_metadata`), or a header \
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
",
    good: r"create table public.notes (id integer primary key, team text);
alter table public.notes enable row level security;
create policy select_team on public.notes for select to web_user
using (team = (select current_setting('request.jwt.claims', true)::jsonb ->> 'team'));
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
    let believing = subject.catalog.policies.iter().filter_map(|policy| {
        let said = policy
            .expressions()
            .filter_map(|one| one.parsed.as_deref())
            .find_map(writable)?;
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
