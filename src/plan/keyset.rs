//! Pages that begin behind a row instead of at a number (`cursor=`; docs/reading.md, "Pages by cursor").
//!
//! The order must tell all rows apart, so that the last row of a page has one place in it: the primary key ends
//! it. Then the next page is a condition on the keys of the order, which an index can serve.

use thiserror::Error;

use super::{EmbedOutput, Grouping, Node, OrderKey, PlanError, ResolvedField};
use crate::error::{ClientError, Code};
use crate::request::query_string::filter::{Field, JsonKey};
use crate::request::query_string::order::{Direction, Nulls, OrderTerm};
use crate::request::{ApiRequest, PageCursor};
use crate::schema_cache::{QualifiedName, Relation};

/// More make no sense, and each is a condition within that of the one before.
const MOST_KEYS: usize = 16;

/// The page is one of those that follow one another by cursor.
#[derive(Debug)]
pub struct Keyset {
    /// Never empty, no field twice; the level's order, too.
    pub keys: Vec<SortKey>,
    /// The values of the row behind which the page begins, one for each key; `None` is null.
    pub after: Option<Vec<Option<String>>>,
    /// Of relation and order: [`PageCursor::sum`].
    sum: [u8; 6],
}

/// One key of the order.
#[derive(Debug)]
pub struct SortKey {
    pub field: ResolvedField,
    pub descending: bool,
    pub nulls_first: bool,
    pub nullable: bool,
}

/// Why there are no pages by cursor.
#[derive(Debug, Error)]
pub enum CursorError {
    #[error("A cursor and an offset exclude each other")]
    Offset,
    #[error("The cursor is one of another relation or order")]
    OtherOrder,
    #[error("Pages by cursor need a primary key, which '{0}' has not")]
    NoKey(String),
    #[error("Pages by cursor cannot be ordered by '{0}', which is embedded")]
    Embedded(String),
    #[error("Pages by cursor are of rows, not of aggregates")]
    Aggregates,
    #[error("Pages by cursor can be ordered by up to {MOST_KEYS} keys")]
    TooManyKeys,
}

impl Keyset {
    /// Ends the order of the level with the primary key, where a cursor is asked for.
    pub(super) fn resolve(
        request: &ApiRequest,
        name: &QualifiedName,
        relation: &Relation,
        node: &mut Node,
    ) -> Result<Option<Self>, PlanError> {
        let Some(paging) = &request.query.paging else {
            return Ok(None);
        };
        if node.range.offset > 0 {
            return Err(CursorError::Offset.into());
        }
        if node.grouping != Grouping::Rows {
            return Err(CursorError::Aggregates.into());
        }
        if relation.primary_key.is_empty() {
            return Err(CursorError::NoKey(name.name.clone()).into());
        }
        if let Some(embed) = node.order.iter().find_map(|key| key.embed) {
            let embed = node.embeds.get(embed).map(|embed| embed.name.clone());
            return Err(CursorError::Embedded(embed.unwrap_or_default()).into());
        }
        complete(&mut node.order, relation);
        if node.order.len() > MOST_KEYS {
            return Err(CursorError::TooManyKeys.into());
        }
        // What is spread must not multiply the rows that the cursor counts.
        for embed in &mut node.embeds {
            if embed.output == EmbedOutput::Columns {
                embed.node.range = embed.node.range.at_most(Some(1));
            }
        }
        let keys: Vec<SortKey> = node
            .order
            .iter()
            .map(|key| sort_key(key, relation))
            .collect();
        let sum = sum(name, &keys);
        let after = match &paging.after {
            None => None,
            Some(cursor) if cursor.order == sum && cursor.values.len() == keys.len() => {
                Some(cursor.values.clone())
            }
            Some(_) => return Err(CursorError::OtherOrder.into()),
        };
        Ok(Some(Self { keys, after, sum }))
    }

    /// The cursor behind a row of these values.
    #[must_use]
    pub fn cursor(&self, values: Vec<Option<String>>) -> PageCursor {
        PageCursor {
            order: self.sum,
            values,
        }
    }
}

/// Drops what orders nothing, and adds what is missing of the primary key.
fn complete(order: &mut Vec<OrderKey>, relation: &Relation) {
    let key = relation.primary_key.iter().map(|column| {
        let term = OrderTerm {
            relation: None,
            field: Field {
                name: column.clone(),
                json_path: Vec::new(),
            },
            direction: None,
            nulls: None,
        };
        OrderKey::own(term, Some(relation))
    });
    let all: Vec<OrderKey> = order.drain(..).chain(key).collect();
    for key in all {
        if !order.iter().any(|before| before.field == key.field) {
            order.push(key);
        }
    }
}

fn sort_key(key: &OrderKey, relation: &Relation) -> SortKey {
    let descending = key.direction == Some(Direction::Desc);
    let column = relation.column(&key.field.name);
    let is_whole = key.field.json_path.is_empty();
    SortKey {
        field: key.field.clone(),
        descending,
        nulls_first: key.nulls.map_or(descending, |nulls| nulls == Nulls::First),
        nullable: !is_whole || column.is_none_or(|column| column.nullable),
    }
}

fn sum(name: &QualifiedName, keys: &[SortKey]) -> [u8; 6] {
    let mut texts = vec![name.schema.clone(), name.name.clone()];
    for key in keys {
        texts.push(format!("{}{}", key.descending, key.nulls_first));
        texts.push(key.field.name.clone());
        for step in &key.field.json_path {
            texts.push(match &step.key {
                JsonKey::Key(name) => format!("{}{name}", step.as_text),
                JsonKey::Index(index) => format!("{}[{index}", step.as_text),
            });
        }
    }
    PageCursor::sum(texts.iter().map(String::as_str))
}

impl ClientError for CursorError {
    fn code(&self) -> Code {
        match self {
            Self::OtherOrder => Code::Rd121,
            _ => Code::Rd120,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Offset => "Leave out the offset: the cursor says where the page begins",
            Self::OtherOrder => {
                "Follow the link with the order that it came with, or begin anew with cursor="
            }
            Self::NoKey(_) => "Give it a primary key, or use limit and offset",
            Self::Embedded(_) => "Order by columns of the relation itself, or use limit and offset",
            Self::Aggregates => "Use limit and offset",
            Self::TooManyKeys => "Order by fewer",
        };
        Some(hint.to_owned())
    }
}
