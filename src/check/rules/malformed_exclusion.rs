//! a comment is meant to be an exclusion and is none.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::Subject;

/// The rule.
pub const RULE: Rule = Rule {
    name: "malformed_exclusion",
    level: Level::Warn,
    title: "a comment is meant to be an exclusion and is none",
    doc: "A comment begins with `check:allow` and names no rule that there is, or gives no reason. It \
          excludes nothing. Write `-- check:allow RULE: reason`, with ` OBJECT` or ` for ROLE` behind the \
          rule where it is not about the statement that follows.",
    reach: Reach::Exclusions,
    find,
    bad: "",
    good: "",
};

/// Whoever puts the findings together does.
fn find(_: Subject<'_>) -> Vec<Finding> {
    Vec::new()
}
