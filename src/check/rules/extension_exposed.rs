//! an extension lives in an exposed schema.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Object, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "extension_exposed",
    level: Level::Warn,
    title: "an extension lives in an exposed schema",
    doc: "Every function of an extension that is installed in an exposed schema is a URL, and by \
          PostgreSQL's default everybody may call it. Give extensions a schema of their own: `create \
          extension … with schema extensions`, or `alter extension … set schema …`, and name that schema \
          in `db-extra-search-path` where requests need its operators.",
    reach: Reach::Both,
    find,
    bad: r"reset role;
create extension pgcrypto schema public; -- here
",
    good: r"reset role;
create schema extensions;
create extension pgcrypto schema extensions;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let extensions = subject.catalog.extensions.iter();
    let shown = extensions.filter(|one| subject.exposure.schemas.contains(&one.schema));
    shown
        .map(|one| {
            Finding::new(
                Object::new("extension", &one.name),
                one.place.as_ref(),
                format!(
                    "extension {} is in schema {}, which is exposed",
                    one.name, one.schema
                ),
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
