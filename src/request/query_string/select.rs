//! `select=a,b:c::text,client(name)` (PostgREST, `tables_views.rst`, "Vertical Filtering", and
//! `resource_embedding.rst`).

use crate::request::RequestError;

use super::{
    aggregate::{Aggregate, Bucket, Called, called},
    cursor::{Cursor, MAX_DEPTH, Parsed},
    field::{self, LETTER_OR_DIGIT, ends_with, identifier, name},
    filter::Field,
    trouble::Message,
};

/// One item of `select`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectItem {
    /// `alias:field::inner_cast.aggregate()::cast`; `count()` has the field `*`.
    Field {
        field: Field,
        /// Never together with an aggregate.
        bucket: Option<Bucket>,
        aggregate: Option<Aggregate>,
        /// The cast before the aggregate or bucket: `amount::int.sum()`.
        inner_cast: Option<String>,
        /// The cast of the whole: `amount.sum()::text`, or `amount::text` without either.
        cast: Option<String>,
        alias: Option<String>,
    },
    /// `alias:relation!hint!inner(…)`.
    Embed {
        relation: String,
        alias: Option<String>,
        hint: Option<String>,
        join: Option<JoinType>,
        select: Vec<SelectItem>,
    },
    /// `...relation(…)`.
    Spread {
        relation: String,
        hint: Option<String>,
        join: Option<JoinType>,
        select: Vec<SelectItem>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinType {
    Inner,
    Left,
}

/// Reads the value of the `select` parameter.
///
/// ```
/// use rowdesk::request::query_string::select::{self, SelectItem};
///
/// let items = select::parse("id,total:amount.sum()::text,client!inner(name)").unwrap();
/// assert_eq!(items.len(), 3);
/// assert!(matches!(&items[2], SelectItem::Embed { relation, .. } if relation == "client"));
///
/// let error = select::parse("data->>--34").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#""failed to parse select parameter (data->>--34)" (line 1, column 9)"#
/// );
/// ```
pub fn parse(value: &str) -> Result<Vec<SelectItem>, RequestError> {
    Cursor::run(value, "select parameter", value, |cursor| items(cursor, 0))
}

/// Items between commas, perhaps none.
pub(super) fn items(cursor: &mut Cursor<'_>, depth: usize) -> Parsed<Vec<SelectItem>> {
    let items = cursor.optional(|cursor| {
        cursor.separated(
            |cursor| item(cursor, depth),
            |cursor| cursor.lexeme(|cursor| cursor.text(",")),
        )
    })?;
    Ok(items.unwrap_or_default())
}

fn item(cursor: &mut Cursor<'_>, depth: usize) -> Parsed<SelectItem> {
    cursor.or(
        |cursor| {
            let (relation, hint, join) = cursor.attempt(spread_head)?;
            Ok(SelectItem::Spread {
                relation,
                hint,
                join,
                select: children(cursor, depth)?,
            })
        },
        |cursor| {
            cursor.or(
                |cursor| {
                    let (alias, (relation, hint, join)) = cursor.attempt(embed_head)?;
                    Ok(SelectItem::Embed {
                        relation,
                        alias,
                        hint,
                        join,
                        select: children(cursor, depth)?,
                    })
                },
                field_item,
            )
        },
    )
}

fn children(cursor: &mut Cursor<'_>, depth: usize) -> Parsed<Vec<SelectItem>> {
    cursor.text("(")?;
    if depth == MAX_DEPTH {
        return cursor.refuse("resources are embedded more than 50 levels deep");
    }
    let children = items(cursor, depth + 1)?;
    cursor.text(")")?;
    Ok(children)
}

type Head = (String, Option<String>, Option<JoinType>);

/// `...relation!hint!inner` before its parenthesis.
pub(super) fn spread_head(cursor: &mut Cursor<'_>) -> Parsed<Head> {
    cursor.lexeme(|cursor| {
        cursor.text("...")?;
        let relation = name(cursor)?;
        embed_head_rest(cursor, relation)
    })
}

/// `alias:relation!hint!inner` before its parenthesis.
pub(super) fn embed_head(cursor: &mut Cursor<'_>) -> Parsed<(Option<String>, Head)> {
    cursor.lexeme(|cursor| {
        let alias = alias(cursor)?;
        let relation = name(cursor)?;
        // `count()` is the aggregate.
        if relation == "count" {
            return Err(super::cursor::Failed);
        }
        Ok((alias, embed_head_rest(cursor, relation)?))
    })
}

fn embed_head_rest(cursor: &mut Cursor<'_>, relation: String) -> Parsed<Head> {
    let first = cursor.optional(embed_param)?;
    let second = cursor.optional(embed_param)?;
    cursor.attempt(|cursor| cursor.look_ahead(|cursor| cursor.text("(")))?;
    let (mut hint, mut join) = (None, None);
    for param in [first, second].into_iter().flatten() {
        match param {
            EmbedParam::Join(given) => join = join.or(Some(given)),
            EmbedParam::Hint(given) => hint = hint.or(Some(given)),
        }
    }
    Ok((relation, hint, join))
}

enum EmbedParam {
    Join(JoinType),
    Hint(String),
}

/// `!inner`, `!left` or `!hint`. A hint that begins with `inner` or `left` is cut there, and what
/// remains is an error, as in PostgREST.
fn embed_param(cursor: &mut Cursor<'_>) -> Parsed<EmbedParam> {
    cursor.text("!")?;
    let join = |text, join| {
        move |cursor: &mut Cursor<'_>| {
            cursor
                .attempt(|cursor| cursor.text(text))
                .map(|()| EmbedParam::Join(join))
        }
    };
    cursor.or(join("left", JoinType::Left), |cursor| {
        cursor.or(join("inner", JoinType::Inner), |cursor| {
            cursor.attempt(name).map(EmbedParam::Hint)
        })
    })
}

/// `alias:`, where `::` is a cast.
fn alias(cursor: &mut Cursor<'_>) -> Parsed<Option<String>> {
    cursor.optional(|cursor| {
        cursor.attempt(|cursor| {
            let alias = name(cursor)?;
            cursor.text(":")?;
            cursor.not_followed_by(|c| c == ':', &[Message::ExpectedText(":")])?;
            Ok(alias)
        })
    })
}

pub(super) fn field_item(cursor: &mut Cursor<'_>) -> Parsed<SelectItem> {
    cursor.lexeme(|cursor| {
        cursor.or(
            |cursor| cursor.attempt(star),
            |cursor| cursor.or(|cursor| cursor.attempt(count), plain_field),
        )
    })
}

fn star(cursor: &mut Cursor<'_>) -> Parsed<SelectItem> {
    cursor.text("*")?;
    item_end(cursor)?;
    Ok(SelectItem::all())
}

/// `count()`, of rows.
fn count(cursor: &mut Cursor<'_>) -> Parsed<SelectItem> {
    let alias = alias(cursor)?;
    cursor.text("count()")?;
    let cast = cursor.optional(cast)?;
    item_end(cursor)?;
    Ok(SelectItem::Field {
        field: star_field(),
        bucket: None,
        aggregate: Some(Aggregate::Count),
        inner_cast: None,
        cast,
        alias,
    })
}

fn plain_field(cursor: &mut Cursor<'_>) -> Parsed<SelectItem> {
    let alias = alias(cursor)?;
    let field = field::field(cursor)?;
    let inner_cast = cursor.optional(cast)?;
    let called = cursor.optional(|cursor| cursor.attempt(called))?;
    let outer_cast = cursor.optional(cast)?;
    item_end(cursor)?;
    let (inner_cast, cast) = match called {
        Some(_) => (inner_cast, outer_cast),
        // PostgREST reads a second cast, `a::text::int`, and forgets it.
        None => (None, inner_cast),
    };
    let (bucket, aggregate) = match called {
        Some(Called::Bucket(bucket)) => (Some(bucket), None),
        Some(Called::Aggregate(aggregate)) => (None, Some(aggregate)),
        None => (None, None),
    };
    Ok(SelectItem::Field {
        field,
        bucket,
        aggregate,
        inner_cast,
        cast,
        alias,
    })
}

fn cast(cursor: &mut Cursor<'_>) -> Parsed<String> {
    cursor.text("::")?;
    match identifier(cursor)? {
        // It was spaces alone.
        "" => cursor.fail(LETTER_OR_DIGIT),
        name => Ok(name.to_owned()),
    }
}

fn item_end(cursor: &mut Cursor<'_>) -> Parsed<()> {
    ends_with(cursor, &[")", ","], true)
}

fn star_field() -> Field {
    Field {
        name: "*".to_owned(),
        json_path: Vec::new(),
    }
}

impl SelectItem {
    /// Whether an aggregate is in it, at any level.
    pub(super) fn has_aggregate(&self) -> bool {
        match self {
            Self::Field { aggregate, .. } => aggregate.is_some(),
            Self::Embed { select, .. } | Self::Spread { select, .. } => {
                select.iter().any(Self::has_aggregate)
            }
        }
    }

    /// `*`: every column.
    #[must_use]
    pub fn all() -> Self {
        Self::Field {
            field: star_field(),
            bucket: None,
            aggregate: None,
            inner_cast: None,
            cast: None,
            alias: None,
        }
    }
}
