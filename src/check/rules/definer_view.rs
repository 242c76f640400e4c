//! a view shows rows past the policies of its tables.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Catalog, Qualified, Relation, RelationKind, Subject, Switch};
use std::collections::BTreeSet;

/// The rule.
pub const RULE: Rule = Rule {
    name: "definer_view",
    level: Level::Error,
    title: "a view shows rows past the policies of its tables",
    doc: "A view asks its tables with the rights of the view's owner unless it says `security_invoker`, so \
          the caller's policies do not count: whoever may read the view reads rows that they may not read \
          in the table. Say `create view … with (security_invoker = true)`, or `alter view … set \
          (security_invoker = true)`; a view that is meant to show more than the caller sees is better a \
          function that says whom it serves.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create view public.note_numbers as select id from public.notes; -- here
create view public.note_count as select count(*) as notes from public.note_numbers; -- here
",
    good: r"create table public.notes (id integer primary key, owner text);
alter table public.notes enable row level security;
create view public.note_numbers with (security_invoker = true) as select id from public.notes;
create table public.moods (mood text primary key);
create view public.all_moods as select mood from public.moods;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let views = subject.catalog.relations.values().filter(|relation| {
        let is_granted = relation
            .grants
            .iter()
            .any(|grant| subject.is_api_role(&grant.role));
        relation.kind == RelationKind::View
            && !relation.is_invoker
            && (is_granted || subject.exposure.shows(&relation.name))
    });
    views
        .filter_map(|view| Some((view, protected(subject.catalog, view)?)))
        .map(|(view, table)| {
            Finding::new(
                view.object(),
                view.place.as_ref(),
                format!(
                    "{} reads {table} with its owner's rights, past the policies of whoever asks",
                    view.name
                ),
            )
        })
        .collect()
}

/// A table with row-level security that the view reads, through other views as well.
fn protected<'a>(catalog: &'a Catalog, view: &'a Relation) -> Option<&'a Qualified> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<_> = view.reads.iter().collect();
    while let Some(name) = open.pop() {
        let Some(relation) = catalog.relations.get(name).filter(|_| seen.insert(name)) else {
            continue;
        };
        match relation.kind {
            RelationKind::View => open.extend(&relation.reads),
            _ if relation.is_table() && relation.row_security != Switch::Off => return Some(name),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
