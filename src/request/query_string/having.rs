//! `having=total.gt.100`: conditions on groups, beyond PostgREST.

use crate::request::RequestError;

use super::{
    cursor::{Cursor, Parsed},
    field,
    filter::{self, EmbedPath, Filter, LogicTree},
    logic,
};

/// A parameter called `having`. In a relation with a column of that name it is a filter, so it is read
/// both ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Having {
    pub path: EmbedPath,
    /// The fields are names of aggregates.
    pub tree: Result<LogicTree, RequestError>,
    pub filter: Result<Filter, RequestError>,
}

/// Whether the parameter speaks of groups, if there are any. In quotes the name is a column's.
#[must_use]
pub fn is_having(key: &str) -> bool {
    key == "having" || key.ends_with(".having")
}

/// Whether it can be read, but not as a filter.
pub(super) fn is_only_having(key: &str, value: &str) -> bool {
    filter::parse(key, value).is_err() && tree(value).is_ok()
}

/// Reads one condition, `total.gt.100`, or a tree of them, `(total.gt.100,or(count.gt.5,avg.is.null))`.
pub(super) fn parse(key: &str, value: &str) -> Result<Having, RequestError> {
    let (path, _) = Cursor::run(key, "tree path", key, field::tree_path)?;
    Ok(Having {
        path,
        tree: tree(value),
        filter: filter::parse(key, value).map(|(_, filter)| filter),
    })
}

fn tree(value: &str) -> Result<LogicTree, RequestError> {
    let whole = if value.trim_start().starts_with('(') {
        format!("and{}", value.trim_start())
    } else {
        value.to_owned()
    };
    Cursor::run(&whole, "having", value, |cursor| {
        let tree = logic::tree(cursor, 0, leaf)?;
        // Of a second condition without parentheses nothing may get lost.
        cursor.end()?;
        Ok(tree)
    })
}

/// `avg.not.is.null` as in other trees, or `not.avg.is.null`.
fn leaf(cursor: &mut Cursor<'_>) -> Parsed<LogicTree> {
    cursor.or(
        |cursor| cursor.attempt(logic::leaf),
        |cursor| {
            cursor.text("not.")?;
            let tree = logic::leaf(cursor)?;
            Ok(match tree {
                LogicTree::Leaf(filter) => LogicTree::Leaf(Filter {
                    negated: !filter.negated,
                    ..filter
                }),
                branch @ LogicTree::Branch { .. } => branch,
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_condition_or_a_tree() {
        for (value, is_tree) in [
            ("total.gt.100", true),
            ("not.and(total.gt.1,n.lt.3)", true),
            ("(total.gt.100,or(count.gt.5,avg.not.is.null))", true),
            ("total.in.(1,2)", true),
            ("not.total.in.(1,2)", true),
            ("not.gt.5", true),
            ("or(not.and(not.a.eq.1),b.not.eq.1)", true),
            ("not.not.a.eq.1", false),
            ("total.gt.1,count.gt.2", false),
            ("gt.5", false),
            ("total", false),
            ("()", false),
            ("", false),
        ] {
            assert_eq!(tree(value).is_ok(), is_tree, "{value}");
        }
        assert_eq!(parse("a.b.having", "x.eq.1").unwrap().path, ["a", "b"]);
    }
}
