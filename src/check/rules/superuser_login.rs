//! the server's login is above the policies.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Object, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "superuser_login",
    level: Level::Error,
    title: "the server's login is above the policies",
    doc: "The user of `db-uri` is a superuser or has BYPASSRLS. What it may do, every request can come to \
          do whose role was not switched, and it may become any role at all. Make a login that has no \
          rights of its own and is a member of exactly the roles that requests run as: `create role … \
          login noinherit`, `grant … to …`; `alter role … nosuperuser nobypassrls` for the one there is.",
    reach: Reach::Both,
    find,
    bad: r"reset role;
alter role web_login bypassrls; -- here
",
    good: r"reset role;
alter role web_login nobypassrls;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let login = subject.exposure.login.as_ref();
    let login = login.and_then(|login| subject.catalog.roles.get(login));
    let mighty = login.filter(|login| login.is_superuser || login.bypasses_rls);
    mighty
        .map(|login| {
            let what = if login.is_superuser {
                "is a superuser"
            } else {
                "has BYPASSRLS"
            };
            Finding::new(
                Object::new("role", &login.name),
                login.place.as_ref(),
                format!("{}, which the server logs in as, {what}", login.name),
            )
            .because_of([&login.name])
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
