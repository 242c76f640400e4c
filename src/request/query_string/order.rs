//! `order=a.desc.nullslast,b` (PostgREST, `tables_views.rst`, "Ordering").

use crate::request::RequestError;

use super::{
    cursor::{Cursor, Parsed},
    field::{delimiter, ends_with, field, name},
    filter::Field,
};

/// One term of `order`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTerm {
    /// `order=client(name).desc`: the embedded to-one resource whose column orders.
    pub relation: Option<String>,
    pub field: Field,
    pub direction: Option<Direction>,
    pub nulls: Option<Nulls>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    Asc,
    Desc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nulls {
    First,
    Last,
}

/// Reads the value of an `order` parameter.
///
/// ```
/// use rowdesk::request::query_string::order::{self, Direction, Nulls};
///
/// let terms = order::parse("name.desc.nullsfirst,clients(data->>x)").unwrap();
/// assert_eq!(terms[0].direction, Some(Direction::Desc));
/// assert_eq!(terms[0].nulls, Some(Nulls::First));
/// assert_eq!(terms[1].relation.as_deref(), Some("clients"));
///
/// let error = order::parse("id.asc.nullslasttt").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#""failed to parse order (id.asc.nullslasttt)" (line 1, column 17)"#
/// );
/// ```
pub fn parse(value: &str) -> Result<Vec<OrderTerm>, RequestError> {
    Cursor::run(value, "order", value, terms)
}

pub(super) fn terms(cursor: &mut Cursor<'_>) -> Parsed<Vec<OrderTerm>> {
    cursor.separated(
        |cursor| {
            cursor.lexeme(|cursor| cursor.or(|cursor| cursor.attempt(relation_term), field_term))
        },
        |cursor| cursor.text(","),
    )
}

fn field_term(cursor: &mut Cursor<'_>) -> Parsed<OrderTerm> {
    let field = field(cursor)?;
    modifiers(cursor, None, field)
}

fn relation_term(cursor: &mut Cursor<'_>) -> Parsed<OrderTerm> {
    let relation = name(cursor)?;
    cursor.text("(")?;
    let field = field(cursor)?;
    cursor.text(")")?;
    modifiers(cursor, Some(relation), field)
}

/// `.desc.nullslast`, each optional, up to the next comma or the end.
fn modifiers(cursor: &mut Cursor<'_>, relation: Option<String>, field: Field) -> Parsed<OrderTerm> {
    let direction = cursor.optional(|cursor| {
        let words = [("asc", Direction::Asc), ("desc", Direction::Desc)];
        modifier(cursor, words)
    })?;
    let nulls = cursor.or(
        |cursor| {
            let words = [("nullsfirst", Nulls::First), ("nullslast", Nulls::Last)];
            let nulls = cursor.optional(|cursor| modifier(cursor, words))?;
            ends_with(cursor, &[","], true)?;
            Ok(nulls)
        },
        |cursor| ends_with(cursor, &[","], true).map(|()| None),
    )?;
    Ok(OrderTerm {
        relation,
        field,
        direction,
        nulls,
    })
}

fn modifier<T>(cursor: &mut Cursor<'_>, [one, two]: [(&'static str, T); 2]) -> Parsed<T> {
    let word = |(text, meaning): (&'static str, T)| {
        move |cursor: &mut Cursor<'_>| {
            cursor.attempt(|cursor| {
                delimiter(cursor)?;
                cursor.text(text)?;
                Ok(meaning)
            })
        }
    };
    cursor.or(word(one), word(two))
}
