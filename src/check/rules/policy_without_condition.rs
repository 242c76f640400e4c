//! a policy says nothing.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Command, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "policy_without_condition",
    level: Level::Warn,
    title: "a policy says nothing",
    doc: "A policy lacks the condition that its verb is held against: WITH CHECK for INSERT, USING for \
          SELECT, UPDATE and DELETE. A permissive one then allows nothing and a restrictive one forbids \
          nothing, though it looks as if it did. Write the condition, `using (true)` if any row is meant, \
          or drop the policy.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy insert_own on public.notes for insert to web_user; -- here
create policy update_own on public.notes for update to web_user with check (owner = current_user); -- here
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy insert_own on public.notes for insert to web_user with check (owner = current_user);
create policy update_own on public.notes for update to web_user
using (owner = current_user) with check (owner = current_user);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let policies = subject.catalog.policies.iter();
    let empty = policies.filter_map(|policy| {
        let (clause, is_there) = match policy.command {
            Command::Insert => ("WITH CHECK", policy.check.is_some()),
            _ => ("USING", policy.using.is_some()),
        };
        (!is_there).then_some((policy, clause))
    });
    empty
        .map(|(policy, clause)| {
            Finding::new(
                policy.object(),
                policy.place.as_ref(),
                format!(
                    "policy {} for {} of {} has no {clause}",
                    policy.name,
                    policy.command.text(),
                    policy.relation
                ),
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
