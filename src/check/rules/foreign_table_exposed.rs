//! a foreign table has a URL.

use super::materialized_view_exposed::readable;
use super::rule::{Finding, Level, Reach, Rule, who};
use crate::check::model::{RelationKind, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "foreign_table_exposed",
    level: Level::Warn,
    title: "a foreign table has a URL",
    doc: "Foreign tables know no row-level security, and a query of them is a query of another server with \
          the credentials of the user mapping: whoever may read one reads all that those can. Keep it in a \
          schema that is not exposed, and show it through a function that says who sees what.",
    reach: Reach::Both,
    find,
    bad: r"reset role;
create foreign data wrapper nowhere;
create server far foreign data wrapper nowhere;
create foreign table public.far_notes (id integer) server far; -- here
grant select on public.far_notes to web_user;
",
    good: r"reset role;
create foreign data wrapper nowhere;
create server far foreign data wrapper nowhere;
create schema far_away;
create foreign table far_away.notes (id integer) server far;
grant select on far_away.notes to web_user;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    readable(subject, RelationKind::Foreign)
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

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
