//! the database has what no file makes.

use super::rule::{Finding, Level, Reach, Rule};
use crate::check::model::Subject;

/// The rule.
pub const RULE: Rule = Rule {
    name: "leftover_object",
    level: Level::Warn,
    title: "the database has what no file makes",
    doc: "The files once made it and do not any more, or somebody made it by hand: the database still has \
          it, with its rights, and no review of the files will ever see it. Drop it in a migration, or put \
          its file back. It is looked for in databases whose ledger says that these files were applied, \
          with nothing pending, among functions, views and policies of the schemas in which the files make \
          such things.",
    reach: Reach::CatalogOnly,
    find,
    bad: "",
    good: "",
};

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let leftovers = subject.catalog.leftovers.iter();
    leftovers
        .map(|one| Finding::new(one.object.clone(), None, one.why.clone()))
        .collect()
}
