//! The plan of a read: data only.

use super::{Keyset, Tagged, Total};
use crate::request::media_type::{MediaType, PlanFormat, PlanOption};
use crate::request::query_string::LegacyName;
use crate::request::query_string::aggregate::{Aggregate, BucketUnit};
use crate::request::query_string::filter::{
    Field, Filter, JsonStep, LogicTree, Operation, Operator,
};
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
    /// Where pages follow one another by cursor.
    pub keyset: Option<Keyset>,
    /// Where the answer is one row that shows its version.
    pub tagged: Option<Tagged>,
    /// Of the answer: the chosen one of those that the request accepts.
    pub media_type: MediaType,
    pub representation: Representation,
    /// A larger answer is refused.
    pub max_bytes: Option<u32>,
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
    /// Of a grouped level, about its groups: all must hold. A field is an index of its columns.
    pub having: Vec<LogicTree<Filter<usize>>>,
    pub order: Vec<OrderKey>,
    /// After `db-max-rows`.
    pub range: RowRange,
    pub grouping: Grouping,
}

/// What a row of a level is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// A row of the relation.
    Rows,
    /// A group of them: of one for each combination of values of its columns without an aggregate.
    Groups,
    /// A row of the relation, spread into a level that is grouped. That level takes the aggregates, too:
    /// here stands what they are taken of.
    Above,
}

/// One column of the answer. Its name is the alias, else that of the aggregate or period, else the
/// field's own.
#[derive(Debug)]
pub struct SelectColumn {
    /// Of `count()` it is `*`.
    pub field: ResolvedField,
    /// Of the field. As written in the URL; the renderer quotes it.
    pub cast: Option<String>,
    pub period: Option<Period>,
    pub aggregate: Option<Aggregation>,
    pub alias: Option<String>,
}

/// The period that a point in time falls into, by its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    pub unit: BucketUnit,
    /// As Postgres takes it; only where the field may have one.
    pub zone: Option<String>,
    pub cast: Option<String>,
}

/// What is made of the values of a group. A fraction is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregation {
    pub function: Aggregate,
    /// Of what it makes.
    pub cast: Option<String>,
}

/// A column, with the steps into its JSON. Whether it exists, Postgres knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedField {
    pub name: String,
    pub json_path: Vec<JsonStep>,
    /// The steps lead into the value as `jsonb`: it is a composite, an array, or of an unknown type. A
    /// column of JSON is left as it is, so that indexes on its steps serve, and its text stays the same.
    pub to_jsonb: bool,
    pub conversion: Option<Conversion>,
}

/// What stands between a column and what the request says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conversion {
    /// The answer shows the JSON that this function makes of a domain's value, and, as PostgREST has it, of
    /// what steps into one lead to.
    Shown(QualifiedName),
    /// This function reads the text with which a domain's value is compared.
    Read(QualifiedName),
    /// The `tsvector` of the value is searched.
    Searched,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderKey {
    /// Where the field is one of an embedded resource: an index of the level's `embeds`, to one.
    pub embed: Option<usize>,
    pub field: ResolvedField,
    /// Where rows are grouped: which column of the answer it is, counted from 1.
    pub shown: Option<usize>,
    pub direction: Option<Direction>,
    pub nulls: Option<Nulls>,
}

/// What the body is.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// A collection of features, of which this function of PostGIS makes one of a row.
    GeoJson(QualifiedName),
    /// What an aggregate makes of the rows: whole ones of the relation `takes`, else any.
    Aggregate {
        function: QualifiedName,
        takes: Option<QualifiedName>,
    },
    /// The one value of a function, as it is.
    Value,
}

/// What is to be told of how Postgres would carry out the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explained<'a> {
    pub format: PlanFormat,
    pub options: &'a [PlanOption],
}

impl Rows {
    /// Set where the answer is the execution plan and not the rows.
    #[must_use]
    pub fn explained(&self) -> Option<Explained<'_>> {
        match &self.media_type {
            MediaType::Plan {
                format, options, ..
            } => Some(Explained {
                format: *format,
                options,
            }),
            _ => None,
        }
    }
}

impl Rows {
    /// Whether rows come before those of the page, nobody knows how many.
    #[must_use]
    pub fn is_continued(&self) -> bool {
        let keyset = self.keyset.as_ref();
        keyset.is_some_and(|keyset| keyset.after.is_some())
    }
}

impl SelectColumn {
    /// As the answer calls it; `*` for all columns.
    #[must_use]
    pub fn name(&self) -> &str {
        let aggregate = self.aggregate.as_ref().map(|it| it.function.name());
        let period = self.period.as_ref().map(|it| it.unit.name());
        let own = || aggregate.or(period).unwrap_or(&self.field.name);
        self.alias.as_deref().unwrap_or_else(own)
    }

    /// Whether it stands for all columns.
    #[must_use]
    pub fn is_star(&self) -> bool {
        self.aggregate.is_none() && self.field.name == "*"
    }
}

impl OrderKey {
    /// By a field of the level itself, whose rows are those of `relation`.
    #[must_use]
    pub fn own(term: OrderTerm, relation: Option<&Relation>) -> Self {
        Self {
            embed: None,
            field: ResolvedField::compared(term.field, relation),
            shown: None,
            direction: term.direction,
            nulls: term.nulls,
        }
    }
}

impl ResolvedField {
    /// A field that the answer shows, of `relation`; without one of a result whose columns are unknown.
    #[must_use]
    pub fn shown(field: Field, relation: Option<&Relation>) -> Self {
        let (column, mut resolved) = Self::new(field, relation, |column| {
            column.sql_type.is_json() || column.sql_type.is_jsonb()
        });
        resolved.conversion = column
            .and_then(Column::shown)
            .cloned()
            .map(Conversion::Shown);
        resolved
    }

    /// A field that is compared or ordered by. Postgres compares `jsonb`, and the text of a step `->>`, but
    /// not `json`.
    #[must_use]
    pub fn compared(field: Field, relation: Option<&Relation>) -> Self {
        Self::operand(field, relation).1
    }

    /// The field that a filter compares.
    #[must_use]
    pub fn filter(filter: Filter, relation: Option<&Relation>) -> Filter<Self> {
        let (column, mut field) = Self::operand(filter.field, relation);
        field.conversion = column.and_then(|column| Self::converted(column, &filter.operation));
        Filter {
            field,
            negated: filter.negated,
            operation: filter.operation,
        }
    }

    fn operand(field: Field, relation: Option<&Relation>) -> (Option<&Column>, Self) {
        let ends_in_text = field.json_path.last().is_some_and(|step| step.as_text);
        Self::new(field, relation, |column| {
            column.sql_type.is_jsonb() || ends_in_text && column.sql_type.is_json()
        })
    }

    fn new(
        field: Field,
        relation: Option<&Relation>,
        fits_as_it_is: impl Fn(&Column) -> bool,
    ) -> (Option<&Column>, Self) {
        let Field { name, json_path } = field;
        let column = relation.and_then(|relation| relation.column(&name));
        let resolved = Self {
            to_jsonb: !json_path.is_empty() && !column.is_some_and(fits_as_it_is),
            name,
            json_path,
            conversion: None,
        };
        (column, resolved)
    }

    /// Patterns are no values of a domain, and nor is, for PostgREST, what a value is distinct from.
    fn converted(column: &Column, operation: &Operation) -> Option<Conversion> {
        match operation {
            Operation::Compare {
                operator: Operator::Like | Operator::ILike,
                ..
            }
            | Operation::Is(_)
            | Operation::IsDistinctFrom(_) => None,
            Operation::Compare { .. } | Operation::In(_) => {
                column.from_text().cloned().map(Conversion::Read)
            }
            Operation::FullText { .. } => (!column.is_tsvector).then_some(Conversion::Searched),
        }
    }
}

impl Node {
    /// The columns of the level itself that it shows, `*` among them, and those that it compares and is
    /// ordered by.
    pub fn own_fields(
        &self,
    ) -> (
        impl Iterator<Item = &ResolvedField>,
        impl Iterator<Item = &ResolvedField>,
    ) {
        let shown = self.select.iter().map(|column| &column.field);
        let filters = self.conditions.iter().flat_map(LogicTree::leaves);
        let compared = filters.filter_map(|predicate| match predicate {
            Predicate::Filter(filter) => Some(&filter.field),
            Predicate::Embedded { .. } => None,
        });
        let ordering = self.order.iter().filter(|key| key.embed.is_none());
        (shown, compared.chain(ordering.map(|key| &key.field)))
    }

    /// Whether a row of it has no column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let mut outputs = self.embeds.iter().map(|embed| &embed.output);
        self.select.is_empty() && outputs.all(|output| *output == EmbedOutput::Nothing)
    }
}
