//! anybody can call a function that has its owner's rights.

use super::rule::{Finding, Level, Reach, Rule, who};
use crate::check::model::Subject;

/// The rule.
pub const RULE: Rule = Rule {
    name: "definer_callable_by_anon",
    level: Level::Warn,
    title: "anybody can call a function that has its owner's rights",
    doc: "A `security definer` function in an exposed schema may be called without a token, at `/rpc/`. \
          Whatever it does, it does as its owner, past policies and grants. Revoke it (`revoke execute on \
          function … from public, anon`), make it `security invoker`, or move it to a schema that is not \
          exposed; if it is a door on purpose, an exclusion says what it checks.",
    reach: Reach::Both,
    find,
    bad: r"create function public.reset_all() returns void language sql security definer set search_path = '' -- here
as $$ select $$;
grant execute on function public.reset_all() to web_anon;
",
    good: r"create function public.reset_all() returns void language sql security definer set search_path = ''
as $$ select $$;
revoke all on function public.reset_all() from public;
create function public.version_name() returns text language sql as $$ select 'one' $$;
grant execute on function public.version_name() to web_anon;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let routines = subject.catalog.routines.iter();
    let open = routines.filter_map(|routine| {
        let is_door =
            routine.is_definer && !routine.is_trigger && subject.exposure.shows(&routine.name);
        let mut roles = routine.grants.iter().map(|grant| &grant.role);
        let role = roles.find(|role| subject.is_anonymous(role))?;
        is_door.then_some((routine, role))
    });
    open.map(|(routine, role)| {
        Finding::new(
            routine.object(),
            routine.place.as_ref(),
            format!(
                "{} may call {}, which runs as its owner",
                who(role),
                routine.name
            ),
        )
        .because_of([role])
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
