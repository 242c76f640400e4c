//! How many sub-queries a tree of embedded resources becomes, and how many columns it shows.
//!
//! Conditions are rendered wherever they decide: a resource that the level above depends on is asked
//! for there, and again by every level above that depends on that one. Unlimited, a short URL would make
//! a statement of any size. Columns may be named again and again, each time with the whole value: an answer
//! of any size.

use super::{EmbedOutput, Node, PlanError, Predicate};
use crate::request::query_string::filter::LogicTree;

/// More are a mistake or an attack: planning them takes Postgres longer than answering.
const MOST_EMBEDS: usize = 200;

/// More than any table should have. `*` counts once, for its columns come once.
const MOST_COLUMNS: usize = 500;

/// # Errors
/// [`PlanError::TooManyEmbeds`], [`PlanError::TooManyColumns`].
pub(super) fn check_size(node: &Node) -> Result<(), PlanError> {
    if rows(node) > MOST_EMBEDS {
        return Err(PlanError::TooManyEmbeds { most: MOST_EMBEDS });
    }
    if columns(node) > MOST_COLUMNS {
        return Err(PlanError::TooManyColumns { most: MOST_COLUMNS });
    }
    Ok(())
}

/// Columns that the levels show.
fn columns(node: &Node) -> usize {
    let below = node.embeds.iter().map(|embed| columns(&embed.node));
    node.select.len().saturating_add(sum(below))
}

/// Sub-queries of a level's rows: values, conditions and keys to order by.
fn rows(node: &Node) -> usize {
    let shown = node
        .embeds
        .iter()
        .filter(|embed| embed.output != EmbedOutput::Nothing);
    let values = shown.map(|embed| rows(&embed.node).saturating_add(1));
    let keys = node.order.iter().filter_map(|key| {
        let embed = node.embeds.get(key.embed?)?;
        Some(conditions(&embed.node).saturating_add(1))
    });
    sum(values.chain(keys).chain([conditions(node)]))
}

/// Sub-queries of a level's conditions.
fn conditions(node: &Node) -> usize {
    sum(node.embeds.iter().enumerate().map(|(index, embed)| {
        let trees = node.conditions.iter().map(|tree| mentions(tree, index));
        let asked = trees.sum::<usize>() + usize::from(embed.inner);
        if asked == 0 {
            return 0;
        }
        conditions(&embed.node)
            .saturating_add(1)
            .saturating_mul(asked)
    }))
}

fn mentions(tree: &LogicTree<Predicate>, index: usize) -> usize {
    match tree {
        LogicTree::Branch { children, .. } => {
            children.iter().map(|child| mentions(child, index)).sum()
        }
        LogicTree::Leaf(Predicate::Embedded { embed, .. }) => usize::from(*embed == index),
        LogicTree::Leaf(Predicate::Filter(_)) => 0,
    }
}

fn sum(numbers: impl Iterator<Item = usize>) -> usize {
    numbers.fold(0, usize::saturating_add)
}
