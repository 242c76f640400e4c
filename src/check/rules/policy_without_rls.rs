//! a table has policies that are not in force.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Subject, Switch};

/// The rule.
pub const RULE: Rule = Rule {
    name: "policy_without_rls",
    level: Level::Error,
    title: "a table has policies that are not in force",
    doc: "Policies of a table whose row-level security is off do nothing: whoever wrote them believes that \
          rows are protected, and every role with the verb sees all of them. Switch it on with `alter \
          table … enable row level security`, or drop the policies.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text);
create policy select_own on public.notes for select to web_user using (owner = current_user); -- here
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy select_own on public.notes for select to web_user using (owner = current_user);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let idle = subject.catalog.policies.iter().filter(|policy| {
        let relation = subject.catalog.relations.get(&policy.relation);
        relation.is_some_and(|relation| relation.row_security == Switch::Off)
    });
    idle.map(|policy| {
        Finding::new(
            policy.object(),
            policy.place.as_ref(),
            format!(
                "policy {} does nothing: row-level security is off on {}",
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
