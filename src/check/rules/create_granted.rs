//! requests can run as a role that creates objects.

use super::rule::{Finding, Level, Reach, Rule, who};
use crate::check::model::{Object, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "create_granted",
    level: Level::Error,
    title: "requests can run as a role that creates objects",
    doc: "Everybody, or a role that requests run as, may create objects in a schema. A function or \
          operator made there is found by whoever has the schema in their search_path, and then runs with \
          their rights; in an exposed schema it is a URL as well. `revoke create on schema … from …`; \
          databases made before PostgreSQL 15 give it to everybody on `public`.",
    reach: Reach::Both,
    find,
    bad: r"reset role;
create schema rooms;
grant usage, create on schema rooms to web_user; -- here
",
    good: r"reset role;
create schema rooms;
grant usage on schema rooms to web_user;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let grants = subject.catalog.schema_grants.iter();
    let creating = grants.filter(|grant| {
        grant.verb == "CREATE"
            && (subject.is_anonymous(&grant.role)
                || subject
                    .api_roles()
                    .is_some_and(|roles| roles.contains(&grant.role)))
    });
    creating
        .map(|grant| {
            Finding::new(
                Object::new("schema", &grant.schema),
                grant.place.as_ref(),
                format!(
                    "{} may create objects in schema {}",
                    who(&grant.role),
                    grant.schema
                ),
            )
            .because_of([&grant.role])
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
