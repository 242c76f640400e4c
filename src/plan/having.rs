//! Conditions on groups: `having=total.gt.100`, by the names of the answer's aggregates.

use super::suggest::{LOOSE, nearest};
use super::{Node, PlanError, ShownColumn, shortened};
use crate::request::query_string::filter::{Field, Filter, LogicTree};

/// Resolves a tree about the groups of `node`.
///
/// # Errors
/// [`PlanError::NoSuchAggregate`], [`PlanError::AmbiguousName`].
pub(super) fn resolve_having(
    tree: LogicTree,
    node: &Node,
) -> Result<LogicTree<Filter<usize>>, PlanError> {
    Ok(match tree {
        LogicTree::Branch {
            negated,
            operator,
            children,
        } => LogicTree::Branch {
            negated,
            operator,
            children: children
                .into_iter()
                .map(|child| resolve_having(child, node))
                .collect::<Result<_, _>>()?,
        },
        LogicTree::Leaf(filter) => LogicTree::Leaf(Filter {
            field: find(&filter.field, &node.columns())?,
            negated: filter.negated,
            operation: filter.operation,
        }),
    })
}

fn find(field: &Field, columns: &[ShownColumn]) -> Result<usize, PlanError> {
    match named(field, columns, true)? {
        Some(index) => Ok(index),
        None => Err(no_such_aggregate(field, columns)),
    }
}

/// The column that an aggregate, or one without, is called by that name.
///
/// # Errors
/// [`PlanError::AmbiguousName`].
pub(super) fn named(
    field: &Field,
    columns: &[ShownColumn],
    is_aggregate: bool,
) -> Result<Option<usize>, PlanError> {
    let mut found = columns.iter().enumerate().filter(|(_, column)| {
        field.json_path.is_empty()
            && column.name == field.name
            && column.aggregate.is_some() == is_aggregate
    });
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Err(PlanError::AmbiguousName {
            name: shortened(&field.name),
        }),
        (found, _) => Ok(found.map(|(index, _)| index)),
    }
}

fn no_such_aggregate(field: &Field, columns: &[ShownColumn]) -> PlanError {
    let known: Vec<&str> = columns
        .iter()
        .filter(|column| column.aggregate.is_some())
        .map(|column| column.name)
        .collect();
    let near = nearest(&field.name, known.iter().copied(), LOOSE);
    let is_plain = columns
        .iter()
        .any(|column| column.aggregate.is_none() && column.name == field.name);
    PlanError::NoSuchAggregate {
        name: shortened(&field.name),
        hint: if is_plain {
            "It is a column: filter the rows by it, before they are grouped".to_owned()
        } else {
            let near = near.or(known.first().copied()).unwrap_or_default();
            format!("Perhaps you meant having={near}.gt.…")
        },
        known: known.into_iter().map(str::to_owned).collect(),
    }
}
