//! an exclusion that excludes nothing.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::Subject;

/// The rule.
pub const RULE: Rule = Rule {
    name: "unused_exclusion",
    level: Level::Info,
    title: "an exclusion that excludes nothing",
    doc: "Nothing is found any more that this exclusion would excuse: it was put right, renamed or \
          dropped. Take the exclusion out, before it excuses something else. It is only looked for when a \
          database was read as well as the files, and all rules were asked.",
    reach: Reach::Exclusions,
    find,
    bad: "",
    good: "",
};

/// Whoever puts the findings together does.
fn find(_: Subject<'_>) -> Vec<Finding> {
    Vec::new()
}
