//! a column of a function's result cannot be filtered.

use super::filter_type_without_and::SCHEMA;
use super::rule::{Finding, Level, Reach, Rule};
use crate::check::files::is_same_type;
use crate::check::model::{Composite, Subject};
use std::collections::BTreeSet;

/// The rule.
pub const RULE: Rule = Rule {
    name: "output_named_as_filter",
    level: Level::Warn,
    title: "a column of a function's result cannot be filtered",
    doc: "A function takes a composite of filter types, and one of the columns that it returns has the \
          name of one of the filters. A URL parameter of that name is the filter, which is asked before \
          the function counts; the column can then not be filtered at all, though every other column of \
          the result can. Give the column another name (widgets.md).",
    reach: Reach::Both,
    find,
    bad: r"create schema filter;
create type filter.words as (included text[]);
create type public.note_filter as (mood filter.words);
create function public.notes_by_mood(where_notes public.note_filter) -- here
returns table (mood text, notes bigint) language sql stable as $$ select 'good', 1::bigint $$;
",
    good: r"create schema filter;
create type filter.words as (included text[]);
create type public.note_filter as (mood filter.words);
create function public.notes_by_mood(where_notes public.note_filter)
returns table (mood_name text, notes bigint) language sql stable as $$ select 'good', 1::bigint $$;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let filters: Vec<_> = subject
        .catalog
        .composites
        .iter()
        .filter(|one| is_filter(one))
        .collect();
    let mut found = Vec::new();
    let shown = subject
        .catalog
        .routines
        .iter()
        .filter(|routine| subject.exposure.shows(&routine.name));
    for routine in shown {
        let taken = filters.iter().filter(|filter| {
            let name = filter.name.to_string();
            routine.arguments.iter().any(|of| is_same_type(of, &name))
        });
        let clashes = taken.flat_map(|filter| &filter.attributes);
        let clashes: BTreeSet<_> = clashes
            .map(|(name, _)| name)
            .filter(|name| routine.outputs.contains(name))
            .collect();
        found.extend(clashes.into_iter().map(|name| {
            Finding::new(
                routine.object(),
                routine.place.as_ref(),
                format!(
                    "{} returns {name}, which is the name of its filter",
                    routine.name
                ),
            )
        }));
    }
    found
}

/// Made of filter types, and of nothing else.
fn is_filter(composite: &Composite) -> bool {
    let mut types = composite.attributes.iter().map(|(_, of)| of);
    !composite.attributes.is_empty()
        && types.all(|of| {
            of.split_once('.')
                .is_some_and(|(schema, _)| schema == SCHEMA)
        })
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
