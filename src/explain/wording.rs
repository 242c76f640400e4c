//! Conditions in the words of the URL.

use crate::plan::{CallPlan, Condition, ConditionValue, Node, Predicate, ResolvedField};
use crate::request::query_string::filter::{
    Filter, JsonKey, LogicOperator, LogicTree, Operation, Quantifier,
};
use crate::schema_cache::spell;

/// Every condition of a level, in the order in which it is rendered: filters, then inner embeds.
pub(super) fn of_level(node: &Node) -> Vec<String> {
    let filters = node.conditions.iter().map(|tree| {
        condition(tree, &|predicate| match predicate {
            Predicate::Filter(one) => filter(one),
            Predicate::Embedded { embed, exists } => {
                let name = node.embeds.get(*embed).map_or("", |it| &it.name);
                pair(name, if *exists { "not.is.null" } else { "is.null" })
            }
        })
    });
    let inner = node.embeds.iter().filter(|embed| embed.inner);
    filters
        .chain(inner.map(|embed| format!("{}!inner", embed.name)))
        .collect()
}

/// Of these, which ask for embedded rows.
pub(super) fn embeds_of_level(node: &Node) -> Vec<bool> {
    let asks = |tree: &LogicTree<Predicate>| {
        let mut leaves = tree.leaves().into_iter();
        leaves.any(|leaf| matches!(leaf, Predicate::Embedded { .. }))
    };
    let inner = node.embeds.iter().filter(|embed| embed.inner);
    let filters = node.conditions.iter().map(asks);
    filters.chain(inner.map(|_| true)).collect()
}

/// Every filter of a change.
pub(super) fn of_change(conditions: &[LogicTree<Filter<ResolvedField>>]) -> Vec<String> {
    conditions
        .iter()
        .map(|tree| condition(tree, &filter))
        .collect()
}

/// Every condition among a function's arguments.
pub(super) fn of_arguments(plan: &CallPlan) -> Vec<String> {
    let given = plan.conditions();
    let each = given.flat_map(|one| one.conditions.iter().map(move |it| (&one.name, it)));
    each.map(|(name, Condition { operator, value })| {
        let operator = spell(operator);
        match value {
            ConditionValue::Nothing => format!("{name}={operator}"),
            ConditionValue::One(value) => format!("{name}={operator}.{value}"),
            ConditionValue::Many(values) => format!("{name}={operator}.({})", values.join(",")),
        }
    })
    .collect()
}

/// A leaf is `name`, `=` or, within a tree, `.`, and the rest.
type Words = (String, String);

fn pair(name: &str, rest: &str) -> Words {
    (name.to_owned(), rest.to_owned())
}

fn condition<L>(tree: &LogicTree<L>, leaf: &dyn Fn(&L) -> Words) -> String {
    match tree {
        LogicTree::Leaf(one) => {
            let (name, rest) = leaf(one);
            format!("{name}={rest}")
        }
        LogicTree::Branch { .. } => {
            let within = within(tree, leaf);
            within.replacen('(', "=(", 1)
        }
    }
}

fn within<L>(tree: &LogicTree<L>, leaf: &dyn Fn(&L) -> Words) -> String {
    match tree {
        LogicTree::Leaf(one) => {
            let (name, rest) = leaf(one);
            format!("{name}.{rest}")
        }
        LogicTree::Branch {
            negated,
            operator,
            children,
        } => {
            let not = if *negated { "not." } else { "" };
            let word = match operator {
                LogicOperator::And => "and",
                LogicOperator::Or => "or",
            };
            let children: Vec<String> = children.iter().map(|it| within(it, leaf)).collect();
            format!("{not}{word}({})", children.join(","))
        }
    }
}

fn filter(filter: &Filter<ResolvedField>) -> Words {
    let mut name = filter.field.name.clone();
    for step in &filter.field.json_path {
        name.push_str(if step.as_text { "->>" } else { "->" });
        name.push_str(match &step.key {
            JsonKey::Key(key) | JsonKey::Index(key) => key,
        });
    }
    let not = if filter.negated { "not." } else { "" };
    let rest = match &filter.operation {
        Operation::Compare {
            operator,
            quantifier,
            value,
        } => {
            let quantifier = match quantifier {
                None => "",
                Some(Quantifier::Any) => "(any)",
                Some(Quantifier::All) => "(all)",
            };
            format!("{}{quantifier}.{value}", operator.name())
        }
        Operation::In(values) => format!("in.({})", values.join(",")),
        Operation::Is(value) => format!("is.{}", value.name()),
        Operation::IsDistinctFrom(value) => format!("isdistinct.{value}"),
        Operation::FullText {
            operator,
            config,
            value,
        } => {
            let config = config.as_ref().map(|it| format!("({it})"));
            format!("{}{}.{value}", operator.name(), config.unwrap_or_default())
        }
    };
    (name, format!("{not}{rest}"))
}
