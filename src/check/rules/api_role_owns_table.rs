//! requests can run as the owner of a table.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::Subject;

/// The rule.
pub const RULE: Rule = Rule {
    name: "api_role_owns_table",
    level: Level::Error,
    title: "requests can run as the owner of a table",
    doc: "The owner of a table may switch its row-level security off, drop its policies and drop the \
          table, and is above the policies unless they are forced. No request should run as it: let a role \
          own the objects that nobody logs in as and that the server's login is no member of (`alter table \
          … owner to …`).",
    reach: Reach::Both,
    find,
    bad: r"reset role;
create table public.notes (id integer primary key); -- here
alter table public.notes owner to web_user;
",
    good: r"create table public.notes (id integer primary key);
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let Some(roles) = subject.api_roles() else {
        return Vec::new();
    };
    let relations = subject.catalog.relations.values();
    let owned = relations.filter_map(|relation| {
        let owner = relation.owner.as_ref()?;
        let is_reached = roles.contains(owner) || subject.exposure.login.as_ref() == Some(owner);
        is_reached.then_some((relation, owner))
    });
    owned
        .map(|(relation, owner)| {
            Finding::new(
                relation.object(),
                relation.place.as_ref(),
                format!("{owner}, which requests can run as, owns {}", relation.name),
            )
            .because_of([owner])
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
