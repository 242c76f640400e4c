//! The plan of a read: data only.

use super::Total;
use crate::request::media_type::MediaType;
use crate::request::query_string::LegacyName;
use crate::request::query_string::filter::{Field, Filter, JsonStep, LogicTree};
use crate::request::query_string::order::{Direction, Nulls, OrderTerm};
use crate::request::range::RowRange;
use crate::schema_cache::{Column, QualifiedName, Relation, Relationship};

/// Rows of one relation, which exists.
#[derive(Debug)]
pub struct ReadPlan {
    pub from: QualifiedName,
    pub rows: Rows,
}

/// The rows of an answer: which, how many, and as what. The same for a relation and for a function's
/// result.
#[derive(Debug)]
pub struct Rows {
    pub node: Node,
    /// How many rows there are without the range.
    pub total: Total,
    /// Of the answer: the chosen one of those that the request accepts.
    pub media_type: MediaType,
    pub representation: Representation,
    /// Where the caller should write something else.
    pub legacy_names: Vec<LegacyName>,
}

/// Which rows of one level, in what order and shape, and what is embedded in each.
#[derive(Debug)]
pub struct Node {
    /// `*` is a field of that name. Empty where only embedded resources are asked for.
    pub select: Vec<SelectColumn>,
    /// In the order of the answer, after the columns.
    pub embeds: Vec<Embed>,
    /// All must hold.
    pub conditions: Vec<LogicTree<Predicate>>,
    pub order: Vec<OrderKey>,
    /// After `db-max-rows`.
    pub range: RowRange,
}

/// One column of the answer. Its name is the alias, else the field's own.
#[derive(Debug)]
pub struct SelectColumn {
    pub field: ResolvedField,
    /// As written in the URL; the renderer quotes it.
    pub cast: Option<String>,
    pub alias: Option<String>,
}

/// A column, with the steps into its JSON. Whether it exists, Postgres knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedField {
    pub name: String,
    pub json_path: Vec<JsonStep>,
    /// The steps lead into the value as `jsonb`: it is a composite, an array, or of an unknown type. A
    /// column of JSON is left as it is, so that indexes on its steps serve, and its text stays the same.
    pub to_jsonb: bool,
}

/// Rows of another relation, in each row of the level above.
#[derive(Debug)]
pub struct Embed {
    /// Its name in the answer.
    pub name: String,
    /// From the relation of the level above to this one's.
    pub relationship: Relationship,
    /// A row of the level above counts only where there is a row of this one.
    pub inner: bool,
    pub output: EmbedOutput,
    pub node: Node,
}

/// What an embedded resource adds to a row of the level above.
#[derive(Debug, PartialEq, Eq)]
pub enum EmbedOutput {
    /// Nothing is selected of it: it is there for its conditions.
    Nothing,
    /// An object, null where there is no row; a list of objects where the relationship is not to one.
    Value,
    /// The columns of the one row.
    Columns,
    /// A list for each column, by the names of the columns: all rows' values of it.
    Lists(Vec<String>),
}

/// A condition on a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    Filter(Filter<ResolvedField>),
    /// Whether there are rows of an embedded resource, an index of the level's `embeds`.
    Embedded {
        embed: usize,
        exists: bool,
    },
}

/// What rows are ordered by.
#[derive(Debug, Clone)]
pub struct OrderKey {
    /// Where the field is one of an embedded resource: an index of the level's `embeds`, to one.
    pub embed: Option<usize>,
    pub field: ResolvedField,
    pub direction: Option<Direction>,
    pub nulls: Option<Nulls>,
}

/// What the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Representation {
    /// HEAD: no body is made.
    None,
    Json {
        strip_nulls: bool,
    },
    /// One object; any other number of rows is an error.
    Object {
        strip_nulls: bool,
    },
    Csv,
}

impl SelectColumn {
    /// As the answer calls it; `*` for all columns.
    #[must_use]
    pub fn name(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.field.name)
    }
}

impl OrderKey {
    /// By a field of the level itself, whose rows are those of `relation`.
    #[must_use]
    pub fn own(term: OrderTerm, relation: Option<&Relation>) -> Self {
        Self {
            embed: None,
            field: ResolvedField::compared(term.field, relation),
            direction: term.direction,
            nulls: term.nulls,
        }
    }
}

impl ResolvedField {
    /// A field that the answer shows, of `relation`; without one of a result whose columns are unknown.
    #[must_use]
    pub fn shown(field: Field, relation: Option<&Relation>) -> Self {
        Self::new(field, relation, |column| {
            column.sql_type.is_json() || column.sql_type.is_jsonb()
        })
    }

    /// A field that is compared or ordered by. Postgres compares `jsonb`, and the text of a step `->>`, but
    /// not `json`.
    #[must_use]
    pub fn compared(field: Field, relation: Option<&Relation>) -> Self {
        let ends_in_text = field.json_path.last().is_some_and(|step| step.as_text);
        Self::new(field, relation, |column| {
            column.sql_type.is_jsonb() || ends_in_text && column.sql_type.is_json()
        })
    }

    /// The field that a filter compares.
    #[must_use]
    pub fn filter(filter: Filter, relation: Option<&Relation>) -> Filter<Self> {
        Filter {
            field: Self::compared(filter.field, relation),
            negated: filter.negated,
            operation: filter.operation,
        }
    }

    fn new(
        field: Field,
        relation: Option<&Relation>,
        fits_as_it_is: impl Fn(&Column) -> bool,
    ) -> Self {
        let Field { name, json_path } = field;
        let column = relation.and_then(|relation| relation.column(&name));
        Self {
            to_jsonb: !json_path.is_empty() && !column.is_some_and(fits_as_it_is),
            name,
            json_path,
        }
    }
}

impl Node {
    /// Whether a row of it has no column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let mut outputs = self.embeds.iter().map(|embed| &embed.output);
        self.select.is_empty() && outputs.all(|output| *output == EmbedOutput::Nothing)
    }

    /// The columns of a row, in order, as far as no `*` is among them.
    #[must_use]
    pub fn column_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.select.iter().map(|c| c.name().to_owned()).collect();
        for embed in &self.embeds {
            match &embed.output {
                EmbedOutput::Nothing => {}
                EmbedOutput::Value => names.push(embed.name.clone()),
                EmbedOutput::Columns => names.extend(embed.node.column_names()),
                EmbedOutput::Lists(lists) => names.extend_from_slice(lists),
            }
        }
        names
    }
}
