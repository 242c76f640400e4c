//! Resolves reads of a relation, and the part that a function's result shares with them.

use super::aggregate::{self, grouped_field, resolve_aggregate};
use super::embed::{Draft, Resolver};
use super::embed_size::check_size;
use super::period::resolve_period;
use super::suggest::{CLOSE, nearest, shortened};
use super::{
    Grouping, Limits, PlanError, ReadPlan, Representation, ResolvedField, Rows, SelectColumn,
};
use crate::request::ApiRequest;
use crate::request::media_type::MediaType;
use crate::request::prefer::Count;
use crate::request::query_string::filter::{EmbedPath, Field, JsonKey, LogicTree};
use crate::request::query_string::having::Having;
use crate::request::query_string::select::SelectItem;
use crate::schema_cache::{QualifiedName, Relation, SchemaCache};

pub(super) fn resolve_read(
    request: &ApiRequest,
    name: &QualifiedName,
    cache: &SchemaCache,
    limits: &Limits,
) -> Result<ReadPlan, PlanError> {
    if cache.relation(name).is_none() {
        return Err(relation_not_found(name, cache));
    }
    Ok(ReadPlan {
        from: name.clone(),
        rows: resolve_rows(
            request,
            name,
            cache,
            limits,
            conditions_of(request),
            &request.query.having.iter().collect::<Vec<_>>(),
        )?,
    })
}

/// Every filter of the query string, with the level that it speaks of.
pub(super) fn conditions_of(
    request: &ApiRequest,
) -> impl Iterator<Item = (EmbedPath, LogicTree)> + '_ {
    let filters = request.query.filters.iter().cloned();
    let filters = filters.map(|(path, filter)| (path, LogicTree::Leaf(filter)));
    request.query.logic.iter().cloned().chain(filters)
}

pub(super) fn relation_not_found(name: &QualifiedName, cache: &SchemaCache) -> PlanError {
    let QualifiedName { schema, name } = name;
    let names = cache
        .relations
        .keys()
        .filter(|candidate| candidate.schema == *schema)
        .map(|candidate| candidate.name.as_str());
    PlanError::RelationNotFound {
        relation: format!("{schema}.{}", shortened(name)),
        hint: nearest(name, names, CLOSE)
            .map(|near| format!("Perhaps you meant the table '{schema}.{near}'")),
    }
}

/// The rows of `origin`, or of a function's result that has the rows of `origin`. `conditions` are those
/// of the query string that speak of them, and not of a function's arguments; so are `having`.
pub(super) fn resolve_rows(
    request: &ApiRequest,
    origin: &QualifiedName,
    cache: &SchemaCache,
    limits: &Limits,
    conditions: impl IntoIterator<Item = (EmbedPath, LogicTree)>,
    having: &[&Having],
) -> Result<Rows, PlanError> {
    let query = &request.query;
    // `select=` selects everything, as in PostgREST.
    let all = [SelectItem::all()];
    let mut top = Draft::new(if query.select.is_empty() {
        &all
    } else {
        &query.select
    });
    let legacy = limits.legacy_target_names;
    for (path, tree) in conditions {
        top.at(&path, legacy)?.conditions.push(tree);
    }
    for having in having {
        top.at(&having.path, legacy)?.having.push(having);
    }
    for (path, terms) in &query.order {
        top.at(path, legacy)?.order.extend_from_slice(terms);
    }
    for (path, range) in &query.ranges {
        top.at(path, legacy)?.range = *range;
    }
    top.range = request.range;
    let resolver = Resolver {
        cache,
        limits,
        schema: &origin.schema,
    };
    let legacy_names = top.legacy_names();
    let node = top.resolve_top(resolver, origin)?;
    aggregate::check(&node, limits.aggregates)?;
    check_size(&node)?;
    let (media_type, representation) = negotiate(request)?;
    Ok(Rows {
        node,
        count: request.preferences.count == Some(Count::Exact),
        media_type,
        representation,
        legacy_names,
    })
}

/// Nothing of an embedded resource, which is no column.
pub(super) fn select_column(
    item: &SelectItem,
    relation: Option<&Relation>,
    grouping: Grouping,
) -> Result<Option<SelectColumn>, PlanError> {
    let SelectItem::Field {
        field,
        bucket,
        aggregate,
        inner_cast,
        cast,
        alias,
    } = item
    else {
        return Ok(None);
    };
    let is_taken_of = aggregate.is_some() || bucket.is_some();
    let resolve = match grouping {
        // Of the values themselves, however the answer would show them.
        _ if is_taken_of => ResolvedField::compared,
        Grouping::Rows => ResolvedField::shown,
        Grouping::Groups | Grouping::Above => grouped_field,
    };
    let cast = cast.as_deref();
    let json_alias = || json_alias(field).filter(|_| !is_taken_of);
    let period = |bucket| resolve_period(bucket, field, inner_cast.as_deref(), cast, relation);
    let aggregation = |function| resolve_aggregate(function, field, cast);
    Ok(Some(SelectColumn {
        field: resolve(field.clone(), relation),
        cast: if is_taken_of {
            inner_cast.clone()
        } else {
            cast.map(str::to_owned)
        },
        period: bucket.as_ref().map(period).transpose()?,
        aggregate: aggregate.as_ref().map(aggregation).transpose()?,
        alias: alias.clone().or_else(json_alias),
    }))
}

/// What `*` stands for.
pub(super) fn all_columns(relation: &Relation, grouping: Grouping) -> Vec<SelectColumn> {
    let columns = relation.columns.iter();
    columns
        .map(|column| SelectColumn {
            field: match grouping {
                Grouping::Rows => ResolvedField::column(column),
                Grouping::Groups | Grouping::Above => {
                    let json_path = Vec::new();
                    let name = column.name.clone();
                    grouped_field(Field { name, json_path }, Some(relation))
                }
            },
            cast: None,
            period: None,
            aggregate: None,
            alias: None,
        })
        .collect()
}

/// `data->a->b` is named `b`, `data->a->0` is named `a`, `data->0` is named `data`.
fn json_alias(field: &Field) -> Option<String> {
    field.json_path.last()?;
    let key = field
        .json_path
        .iter()
        .rev()
        .find_map(|step| match &step.key {
            JsonKey::Key(key) => Some(key),
            JsonKey::Index(_) => None,
        });
    Some(key.unwrap_or(&field.name).clone())
}

/// The first acceptable media type that can be made
/// (PostgREST, `docs/references/api/resource_representation.rst`).
fn negotiate(request: &ApiRequest) -> Result<(MediaType, Representation), PlanError> {
    let chosen = request
        .accept
        .iter()
        .find_map(|media_type| Some((media_type, representation_of(media_type)?)));
    match chosen {
        Some((media_type, representation)) => Ok((
            match media_type {
                MediaType::Any => MediaType::Json,
                other => other.clone(),
            },
            if request.action.is_head() {
                Representation::None
            } else {
                representation
            },
        )),
        None => Err(PlanError::NotAcceptable {
            accepted: request.accept.iter().map(ToString::to_string).collect(),
        }),
    }
}

fn representation_of(media_type: &MediaType) -> Option<Representation> {
    match media_type {
        MediaType::Json | MediaType::Any => Some(Representation::Json { strip_nulls: false }),
        MediaType::ArrayNullsStripped => Some(Representation::Json { strip_nulls: true }),
        MediaType::Object { nulls_stripped } => Some(Representation::Object {
            strip_nulls: *nulls_stripped,
        }),
        MediaType::Csv => Some(Representation::Csv),
        _ => None,
    }
}
