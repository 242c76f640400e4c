//! requests can run as a role that is above the policies.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Object, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "role_above_policies",
    level: Level::Warn,
    title: "requests can run as a role that is above the policies",
    doc: "A role that the server's login may become is a superuser or has BYPASSRLS: whoever holds a token \
          for it sees and changes every row, whatever the policies say. Give it policies that say so \
          (`using (true)`) instead, for then they can be read and restricted like all others; where the \
          role is a machine's on purpose, say so in an exclusion.",
    reach: Reach::Both,
    find,
    bad: r"reset role;
alter role web_user bypassrls; -- here
",
    good: r"reset role;
alter role web_owner bypassrls;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let roles = subject.api_roles().into_iter().flatten();
    let mighty = roles
        .filter_map(|name| subject.catalog.roles.get(name))
        .filter(|role| role.is_superuser || role.bypasses_rls);
    mighty
        .map(|role| {
            let what = if role.is_superuser {
                "is a superuser"
            } else {
                "has BYPASSRLS"
            };
            Finding::new(
                Object::new("role", &role.name),
                role.place.as_ref(),
                format!("{}, which requests can run as, {what}", role.name),
            )
            .because_of([&role.name])
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
