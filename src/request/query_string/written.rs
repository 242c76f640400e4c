//! A query string that was read, written again: for the properties, which compare what both mean.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::QueryString;
use super::aggregate::{Aggregate, Bucket};
use super::filter::{
    Field, FullTextOperator, IsValue, JsonKey, LogicOperator, LogicTree, Operation, Operator,
    Quantifier,
};
use super::having::Having;
use super::order::{Direction, Nulls, OrderTerm};
use super::select::{JoinType, SelectItem};

pub(super) const OPERATORS: [(Operator, &str, bool); 18] = [
    (Operator::Equal, "eq", true),
    (Operator::NotEqual, "neq", false),
    (Operator::GreaterThan, "gt", true),
    (Operator::GreaterThanEqual, "gte", true),
    (Operator::LessThan, "lt", true),
    (Operator::LessThanEqual, "lte", true),
    (Operator::Like, "like", true),
    (Operator::ILike, "ilike", true),
    (Operator::Match, "match", true),
    (Operator::IMatch, "imatch", true),
    (Operator::Contains, "cs", false),
    (Operator::ContainedIn, "cd", false),
    (Operator::Overlaps, "ov", false),
    (Operator::StrictlyLeft, "sl", false),
    (Operator::StrictlyRight, "sr", false),
    (Operator::NotExtendsRight, "nxr", false),
    (Operator::NotExtendsLeft, "nxl", false),
    (Operator::Adjacent, "adj", false),
];

pub(super) const SEARCHES: [(FullTextOperator, &str); 4] = [
    (FullTextOperator::Plain, "fts"),
    (FullTextOperator::PlainTo, "plfts"),
    (FullTextOperator::PhraseTo, "phfts"),
    (FullTextOperator::WebSearch, "wfts"),
];

pub(super) const IS_VALUES: [(IsValue, &str); 5] = [
    (IsValue::Null, "null"),
    (IsValue::NotNull, "not_null"),
    (IsValue::True, "true"),
    (IsValue::False, "false"),
    (IsValue::Unknown, "unknown"),
];

/// Another spelling of what was read, but for limit and offset of the top level, which are numbers then.
pub fn written(query: &QueryString) -> String {
    let mut params = vec![param("select", &write_items(&query.select))];
    for (path, filter) in &query.filters {
        let key = write_path(path, &write_field(&filter.field));
        let value = write_operation(filter.negated, &filter.operation, str::to_owned);
        params.push(param(&key, &value));
    }
    for (path, tree) in &query.logic {
        let (key, children) = match tree {
            LogicTree::Branch {
                negated,
                operator,
                children,
            } => (write_operator(*negated, *operator), children.as_slice()),
            leaf @ LogicTree::Leaf(_) => ("and", std::slice::from_ref(leaf)),
        };
        params.push(param(&write_path(path, key), &write_children(children)));
    }
    for Having { path, tree, filter } in &query.having {
        let value = match (tree, filter) {
            (Ok(tree), _) => write_tree(tree),
            (Err(_), Ok(filter)) => {
                write_operation(filter.negated, &filter.operation, str::to_owned)
            }
            (Err(_), Err(_)) => continue,
        };
        params.push(param(&write_path(path, "having"), &value));
    }
    for (path, terms) in &query.order {
        let terms: Vec<String> = terms.iter().map(write_term).collect();
        params.push(param(&write_path(path, "order"), &terms.join(",")));
    }
    for (path, range) in &query.ranges {
        params.push(param(
            &write_path(path, "offset"),
            &range.offset.to_string(),
        ));
        if let Some(limit) = range.limit {
            params.push(param(&write_path(path, "limit"), &limit.to_string()));
        }
    }
    let names = [
        ("columns", &query.columns),
        ("on_conflict", &query.on_conflict),
    ];
    for (key, names) in names {
        if let Some(names) = names {
            params.push(param(key, &write_names(names)));
        }
    }
    params.join("&")
}

pub(super) fn star() -> Field {
    Field {
        name: "*".to_owned(),
        json_path: Vec::new(),
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Bare where that is the same.
fn write_name(name: &str) -> String {
    let reserved = [
        "order",
        "limit",
        "offset",
        "select",
        "columns",
        "on_conflict",
        "having",
        "and",
        "or",
        "not",
        "in",
        "is",
        "isdistinct",
    ];
    let is_bare = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        && !reserved.contains(&name)
        // A condition on groups begins with a name, that of a column called `having` with an operator.
        && !OPERATORS.iter().any(|(_, operator, _)| *operator == name)
        && !SEARCHES.iter().any(|(_, operator)| *operator == name);
    if is_bare {
        name.to_owned()
    } else {
        quote(name)
    }
}

pub(super) fn write_path(path: &[String], last: &str) -> String {
    let mut names: Vec<String> = path.iter().map(|name| write_name(name)).collect();
    names.push(last.to_owned());
    names.join(".")
}

pub(super) fn write_field(field: &Field) -> String {
    let mut text = write_name(&field.name);
    for step in &field.json_path {
        text.push_str(if step.as_text { "->>" } else { "->" });
        match &step.key {
            JsonKey::Key(key) => text.push_str(&quote(key)),
            JsonKey::Index(index) => text.push_str(index),
        }
    }
    text
}

pub(super) fn write_operation(
    negated: bool,
    operation: &Operation,
    value: fn(&str) -> String,
) -> String {
    let text = match operation {
        Operation::Compare {
            operator,
            quantifier,
            value: text,
        } => {
            let found = OPERATORS.iter().find(|(it, _, _)| it == operator);
            let quantifier = match quantifier {
                Some(Quantifier::Any) => "(any)",
                Some(Quantifier::All) => "(all)",
                None => "",
            };
            format!("{}{quantifier}.{}", found.expect("known").1, value(text))
        }
        Operation::In(values) => {
            let values: Vec<String> = values.iter().map(|it| quote(it)).collect();
            format!("in.({})", values.join(","))
        }
        Operation::Is(is) => {
            let found = IS_VALUES.iter().find(|(it, _)| it == is);
            format!("is.{}", found.expect("known").1)
        }
        Operation::IsDistinctFrom(text) => format!("isdistinct.{}", value(text)),
        Operation::FullText {
            operator,
            config,
            value: text,
        } => {
            let found = SEARCHES.iter().find(|(it, _)| it == operator);
            let config = config.as_ref().map(|it| format!("({it})"));
            let config = config.unwrap_or_default();
            format!("{}{config}.{}", found.expect("known").1, value(text))
        }
    };
    if negated { format!("not.{text}") } else { text }
}

pub(super) fn write_children(children: &[LogicTree]) -> String {
    let children: Vec<String> = children.iter().map(write_tree).collect();
    format!("({})", children.join(","))
}

pub(super) fn write_operator(negated: bool, operator: LogicOperator) -> &'static str {
    match (negated, operator) {
        (false, LogicOperator::And) => "and",
        (false, LogicOperator::Or) => "or",
        (true, LogicOperator::And) => "not.and",
        (true, LogicOperator::Or) => "not.or",
    }
}

pub(super) fn write_tree(tree: &LogicTree) -> String {
    match tree {
        LogicTree::Branch {
            negated,
            operator,
            children,
        } => write_operator(*negated, *operator).to_owned() + &write_children(children),
        LogicTree::Leaf(filter) => format!(
            "{}.{}",
            write_field(&filter.field),
            write_operation(filter.negated, &filter.operation, quote)
        ),
    }
}

pub(super) fn write_term(term: &OrderTerm) -> String {
    let field = write_field(&term.field);
    let mut text = match &term.relation {
        Some(relation) => format!("{}({field})", write_name(relation)),
        None => field,
    };
    text.push_str(match term.direction {
        Some(Direction::Asc) => ".asc",
        Some(Direction::Desc) => ".desc",
        None => "",
    });
    text.push_str(match term.nulls {
        Some(Nulls::First) => ".nullsfirst",
        Some(Nulls::Last) => ".nullslast",
        None => "",
    });
    text
}

pub(super) fn write_items(items: &[SelectItem]) -> String {
    let items: Vec<String> = items.iter().map(write_item).collect();
    items.join(",")
}

fn write_item(item: &SelectItem) -> String {
    let alias = |alias: &Option<String>| {
        let alias = alias
            .as_ref()
            .map(|alias| format!("{}:", write_name(alias)));
        alias.unwrap_or_default()
    };
    // Quoted: `!inner` would be the join.
    let head = |relation: &str, hint: &Option<String>, join: Option<JoinType>| {
        let hint = hint.as_ref().map(|hint| format!("!{}", quote(hint)));
        let join = match join {
            Some(JoinType::Inner) => "!inner",
            Some(JoinType::Left) => "!left",
            None => "",
        };
        format!("{}{}{join}", write_name(relation), hint.unwrap_or_default())
    };
    match item {
        item if *item == SelectItem::all() => "*".to_owned(),
        SelectItem::Field {
            field,
            bucket,
            aggregate,
            inner_cast,
            cast: outer_cast,
            alias: given,
        } => {
            let cast = |cast: &Option<String>| {
                let cast = cast.as_ref().map(|cast| format!("::{cast}"));
                cast.unwrap_or_default()
            };
            let call = aggregate.as_ref().map(write_aggregate);
            let call = call.or(bucket.as_ref().map(write_bucket));
            let is_count =
                *field == star() && *aggregate == Some(Aggregate::Count) && inner_cast.is_none();
            let value = match call {
                Some(call) if is_count => call,
                Some(call) => format!("{}{}.{call}", write_field(field), cast(inner_cast)),
                None => write_field(field),
            };
            format!("{}{value}{}", alias(given), cast(outer_cast))
        }
        SelectItem::Embed {
            relation,
            alias: given,
            hint,
            join,
            select,
        } => {
            let head = head(relation, hint, *join);
            format!("{}{head}({})", alias(given), write_items(select))
        }
        SelectItem::Spread {
            relation,
            hint,
            join,
            select,
        } => format!(
            "...{}({})",
            head(relation, hint, *join),
            write_items(select)
        ),
    }
}

fn write_aggregate(aggregate: &Aggregate) -> String {
    let argument = match aggregate {
        Aggregate::PercentileCont(fraction) | Aggregate::PercentileDisc(fraction) => fraction,
        _ => "",
    };
    format!("{}({argument})", aggregate.name())
}

fn write_bucket(bucket: &Bucket) -> String {
    let zone = bucket.zone.as_deref().unwrap_or_default();
    format!("{}({zone})", bucket.unit.name())
}

pub(super) fn write_names(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| write_name(name)).collect();
    names.join(",")
}

pub(super) fn param(key: &str, value: &str) -> String {
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    format!("{}={}", encode(key), encode(value))
}
