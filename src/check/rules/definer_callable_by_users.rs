//! people can call a function that has its owner's rights.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::Subject;

/// The rule.
pub const RULE: Rule = Rule {
    name: "definer_callable_by_users",
    level: Level::Info,
    title: "people can call a function that has its owner's rights",
    doc: "A `security definer` function in an exposed schema may be called by whoever has a token of some \
          role. That is how one lets people do a little more than their rights, and also how one lets them \
          do far more: read what the function checks before it acts, and whose rows it touches. Once that \
          was read, say so in an exclusion beside the function, or make it `security invoker`.",
    reach: Reach::Both,
    find,
    bad: r"create function public.reset_own() returns void language sql security definer set search_path = '' -- here
as $$ select $$;
grant execute on function public.reset_own() to web_user;
",
    good: r"create function public.reset_own() returns void language sql security invoker as $$ select $$;
grant execute on function public.reset_own() to web_user;
create function public.not_granted() returns void language sql security definer set search_path = ''
as $$ select $$;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let routines = subject.catalog.routines.iter();
    let doors = routines.filter(|routine| {
        routine.is_definer && !routine.is_trigger && subject.exposure.shows(&routine.name)
    });
    doors
        .filter_map(|routine| {
            let is_open = |role: &&String| subject.is_api_role(role);
            let mut roles: Vec<_> = routine
                .grants
                .iter()
                .map(|grant| &grant.role)
                .filter(is_open)
                .collect();
            // definer_callable_by_anon says it louder.
            if roles.is_empty() || roles.iter().any(|role| subject.is_anonymous(role)) {
                return None;
            }
            roles.sort();
            let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
            let message = format!(
                "{} may call {}, which runs as its owner",
                names.join(", "),
                routine.name
            );
            let finding = Finding::new(routine.object(), routine.place.as_ref(), message);
            Some(finding.because_of(roles))
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
