//! what is made next is everybody's.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Object, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "default_privileges_to_public",
    level: Level::Warn,
    title: "what is made next is everybody's",
    doc: "What a role makes from now on can be used by everybody: functions because that is PostgreSQL's \
          default, which this owner never revoked, or anything else because `alter default privileges` \
          says so. One forgotten `revoke` is then enough to open a door. `alter default privileges for \
          role … revoke execute on functions from public`, once for each role that makes objects (without \
          `in schema`: a default of one schema can only add).",
    reach: Reach::Both,
    find,
    bad: r"reset role;
alter default privileges for role web_user grant select on tables to public; -- here
",
    good: r"alter default privileges for role web_owner revoke execute on functions from public;
alter default privileges for role web_owner grant select on tables to web_user;
create function public.one() returns integer language sql as $$ select 1 $$;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let open = subject.catalog.default_privileges.iter();
    open.map(|one| {
        let owner = one.owner.as_deref().unwrap_or("the owner");
        let within = one.schema.as_ref();
        let within = within.map_or_else(String::new, |schema| format!(" in schema {schema}"));
        let why = if one.is_built_in {
            "PostgreSQL's default, never revoked"
        } else {
            "alter default privileges"
        };
        Finding::new(
            Object::new(
                "default privileges",
                format_args!("{} of {owner}{within}", one.kind),
            ),
            one.place.as_ref(),
            format!(
                "{} that {owner} makes{within} are everybody's ({why})",
                one.kind
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
