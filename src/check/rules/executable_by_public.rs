//! everybody may call a function because nobody said otherwise.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{PUBLIC, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "executable_by_public",
    level: Level::Warn,
    title: "everybody may call a function because nobody said otherwise",
    doc: "PostgreSQL lets everybody call a new function. In an exposed schema it is a URL for everybody \
          from then on, also without a token, whether that was meant or not. `revoke execute on function … \
          from public`, then grant it to the roles that need it; and see default_privileges_to_public, so \
          that the next one is not open again. Functions for triggers are left out: nobody can call them.",
    reach: Reach::Both,
    find,
    bad: r"alter default privileges for role web_owner grant execute on functions to public;
create function public.add(a integer, b integer) returns integer language sql as $$ select a + b $$; -- here
",
    good: r"create function public.add(a integer, b integer) returns integer language sql as $$ select a + b $$;
grant execute on function public.add(integer, integer) to web_anon, web_user;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let routines = subject.catalog.routines.iter();
    // definer_callable_by_anon says it of definers.
    let open = routines.filter(|routine| {
        routine.is_granted_to(PUBLIC)
            && !routine.is_definer
            && !routine.is_trigger
            && subject.exposure.shows(&routine.name)
    });
    open.map(|routine| {
        Finding::new(
            routine.object(),
            routine.place.as_ref(),
            format!("everybody may call {}", routine.name),
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
