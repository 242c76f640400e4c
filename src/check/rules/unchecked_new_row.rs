//! a changed row may be any row.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Command, Expression, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "unchecked_new_row",
    level: Level::Warn,
    title: "a changed row may be any row",
    doc: "A policy for UPDATE or ALL says which rows may be changed, and with `with check (true)` that \
          they may be changed into anything: a caller can hand a row to somebody else, or move it into \
          another's account. Repeat the condition in WITH CHECK, or leave WITH CHECK out, which means the \
          same. Where a row is meant to leave one's sight, an exclusion says what keeps it from going \
          anywhere it likes (a grant by column, a trigger).",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy update_own on public.notes for update to web_user -- here
using (owner = current_user) with check (true);
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy update_own on public.notes for update to web_user
using (owner = current_user) with check (owner = current_user);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let policies = subject.catalog.policies.iter();
    let unchecked = policies.filter(|policy| {
        policy.is_permissive
            && matches!(policy.command, Command::Update | Command::All)
            && policy
                .using
                .as_ref()
                .is_some_and(|using| !using.is_always_true())
            && policy
                .check
                .as_ref()
                .is_some_and(Expression::is_always_true)
    });
    unchecked
        .map(|policy| {
            Finding::new(
                policy.object(),
                policy.place.as_ref(),
                format!(
                    "policy {} says which rows of {} may be changed, but not into what",
                    policy.name, policy.relation
                ),
            )
            .because_of(&policy.roles)
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
