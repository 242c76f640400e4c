//! a policy lets a role write any row.

use super::rule::{Finding, Level, Reach, Rule, who};
use crate::check::model::{Command, Expression, Policy, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "always_true_policy",
    level: Level::Warn,
    title: "a policy lets a role write any row",
    doc: "A permissive policy for INSERT, UPDATE, DELETE or ALL holds whatever the row is: `using (true)`, \
          `with check (1 = 1)`. The role may then change or add everything, and other policies for it say \
          nothing any more. Say whose rows are meant, `using (owner_id = (select …))`. A role whose \
          holders are trusted with every row, such as the owner of the table (which is never found), is \
          better named in an exclusion than overlooked. Reading is left out: much is meant to be read by \
          all.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy update_any on public.notes for update to web_user using (true); -- here
create policy insert_any on public.notes for insert to web_user with check (1 = 1); -- here
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create policy all_owner on public.notes for all to web_owner using (true) with check (true);
create policy select_any on public.notes for select to web_user using (true);
create policy update_own on public.notes for update to web_user
using (owner = current_user) with check (owner = current_user);
create policy only_open on public.notes as restrictive for update to web_user using (true);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let policies = subject.catalog.policies.iter();
    let open = policies.filter(|policy| policy.is_permissive && is_open(policy));
    open.filter_map(|policy| {
        let relation = subject.catalog.relations.get(&policy.relation);
        let owner = relation.and_then(|relation| relation.owner.as_ref());
        let others: Vec<_> = policy
            .roles
            .iter()
            .filter(|role| Some(*role) != owner)
            .collect();
        (!others.is_empty()).then(|| finding(policy, &others))
    })
    .collect()
}

/// The rows that it reaches, and those that it makes, are any.
fn is_open(policy: &Policy) -> bool {
    let is_true =
        |condition: &Option<Expression>| condition.as_ref().map(Expression::is_always_true);
    match policy.command {
        Command::Select => false,
        Command::Insert => is_true(&policy.check) == Some(true),
        Command::Delete => is_true(&policy.using) == Some(true),
        // Without WITH CHECK, USING is both.
        Command::Update | Command::All => {
            is_true(&policy.using) == Some(true) && is_true(&policy.check) != Some(false)
        }
    }
}

fn finding(policy: &Policy, roles: &[&String]) -> Finding {
    let names: Vec<_> = roles.iter().map(|role| who(role)).collect();
    Finding::new(
        policy.object(),
        policy.place.as_ref(),
        format!(
            "policy {} lets {} {} any row of {}",
            policy.name,
            names.join(", "),
            policy.command.text(),
            policy.relation
        ),
    )
    .because_of(roles.iter().copied())
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
