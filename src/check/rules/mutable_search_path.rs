//! a function looks names up where its caller says.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::Subject;

/// The rule.
pub const RULE: Rule = Rule {
    name: "mutable_search_path",
    level: Level::Warn,
    title: "a function looks names up where its caller says",
    doc: "A function without `set search_path` finds the tables, functions and operators that it names \
          where the session looks for them. Of a `security definer` function the caller thereby chooses \
          what it runs with the owner's rights; any other one breaks, or does something else, where the \
          path is another. Say `set search_path = ''` and qualify every name. Functions in SQL that run \
          with the caller's rights are left out: the clause would keep them from being inlined, and they \
          can do nothing that their caller cannot.",
    reach: Reach::Both,
    find,
    bad: r"create function public.count_notes() returns integer language sql stable security definer -- here
as $$ select 1 $$;
create function public.stamp() returns trigger language plpgsql as $$ begin return new; end $$; -- here
",
    good: r"create function public.count_notes() returns integer language sql stable security definer
set search_path = ''
as $$ select 1 $$;
create function public.stamp() returns trigger language plpgsql set search_path to pg_catalog, pg_temp
as $$ begin return new; end $$;
create function public.inlined() returns integer language sql stable as $$ select 1 $$;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let routines = subject.catalog.routines.iter();
    let loose = routines.filter(|routine| {
        let is_its_own = !matches!(routine.language.as_str(), "sql" | "c" | "internal");
        let path = routine.search_path.as_deref();
        (routine.is_definer || is_its_own) && path.is_none_or(|path| path.contains("$user"))
    });
    loose
        .map(|routine| {
            let rights = if routine.is_definer {
                ", with its owner's rights"
            } else {
                ""
            };
            Finding::new(
                routine.object(),
                routine.place.as_ref(),
                format!("{} has no fixed search_path{rights}", routine.object()),
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
