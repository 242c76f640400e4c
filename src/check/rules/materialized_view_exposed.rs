//! a materialized view has a URL.

use super::rule::{Finding, Level, Reach, Rule, who};
use crate::check::model::{Relation, RelationKind, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "materialized_view_exposed",
    level: Level::Warn,
    title: "a materialized view has a URL",
    doc: "Materialized views know no row-level security: whoever may read one reads all of it, whatever \
          the policies of the tables are that it was made from. Keep it in a schema that is not exposed, \
          and show it through a view or function that says who sees what; where its rows are for everybody \
          who may read it, an exclusion says so.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key);
alter table public.notes enable row level security;
create materialized view public.totals as select count(*) as notes from public.notes; -- here
grant select on public.totals to web_user;
",
    good: r"create table public.notes (id integer primary key);
alter table public.notes enable row level security;
create materialized view public.totals as select count(*) as notes from public.notes;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    readable(subject, RelationKind::Materialized)
        .map(|(relation, roles)| {
            let names: Vec<_> = roles.iter().map(|role| who(role)).collect();
            Finding::new(
                relation.object(),
                relation.place.as_ref(),
                format!("{} may read all of {}", names.join(", "), relation.name),
            )
            .because_of(roles)
        })
        .collect()
}

/// Exposed relations of a kind, with the roles that may read them.
pub(super) fn readable(
    subject: Subject<'_>,
    kind: RelationKind,
) -> impl Iterator<Item = (&Relation, Vec<&String>)> {
    let shown =
        subject.catalog.relations.values().filter(move |relation| {
            relation.kind == kind && subject.exposure.shows(&relation.name)
        });
    shown.filter_map(move |relation| {
        let mut roles: Vec<_> = relation
            .grants
            .iter()
            .filter(|grant| grant.verb == "SELECT" && subject.is_api_role(&grant.role))
            .map(|grant| &grant.role)
            .collect();
        roles.sort();
        roles.dedup();
        (!roles.is_empty()).then_some((relation, roles))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
