//! a policy is for everybody.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{PUBLIC, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "policy_to_public",
    level: Level::Warn,
    title: "a policy is for everybody",
    doc: "A policy without `to` counts for every role there is and every one made later, for those without \
          a token as well, and is evaluated for all of them. Name the role that it was written for: `to \
          member`. Restrictive policies are left out: they take away, and from everybody is often right.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy select_own on public.notes for select using (owner = current_user); -- here
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy select_own on public.notes for select to web_user using (owner = current_user);
create policy not_hidden on public.notes as restrictive for select using (owner <> 'nobody');
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let policies = subject.catalog.policies.iter();
    let for_all = policies
        .filter(|policy| policy.is_permissive && policy.roles.iter().any(|role| role == PUBLIC));
    for_all
        .map(|policy| {
            Finding::new(
                policy.object(),
                policy.place.as_ref(),
                format!(
                    "policy {} of {} is for every role",
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
