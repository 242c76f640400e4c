//! Versions of rows: the column that tells them apart, the tag that an answer carries, and what a change
//! demands of the version that it meets (RFC 9110, 8.8.3 and 13.1.1).

use super::resolve_mutate::equalled_column;
use super::{Grouping, Limits, Node, PlanError, ResolvedField};
use crate::request::precondition::EntityTags;
use crate::request::query_string::filter::{Filter, LogicTree};
use crate::request::{ApiRequest, Mutation};
use crate::schema_cache::{Relation, SqlType};

/// The column by whose values the versions of a row are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub column: String,
    /// A point in time, which everybody sees in a zone of his own.
    pub is_instant: bool,
}

/// An answer that shows the version of its one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// As the answer calls the column.
    pub name: String,
    pub is_instant: bool,
    /// Nothing else is shown that could change while the version does not.
    pub is_whole: bool,
}

/// The version that a change demands.
#[derive(Debug)]
pub struct Precondition {
    pub version: Version,
    /// Of `If-Match`.
    pub tags: Option<EntityTags>,
    /// Those of the URL's conditions that name a version; all must hold.
    pub filters: Vec<LogicTree<Filter<ResolvedField>>>,
}

impl Version {
    fn of(relation: &Relation, limits: &Limits) -> Option<Self> {
        let column = relation.column(limits.version_column.as_deref()?)?;
        has_plain_text(&column.sql_type).then(|| Self {
            column: column.name.clone(),
            is_instant: is_instant(&column.sql_type),
        })
    }
}

/// Whether every value's text can stand in a header, and no two values have the same.
fn has_plain_text(sql_type: &SqlType) -> bool {
    let name = sql_type.as_sql();
    name.starts_with("timestamp") || ["smallint", "integer", "bigint", "uuid"].contains(&name)
}

fn is_instant(sql_type: &SqlType) -> bool {
    sql_type.as_sql().ends_with(" with time zone")
}

impl Tagged {
    /// Nothing where the rows do not show the column as it is, under a name that nothing else has.
    pub(super) fn resolve(node: &Node, relation: &Relation, limits: &Limits) -> Option<Self> {
        let version = Version::of(relation, limits)?;
        if node.grouping != Grouping::Rows {
            return None;
        }
        let column = node.select.iter().find(|it| {
            let is_converted = it.cast.is_some() || it.period.is_some();
            let is_itself = it.field.name == version.column && it.field.json_path.is_empty();
            it.is_star() || is_itself && !is_converted
        })?;
        let name = if column.is_star() {
            &version.column
        } else {
            column.name()
        };
        let columns = node.columns();
        // Of what is spread without naming its columns, any could be of that name.
        let own_star = node.select.iter().filter(|it| it.is_star()).count();
        let stars = columns.iter().filter(|it| it.name == "*").count();
        let named = columns.iter().filter(|it| it.name == name).count();
        let of_star = if relation.column(name).is_some() { own_star } else { 0 };
        let is_stored = |name: &str| name == "*" || relation.column(name).is_some();
        (stars == own_star && named + of_star == 1).then(|| Self {
            name: name.to_owned(),
            is_instant: version.is_instant,
            is_whole: relation.is_table
                && node.embeds.is_empty()
                && node.select.iter().all(|it| is_stored(&it.field.name)),
        })
    }
}

impl Precondition {
    /// What the request demands of the version of the rows of `relation`. Of `conditions` those that name
    /// a version become part of it.
    ///
    /// # Errors
    /// [`PlanError::IfMatch`]: there is nothing that it could match.
    pub(super) fn resolve(
        request: &ApiRequest,
        mutation: Mutation,
        relation: &Relation,
        limits: &Limits,
        conditions: &mut Vec<LogicTree>,
    ) -> Result<Option<Self>, PlanError> {
        let Some(column) = &limits.version_column else {
            return Ok(None);
        };
        let tags = request.preconditions.matching.clone();
        let refused = |why| {
            let method = request.method.clone();
            Err(PlanError::IfMatch { method, relation: relation.name.name.clone(), column: column.clone(), why })
        };
        if tags.is_some() && mutation == Mutation::Create {
            return refused(Unmatched::NewRows);
        }
        let Some(version) = Version::of(relation, limits) else {
            return match tags {
                Some(_) => refused(Unmatched::NoVersions),
                None => Ok(None),
            };
        };
        let mut filters = Vec::new();
        if matches!(mutation, Mutation::Update | Mutation::Delete) {
            filters.extend(conditions.extract_if(.., |it| equalled_column(it) == Some(column)));
        }
        let resolve = |tree: LogicTree| tree.map(&|filter| ResolvedField::filter(filter, Some(relation)));
        Ok((tags.is_some() || !filters.is_empty()).then(|| Self {
            version,
            tags,
            filters: filters.into_iter().map(resolve).collect(),
        }))
    }

    /// Whether it is about one row: of several no tag can be the version.
    #[must_use]
    pub fn is_of_one_row(&self) -> bool {
        matches!(self.tags, Some(EntityTags::Of(_)))
    }
}

/// Why no row can match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmatched {
    NewRows,
    NoVersions,
}
