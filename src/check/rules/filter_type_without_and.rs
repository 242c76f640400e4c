//! a filter type cannot take two conditions.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Composite, Object, Routine, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "filter_type_without_and",
    level: Level::Error,
    title: "a filter type cannot take two conditions",
    doc: "A type of schema `filter` has operators and no function `TYPE_and(a, b)`: a URL that gives the \
          same parameter twice (`from=gte.1&from=lt.5`) is refused, though each of the two is allowed. \
          Write the function: it returns the condition under which both hold (filters.md, \"The contract\").",
    reach: Reach::Both,
    find,
    bad: r"create schema filter;
create type filter.money as (least numeric, most numeric); -- here
create function filter.money_gte(value text) returns filter.money
language sql immutable as $$ select row(value::numeric, null)::filter.money $$;
",
    good: r"create schema filter;
create type filter.money as (least numeric, most numeric);
create function filter.money_gte(value text) returns filter.money
language sql immutable as $$ select row(value::numeric, null)::filter.money $$;
create function filter.money_and(a filter.money, b filter.money) returns filter.money
language sql immutable as $$ select row(greatest(a.least, b.least), least(a.most, b.most))::filter.money $$;
create type filter.plain as (one integer);
",
};

/// The schema that the server looks for filter types in.
pub(super) const SCHEMA: &str = "filter";

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let types = subject.catalog.composites.iter();
    let types = types.filter(|one| one.name.schema == SCHEMA);
    types
        .filter(|one| is_operated(subject, one) && !combines(subject, one))
        .map(|one| {
            Finding::new(
                Object::new("type", &one.name),
                one.place.as_ref(),
                format!(
                    "{} has operators, but no function {0}_and({0}, {0})",
                    one.name
                ),
            )
        })
        .collect()
}

fn makers<'a>(subject: Subject<'a>, of: &'a Composite) -> impl Iterator<Item = &'a Routine> {
    let name = of.name.to_string();
    subject.catalog.routines.iter().filter(move |routine| {
        routine.name.schema == SCHEMA
            && routine.returns == name
            && routine
                .name
                .name
                .strip_prefix(&of.name.name)
                .is_some_and(|rest| rest.starts_with('_'))
    })
}

fn is_operated(subject: Subject<'_>, of: &Composite) -> bool {
    makers(subject, of).any(|routine| match routine.arguments.as_slice() {
        [] => true,
        [only] => only == "text" || only == "text[]",
        _ => false,
    })
}

fn combines(subject: Subject<'_>, of: &Composite) -> bool {
    let name = of.name.to_string();
    makers(subject, of).any(|routine| {
        routine.name.name == format!("{}_and", of.name.name)
            && routine.arguments == [name.as_str(), name.as_str()]
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
