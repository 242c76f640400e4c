//! a foreign key without an index.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{ForeignKey, Index, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub const RULE: Rule = Rule {
    name: "unindexed_foreign_key",
    level: Level::Warn,
    title: "a foreign key without an index",
    doc: "No index begins with the columns of a foreign key: deleting or renumbering a row that is \
          referred to reads the whole referring table, under a lock, and so do joins and embedding \
          (`select=*,notes(*)`) from that side. `create index on … (…)`; a partial one `where … is not \
          null` serves as well.",
    reach: Reach::Both,
    find,
    bad: r"create table public.people (id integer primary key);
create table public.notes (id integer primary key, person integer references public.people (id)); -- here
",
    good: r"create table public.people (id integer primary key);
create table public.notes (
    id integer primary key,
    person integer references public.people (id),
    editor integer references public.people (id)
);
create index on public.notes (person, id);
create index on public.notes (editor) where editor is not null;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let catalog = subject.catalog;
    let keys = catalog.foreign_keys.iter();
    let mut indexes: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for index in &catalog.indexes {
        indexes.entry(&index.relation).or_default().push(index);
    }
    let bare = keys.filter(|key| {
        let of_table = indexes.get(&key.relation);
        !of_table.is_some_and(|all| all.iter().any(|index| serves(index, key)))
    });
    bare.map(|key| {
        Finding::new(
            key.object(),
            key.place.as_ref(),
            format!(
                "no index of {} begins with {}, which refers to {}",
                key.relation,
                key.columns.join(", "),
                key.target
            ),
        )
    })
    .collect()
}

/// Its first columns are those of the key, in any order, for every row that refers to something.
fn serves(index: &Index, key: &ForeignKey) -> bool {
    let first: BTreeSet<_> = index
        .columns
        .iter()
        .take(key.columns.len())
        .map(Option::as_ref)
        .collect();
    index.relation == key.relation
        && first == key.columns.iter().map(Some).collect()
        && index
            .predicate
            .as_ref()
            .is_none_or(|predicate| is_not_null(predicate, &key.columns))
}

/// `(person IS NOT NULL)`
fn is_not_null(predicate: &str, columns: &[String]) -> bool {
    let bare = predicate.replace(['(', ')', '"'], "").to_lowercase();
    let mut conditions = bare.split(" and ");
    conditions.all(|condition| {
        let column = condition.trim().strip_suffix(" is not null");
        column.is_some_and(|column| columns.iter().any(|one| one.to_lowercase() == column))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
