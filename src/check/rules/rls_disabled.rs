//! a table with a URL has no row-level security.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{RelationKind, Subject, Switch};

/// The rule.
pub const RULE: Rule = Rule {
    name: "rls_disabled",
    level: Level::Error,
    title: "a table with a URL has no row-level security",
    doc: "A table in an exposed schema without row-level security shows every row to every role that has \
          the verb, and a grant made in haste is all that it takes. Switch it on (`alter table … enable \
          row level security`), force it for the owner as well, and write a policy for each role and verb; \
          a table that no request should reach belongs into a schema that is not exposed.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, body text); -- here
",
    good: r"create table public.notes (id integer primary key, body text);
alter table public.notes enable row level security;
create schema inner_rooms;
create table inner_rooms.drafts (id integer primary key);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let open = subject.catalog.tables().filter(|table| {
        table.row_security == Switch::Off
            && table.kind != RelationKind::Partition
            && subject.exposure.shows(&table.name)
    });
    open.map(|table| {
        Finding::new(
            table.object(),
            table.place.as_ref(),
            format!("row-level security is off on {}", table.name),
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
