//! a table with a URL has no primary key.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{RelationKind, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "no_primary_key",
    level: Level::Info,
    title: "a table with a URL has no primary key",
    doc: "Without a primary key a row of an exposed table cannot be named: PUT and upserts do not know \
          which row is meant, pages have no order that stays, and two rows can be the same. Add one: \
          `alter table … add primary key (…)`, or `add column id bigint generated always as identity \
          primary key`.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (body text); -- here
",
    good: r"create table public.notes (id bigint generated always as identity primary key, body text);
create table public.pairs (a integer, b integer, primary key (a, b));
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let tables = subject.catalog.tables();
    let nameless = tables.filter(|table| {
        !table.has_primary_key
            && table.kind == RelationKind::Table
            && subject.exposure.shows(&table.name)
    });
    nameless
        .map(|table| {
            Finding::new(
                table.object(),
                table.place.as_ref(),
                format!("{} has no primary key", table.name),
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
