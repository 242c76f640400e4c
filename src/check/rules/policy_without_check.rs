//! a policy does not say what may be written.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Command, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "policy_without_check",
    level: Level::Info,
    title: "a policy does not say what may be written",
    doc: "A policy for UPDATE or ALL without WITH CHECK holds new rows against USING. That is safe, and it \
          is also what was not thought of: which rows one may reach and what one may make of them are two \
          questions, and whoever changes USING later changes both. Write WITH CHECK as well.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy update_own on public.notes for update to web_user using (owner = current_user); -- here
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy update_own on public.notes for update to web_user
using (owner = current_user) with check (owner = current_user);
create policy delete_own on public.notes for delete to web_user using (owner = current_user);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let policies = subject.catalog.policies.iter();
    let implicit = policies.filter(|policy| {
        matches!(policy.command, Command::Update | Command::All)
            && policy.using.is_some()
            && policy.check.is_none()
    });
    implicit
        .map(|policy| {
            Finding::new(
                policy.object(),
                policy.place.as_ref(),
                format!(
                    "policy {} of {} has no WITH CHECK",
                    policy.name, policy.relation
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
