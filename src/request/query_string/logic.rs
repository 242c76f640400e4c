//! `and=(…)`, `or=(…)`, `not.or=(…)` (PostgREST, `tables_views.rst`, "Logical operators").

use crate::request::RequestError;

use super::{
    cursor::{Cursor, MAX_DEPTH, Parsed},
    field::{delimiter, field, name},
    filter::{EmbedPath, Filter, LogicOperator, LogicTree},
    operation::{negation, operation, value_in_tree},
};

/// Reads a logic parameter: `clients.not.or` and `(id.eq.1,name.like.a*)`.
///
/// ```
/// use rowdesk::request::query_string::logic;
///
/// let (path, _) = logic::parse("clients.not.or", "(id.eq.1,and(a.gt.2,a.lt.5))").unwrap();
/// assert_eq!(path, ["clients"]);
///
/// let error = logic::parse("or", "()").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#""failed to parse logic tree (())" (line 1, column 4)"#
/// );
/// ```
pub fn parse(key: &str, value: &str) -> Result<(EmbedPath, LogicTree), RequestError> {
    let (path, operator) = Cursor::run(key, "logic path", key, path)?;
    // The key's last word belongs to the tree; columns are counted with it, as in PostgREST.
    let whole = format!("{operator}{value}");
    let tree = Cursor::run(&whole, "logic tree", value, |cursor| tree(cursor, 0, leaf))?;
    Ok((path, tree))
}

/// The embedded resource, and `or`, `and`, `not.or` or `not.and`.
fn path(cursor: &mut Cursor<'_>) -> Parsed<(EmbedPath, String)> {
    let mut names = cursor.separated(name, delimiter)?;
    let operator = names.pop().unwrap_or_default();
    let count = names.len();
    names.retain(|name| name != "not");
    let is_negated = names.len() < count;
    let operator = if is_negated {
        format!("not.{operator}")
    } else {
        operator
    };
    Ok((names, operator))
}

/// How a condition is written.
pub(super) type Leaf = fn(&mut Cursor<'_>) -> Parsed<LogicTree>;

pub(super) fn tree(cursor: &mut Cursor<'_>, depth: usize, leaf: Leaf) -> Parsed<LogicTree> {
    cursor.or(
        |cursor| cursor.attempt(leaf),
        |cursor| branch(cursor, depth, leaf),
    )
}

/// `column.operator.value`.
pub(super) fn leaf(cursor: &mut Cursor<'_>) -> Parsed<LogicTree> {
    let field = field(cursor)?;
    delimiter(cursor)?;
    let (negated, operation) = operation(cursor, value_in_tree)?;
    Ok(LogicTree::Leaf(Filter {
        field,
        negated,
        operation,
    }))
}

fn branch(cursor: &mut Cursor<'_>, depth: usize, leaf: Leaf) -> Parsed<LogicTree> {
    let negated = cursor.label("negation operator (not)", |cursor| {
        cursor.optional(|cursor| cursor.attempt(negation))
    })?;
    let operator = cursor.label("logic operator (and, or)", |cursor| {
        cursor.or(
            |cursor| {
                let and = cursor.attempt(|cursor| cursor.text("and"));
                and.map(|()| LogicOperator::And)
            },
            |cursor| cursor.text("or").map(|()| LogicOperator::Or),
        )
    })?;
    cursor.lexeme(|cursor| cursor.text("("))?;
    if depth == MAX_DEPTH {
        return cursor.refuse("conditions are nested more than 50 levels deep");
    }
    let children = cursor.separated(
        |cursor| tree(cursor, depth + 1, leaf),
        |cursor| cursor.lexeme(|cursor| cursor.text(",")),
    )?;
    cursor.lexeme(|cursor| cursor.text(")"))?;
    Ok(LogicTree::Branch {
        negated: negated.is_some(),
        operator,
        children,
    })
}
