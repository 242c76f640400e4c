//! a table shows nothing to anybody.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Subject, Switch};

/// The rule.
pub const RULE: Rule = Rule {
    name: "rls_without_policy",
    level: Level::Warn,
    title: "a table shows nothing to anybody",
    doc: "Row-level security is on and there is no policy, so whoever asks gets no rows, in silence, \
          whatever they were granted. If that is what is meant, it is better to grant nothing; else write \
          the policies, one for each role and verb. Tables that nobody was granted are left out.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key); -- here
alter table public.notes enable row level security;
grant select on public.notes to web_user;
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
grant select on public.notes to web_user;
create policy select_own on public.notes for select to web_user using (owner = current_user);
create table public.closed (id integer primary key);
alter table public.closed enable row level security;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let catalog = subject.catalog;
    let silent = catalog.tables().filter(|table| {
        table.row_security == Switch::On
            && !table.grants.is_empty()
            && catalog.policies_of(&table.name).next().is_none()
    });
    silent
        .map(|table| {
            Finding::new(
                table.object(),
                table.place.as_ref(),
                format!("{} has row-level security and no policy", table.name),
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
