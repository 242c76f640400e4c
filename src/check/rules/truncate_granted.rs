//! a role has a right that policies do not govern.

use super::rule::{Finding, Level, Reach, Rule, who};
use crate::check::model::Subject;
use std::collections::BTreeMap;

/// The rule.
pub const RULE: Rule = Rule {
    name: "truncate_granted",
    level: Level::Warn,
    title: "a role has a right that policies do not govern",
    doc: "Policies are about SELECT, INSERT, UPDATE and DELETE. Whoever has TRUNCATE empties the table \
          whatever they say; with TRIGGER one runs code of one's own when others write; with REFERENCES a \
          foreign key tells whether rows exist that one does not see. `grant all` gives all three. Revoke \
          them: `revoke truncate, references, trigger on … from …`.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key);
alter table public.notes enable row level security;
grant all on public.notes to web_user; -- here
",
    good: r"create table public.notes (id integer primary key);
alter table public.notes enable row level security;
grant select, insert, update, delete on public.notes to web_user;
",
};

const BEYOND: [&str; 3] = ["TRUNCATE", "REFERENCES", "TRIGGER"];

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for table in subject.catalog.tables() {
        let beyond = table.grants.iter().filter(|grant| {
            BEYOND.contains(&grant.verb.as_str()) && subject.is_api_role(&grant.role)
        });
        let mut by_role: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for grant in beyond {
            by_role.entry(&grant.role).or_default().push(grant);
        }
        for (role, grants) in by_role {
            let mut verbs: Vec<_> = grants.iter().map(|grant| grant.verb.as_str()).collect();
            verbs.sort_unstable();
            verbs.dedup();
            let place = grants.iter().find_map(|grant| grant.place.as_ref());
            found.push(
                Finding::new(
                    table.object(),
                    place.or(table.place.as_ref()),
                    format!("{} has {} on {}", who(role), verbs.join(", "), table.name),
                )
                .because_of([role]),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
