//! `not.eq.value`: an operator with its value.

use super::{
    cursor::{Cursor, Parsed},
    field::{delimiter, identifier, quoted},
    filter::{FullTextOperator, IsValue, Operation, Operator, Quantifier},
};

/// How the value of an operator is read: to the end in a filter of its own, to the next comma in a
/// logic tree.
pub(super) type ValueParser = fn(&mut Cursor<'_>) -> Parsed<String>;

const SIMPLE: [(&str, Operator); 9] = [
    ("neq", Operator::NotEqual),
    ("cs", Operator::Contains),
    ("cd", Operator::ContainedIn),
    ("ov", Operator::Overlaps),
    ("sl", Operator::StrictlyLeft),
    ("sr", Operator::StrictlyRight),
    ("nxr", Operator::NotExtendsRight),
    ("nxl", Operator::NotExtendsLeft),
    ("adj", Operator::Adjacent),
];

/// These take `(any)` and `(all)`. What begins another one comes after it.
const QUANTIFIABLE: [(&str, Operator); 9] = [
    ("eq", Operator::Equal),
    ("gte", Operator::GreaterThanEqual),
    ("gt", Operator::GreaterThan),
    ("lte", Operator::LessThanEqual),
    ("lt", Operator::LessThan),
    ("like", Operator::Like),
    ("ilike", Operator::ILike),
    ("match", Operator::Match),
    ("imatch", Operator::IMatch),
];

const FULL_TEXT: [(&str, FullTextOperator); 4] = [
    ("fts", FullTextOperator::Plain),
    ("plfts", FullTextOperator::PlainTo),
    ("phfts", FullTextOperator::PhraseTo),
    ("wfts", FullTextOperator::WebSearch),
];

const IS: [(&str, IsValue); 5] = [
    ("null", IsValue::Null),
    ("not_null", IsValue::NotNull),
    ("true", IsValue::True),
    ("false", IsValue::False),
    ("unknown", IsValue::Unknown),
];

impl Operator {
    /// As the URL calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        let mut all = SIMPLE.iter().chain(&QUANTIFIABLE);
        let found = all.find(|(_, operator)| *operator == self);
        found.map_or("", |(name, _)| name)
    }
}

impl FullTextOperator {
    /// As the URL calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = FULL_TEXT.iter().find(|(_, operator)| *operator == self);
        found.map_or("", |(name, _)| name)
    }
}

impl IsValue {
    /// As the URL calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = IS.iter().find(|(_, value)| *value == self);
        found.map_or("", |(name, _)| name)
    }
}

/// Whether negated, and the operation.
pub(super) fn operation(cursor: &mut Cursor<'_>, value: ValueParser) -> Parsed<(bool, Operation)> {
    let negated = cursor
        .optional(|cursor| cursor.attempt(negation))?
        .is_some();
    let operation = cursor.label("operator (eq, gt, ...)", |cursor| {
        cursor.or(list_operation, |cursor| {
            cursor.or(is, |cursor| {
                cursor.or(
                    |cursor| is_distinct(cursor, value),
                    |cursor| compare_or_search(cursor, value),
                )
            })
        })
    })?;
    Ok((negated, operation))
}

/// `not.`
pub(super) fn negation(cursor: &mut Cursor<'_>) -> Parsed<()> {
    cursor.text("not")?;
    delimiter(cursor)
}

/// A word and its dot, or nothing consumed.
fn operator_word(cursor: &mut Cursor<'_>, word: &'static str) -> Parsed<()> {
    cursor.attempt(|cursor| {
        cursor.text(word)?;
        delimiter(cursor)
    })
}

fn list_operation(cursor: &mut Cursor<'_>) -> Parsed<Operation> {
    operator_word(cursor, "in")?;
    let mut values = list(cursor)?;
    // `in.()` is the empty list, and PostgREST cannot tell `in.("")` from it.
    if values.iter().all(String::is_empty) && values.len() == 1 {
        values.clear();
    }
    Ok(Operation::In(values))
}

fn is(cursor: &mut Cursor<'_>) -> Parsed<Operation> {
    operator_word(cursor, "is")?;
    cursor.label("isVal: (null, not_null, true, false, unknown)", |cursor| {
        first_of(cursor, &IS, |cursor, word| {
            for letter in word.chars() {
                cursor.one(|c| c == letter || c == letter.to_ascii_uppercase())?;
            }
            Ok(())
        })
        .map(Operation::Is)
    })
}

fn is_distinct(cursor: &mut Cursor<'_>, value: ValueParser) -> Parsed<Operation> {
    operator_word(cursor, "isdistinct")?;
    value(cursor).map(Operation::IsDistinctFrom)
}

fn compare_or_search(cursor: &mut Cursor<'_>, value: ValueParser) -> Parsed<Operation> {
    cursor.or(
        |cursor| cursor.attempt(|cursor| full_text(cursor, value)),
        |cursor| {
            cursor.or(
                |cursor| cursor.attempt(|cursor| simple(cursor, value)),
                |cursor| cursor.attempt(|cursor| quantifiable(cursor, value)),
            )
        },
    )
}

fn full_text(cursor: &mut Cursor<'_>, value: ValueParser) -> Parsed<Operation> {
    let operator = first_of(cursor, &FULL_TEXT, Cursor::text)?;
    let config = cursor.optional(|cursor| {
        cursor.attempt(|cursor| {
            cursor.text("(")?;
            let config = identifier(cursor)?.to_owned();
            cursor.text(")")?;
            Ok(config)
        })
    })?;
    delimiter(cursor)?;
    Ok(Operation::FullText {
        operator,
        config,
        value: value(cursor)?,
    })
}

fn simple(cursor: &mut Cursor<'_>, value: ValueParser) -> Parsed<Operation> {
    let operator = first_of(cursor, &SIMPLE, Cursor::text)?;
    delimiter(cursor)?;
    Ok(Operation::Compare {
        operator,
        quantifier: None,
        value: value(cursor)?,
    })
}

fn quantifiable(cursor: &mut Cursor<'_>, value: ValueParser) -> Parsed<Operation> {
    let operator = first_of(cursor, &QUANTIFIABLE, Cursor::text)?;
    let quantifier = cursor.optional(|cursor| {
        cursor.attempt(|cursor| {
            cursor.text("(")?;
            let words = [("any", Quantifier::Any), ("all", Quantifier::All)];
            let quantifier = first_of(cursor, &words, Cursor::text)?;
            cursor.text(")")?;
            Ok(quantifier)
        })
    })?;
    delimiter(cursor)?;
    Ok(Operation::Compare {
        operator,
        quantifier,
        value: value(cursor)?,
    })
}

/// The first word that the parser accepts; none of the others leaves a trace.
fn first_of<'a, T: Copy>(
    cursor: &mut Cursor<'a>,
    words: &[(&'static str, T)],
    parser: impl Fn(&mut Cursor<'a>, &'static str) -> Parsed<()>,
) -> Parsed<T> {
    for (word, meaning) in words {
        if cursor.attempt(|cursor| parser(cursor, word)).is_ok() {
            return Ok(*meaning);
        }
    }
    Err(super::cursor::Failed)
}

// Values

/// Everything up to the end.
#[expect(
    clippy::unnecessary_wraps,
    reason = "one of two `ValueParser`s, and the other can fail"
)]
pub(super) fn whole_value(cursor: &mut Cursor<'_>) -> Parsed<String> {
    let value = cursor.rest();
    cursor.advance("");
    Ok(value.to_owned())
}

/// Up to the next comma or closing parenthesis, unless quoted or an array `{…}`.
pub(super) fn value_in_tree(cursor: &mut Cursor<'_>) -> Parsed<String> {
    cursor.or(whole_quoted, |cursor| {
        cursor.or(
            |cursor| cursor.attempt(array_literal),
            |cursor| Ok(cursor.run_of(|c| c != ',' && c != ')', &[]).to_owned()),
        )
    })
}

/// An array without arrays inside.
fn array_literal(cursor: &mut Cursor<'_>) -> Parsed<String> {
    let start = cursor.rest();
    cursor.text("{")?;
    cursor.run_of(|c| c != '{' && c != '}', &[]);
    cursor.text("}")?;
    Ok(cursor.since(start).to_owned())
}

/// `(a,"b, c",d)`.
pub(super) fn list(cursor: &mut Cursor<'_>) -> Parsed<Vec<String>> {
    cursor.lexeme(|cursor| cursor.text("("))?;
    let values = cursor.separated(list_element, |cursor| cursor.text(","))?;
    cursor.lexeme(|cursor| cursor.text(")"))?;
    Ok(values)
}

fn list_element(cursor: &mut Cursor<'_>) -> Parsed<String> {
    cursor.or(whole_quoted, |cursor| {
        Ok(cursor.run_of(|c| c != ',' && c != ')', &[]).to_owned())
    })
}

/// A quoted value that is the whole element; `"a"b` is not one, and keeps its quotes.
fn whole_quoted(cursor: &mut Cursor<'_>) -> Parsed<String> {
    cursor.attempt(|cursor| {
        let value = quoted(cursor)?;
        cursor.not_followed_by(|c| c != ',' && c != ')', &[])?;
        Ok(value)
    })
}
