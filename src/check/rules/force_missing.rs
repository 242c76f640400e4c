//! the owner is above the policies of its table.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::{Subject, Switch};

/// The rule.
pub const RULE: Rule = Rule {
    name: "force_missing",
    level: Level::Warn,
    title: "the owner is above the policies of its table",
    doc: "Row-level security is on, but not forced: whatever runs as the owner steps over it, and that is \
          more than people think of: every `security definer` function, every view that is no security \
          invoker, every trigger that is a definer. `alter table … force row level security`, together \
          with a policy for the owner that says what those may do.",
    reach: Reach::Both,
    find,
    bad: r"create table public.notes (id integer primary key); -- here
alter table public.notes enable row level security;
",
    good: r"create table public.notes (id integer primary key);
alter table public.notes enable row level security;
alter table public.notes force row level security;
",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let loose = subject
        .catalog
        .tables()
        .filter(|table| table.row_security == Switch::On && table.is_forced == Switch::Off);
    loose
        .map(|table| {
            Finding::new(
                table.object(),
                table.place.as_ref(),
                format!(
                    "row-level security of {} does not hold for its owner",
                    table.name
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
