//! `select=a,b:c::text,client(name)` (PostgREST, `tables_views.rst`, "Vertical Filtering", and
//! `resource_embedding.rst`).

use crate::request::RequestError;

use super::{
    cursor::{Cursor, MAX_DEPTH, Parsed},
    field::{self, ends_with, identifier, name},
    filter::Field,
    trouble::Message,
};

/// One item of `select`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectItem {
    /// `alias:field::aggregate_cast.aggregate()::cast`; `count()` has the field `*`.
    Field {
        field: Field,
        aggregate: Option<Aggregate>,
        /// The cast before the aggregate: `amount::int.sum()`.
        aggregate_cast: Option<String>,
        /// The cast of the whole: `amount.sum()::text`, or `amount::text` without an aggregate.
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
pub enum Aggregate {
    Sum,
    Avg,
    Max,
    Min,
    Count,
}

impl Aggregate {
    /// As URL and Postgres call it, and the answer where it has no alias.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Max => "max",
            Self::Min => "min",
            Self::Count => "count",
        }
    }
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
        aggregate: Some(Aggregate::Count),
        aggregate_cast: None,
        cast,
        alias,
    })
}

fn plain_field(cursor: &mut Cursor<'_>) -> Parsed<SelectItem> {
    let alias = alias(cursor)?;
    let field = field::field(cursor)?;
    let inner_cast = cursor.optional(cast)?;
    let aggregate = cursor.optional(|cursor| cursor.attempt(aggregate))?;
    let outer_cast = cursor.optional(cast)?;
    item_end(cursor)?;
    let (aggregate_cast, cast) = match aggregate {
        Some(_) => (inner_cast, outer_cast),
        // PostgREST reads a second cast, `a::text::int`, and forgets it.
        None => (None, inner_cast),
    };
    Ok(SelectItem::Field {
        field,
        aggregate,
        aggregate_cast,
        cast,
        alias,
    })
}

fn cast(cursor: &mut Cursor<'_>) -> Parsed<String> {
    cursor.text("::")?;
    identifier(cursor).map(str::to_owned)
}

fn aggregate(cursor: &mut Cursor<'_>) -> Parsed<Aggregate> {
    cursor.text(".")?;
    let word = |text, aggregate| {
        move |cursor: &mut Cursor<'_>| {
            cursor
                .attempt(|cursor| cursor.text(text))
                .map(|()| aggregate)
        }
    };
    let aggregate = cursor.or(word("sum", Aggregate::Sum), |cursor| {
        cursor.or(word("avg", Aggregate::Avg), |cursor| {
            cursor.or(word("count", Aggregate::Count), |cursor| {
                cursor.or(word("max", Aggregate::Max), word("min", Aggregate::Min))
            })
        })
    })?;
    cursor.text("()")?;
    Ok(aggregate)
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
    /// `*`: every column.
    #[must_use]
    pub fn all() -> Self {
        Self::Field {
            field: star_field(),
            aggregate: None,
            aggregate_cast: None,
            cast: None,
            alias: None,
        }
    }
}
