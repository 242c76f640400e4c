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
        let of_star = if relation.column(name).is_some() {
            own_star
        } else {
            0
        };
        if stars != own_star || named + of_star != 1 {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            is_instant: version.is_instant,
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
            Err(PlanError::IfMatch {
                method,
                relation: relation.name.name.clone(),
                column: column.clone(),
                why,
            })
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
        let resolve =
            |tree: LogicTree| tree.map(&|filter| ResolvedField::filter(filter, Some(relation)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ClientError;
    use crate::plan::{Plan, resolve};
    use crate::request::precondition::Preconditions;
    use crate::request::{RawRequest, path};
    use crate::schema_cache::{Column, JsonKind, QualifiedName, SchemaCache, Writes};

    fn column(name: &str, sql_type: &str) -> Column {
        Column {
            name: name.to_owned(),
            sql_type: SqlType::for_test(sql_type),
            nullable: true,
            comment: None,
            default: None,
            json_kind: JsonKind::Any,
            is_tsvector: false,
            representation: None,
        }
    }

    /// A table `notes`, a view `seen` of it, and tables whose `version` is of other types.
    fn cache() -> SchemaCache {
        let mut cache = SchemaCache::default();
        for (name, sql_type) in [
            ("notes", "timestamp with time zone"),
            ("seen", "timestamp(3) with time zone"),
            ("local", "timestamp without time zone"),
            ("counted", "integer"),
            ("words", "text"),
        ] {
            let relation = Relation {
                name: QualifiedName::new("public", name),
                comment: None,
                columns: vec![
                    column("id", "integer"),
                    column("body", "text"),
                    column("version", sql_type),
                ],
                primary_key: vec!["id".to_owned()],
                computed: vec!["shout".to_owned()],
                takes: Writes::default(),
            };
            cache.relations.insert(relation.name.clone(), relation);
        }
        cache
    }

    fn planned(method: &str, url: &str, headers: &[(&str, &str)]) -> Result<Plan, PlanError> {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let headers: Vec<(String, String)> = headers
            .iter()
            .chain([&("accept", "application/vnd.pgrst.object+json")])
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let segments = path::segments(path);
        let raw = RawRequest {
            method,
            path,
            segments: &segments,
            query,
            headers: &headers,
            body: r#"{"id": 1, "body": "b"}"#.into(),
        };
        let mut request = ApiRequest::parse(&raw)?;
        request.preconditions = Preconditions::of(&raw)?;
        let limits = Limits {
            schemas: vec!["public".to_owned()],
            version_column: Some("version".to_owned()),
            aggregates: true,
            ..Limits::default()
        };
        resolve(&request, &cache(), &limits)
    }

    /// (URL, headers) → the column of the tag.
    #[test]
    fn what_carries_a_tag() {
        const ZONE: &[(&str, &str)] = &[("prefer", "timezone=Asia/Tokyo")];
        for (method, url, headers, expected) in [
            ("GET", "/notes", &[][..], Some("version")),
            ("HEAD", "/notes", &[], Some("version")),
            ("GET", "/notes?select=id,version", &[], Some("version")),
            ("GET", "/notes?select=at:version,body", &[], Some("at")),
            ("GET", "/local", &[], Some("version")),
            ("GET", "/counted", &[], Some("version")),
            ("GET", "/seen", &[], Some("version")),
            ("GET", "/notes?select=*,shout", &[], Some("version")),
            ("GET", "/notes?select=id", &[], None),
            ("GET", "/notes?select=version::text", &[], None),
            ("GET", "/notes?select=version.max()", &[], None),
            (
                "GET",
                "/notes?select=version:id,at:version,version",
                &[],
                Some("at"),
            ),
            ("GET", "/notes?select=version:id,version", &[], None),
            ("GET", "/notes?select=version:id,*", &[], None),
            ("GET", "/words", &[], None),
            ("GET", "/notes", ZONE, Some("version")),
            ("PATCH", "/notes?id=eq.1", ZONE, Some("version")),
            ("POST", "/notes", &[], Some("version")),
        ] {
            let plan = planned(method, url, headers).unwrap();
            let tagged = plan.rows().and_then(|rows| rows.tagged.as_ref());
            let found = tagged.map(|it| it.name.as_str());
            assert_eq!(found, expected, "{method} {url} {headers:?}");
        }
    }

    /// (request, `If-Match`) → the number of conditions that name a version, or the code of the refusal.
    #[test]
    fn what_a_change_demands() {
        let tag = Some("\"1\"");
        for (method, url, matching, expected) in [
            ("PATCH", "/notes?id=eq.1", None, Ok(None)),
            ("PATCH", "/notes?id=eq.1", tag, Ok(Some(0))),
            ("PATCH", "/notes?id=eq.1", Some("*"), Ok(Some(0))),
            (
                "PATCH",
                "/notes?id=eq.1&version=eq.2025-01-01",
                None,
                Ok(Some(1)),
            ),
            ("DELETE", "/notes?version=eq.2025-01-01", tag, Ok(Some(1))),
            ("PATCH", "/notes?version=gt.2025-01-01", None, Ok(None)),
            ("PATCH", "/notes?version=not.eq.2025-01-01", None, Ok(None)),
            (
                "PATCH",
                "/notes?or=(version.eq.2025-01-01,id.eq.1)",
                None,
                Ok(None),
            ),
            ("PUT", "/notes?id=eq.1", tag, Ok(Some(0))),
            ("POST", "/notes", tag, Err("RD115")),
            ("PATCH", "/words?id=eq.1", tag, Err("RD115")),
            ("PATCH", "/words?id=eq.1&version=eq.a", None, Ok(None)),
            ("PATCH", "/notes?id=eq.1", Some("1"), Err("RD115")),
        ] {
            let headers: Vec<_> = matching.iter().map(|tag| ("if-match", *tag)).collect();
            let found = match planned(method, url, &headers) {
                Ok(Plan::Mutate(plan)) => Ok(plan.precondition.map(|it| it.filters.len())),
                Ok(other) => panic!("{other:?}"),
                Err(error) => Err(error.code().text()),
            };
            assert_eq!(found, expected, "{method} {url} {matching:?}");
        }
    }

    #[test]
    fn reading_and_the_protocol_without_a_column_know_no_precondition() {
        let read = planned("GET", "/notes", &[("if-match", "\"1\"")]).unwrap();
        assert!(matches!(read, Plan::Read(_)));
    }
}
