//! an index that there is already.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::Subject;
use std::collections::BTreeMap;

/// The rule.
pub const RULE: Rule = Rule {
    name: "duplicate_index",
    level: Level::Warn,
    title: "an index that there is already",
    doc: "Two indexes of a table have the same columns, method, order and condition: each write keeps \
          both, and one of them is never needed. Drop one of the two, not the one that a constraint rests \
          on; a unique one also serves whoever only reads.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text);
create index notes_owner_idx on public.notes (owner);
create index notes_by_owner on public.notes using btree (owner asc); -- here
create index notes_id_idx on public.notes (id); -- here
",
    good: r"create table public.notes (id integer primary key, owner text);
create index notes_owner_idx on public.notes (owner);
create index notes_open_idx on public.notes (owner) where id > 5;
create index notes_owner_id_idx on public.notes (owner, id desc);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let mut alike: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for index in &subject.catalog.indexes {
        let key = (&index.relation, &index.definition);
        alike.entry(key).or_default().push(index);
    }
    alike
        .into_values()
        .flat_map(|mut indexes| {
            // The one to keep comes first: that of a constraint, a unique one, the older one.
            indexes.sort_by_key(|index| {
                (
                    !index.is_constraint,
                    !index.is_unique,
                    index.place.clone(),
                    index.name.clone(),
                )
            });
            let kept = indexes.first().copied();
            indexes.into_iter().skip(1).filter_map(move |index| {
                let kept = kept?;
                Some(Finding::new(
                    index.object(),
                    index.place.as_ref(),
                    format!("{} is the same index as {}", index.name, kept.name),
                ))
            })
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
