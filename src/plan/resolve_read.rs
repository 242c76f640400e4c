//! Resolves reads of a relation, and the part that a function's result shares with them.

use super::suggest::{CLOSE, nearest, shortened};
use super::{Limits, PlanError, ReadPlan, Representation, Rows, SelectColumn};
use crate::request::ApiRequest;
use crate::request::media_type::MediaType;
use crate::request::prefer::Count;
use crate::request::query_string::filter::{Field, JsonKey, LogicTree};
use crate::request::query_string::select::SelectItem;
use crate::schema_cache::{QualifiedName, SchemaCache};

pub(super) fn resolve_read(
    request: &ApiRequest,
    name: &QualifiedName,
    cache: &SchemaCache,
    limits: &Limits,
) -> Result<ReadPlan, PlanError> {
    if cache.relation(name).is_none() {
        return Err(relation_not_found(name, cache));
    }
    let mut rows = resolve_rows(request, limits)?;
    for (path, filter) in &request.query.filters {
        embedded_nowhere(path)?;
        rows.conditions.push(LogicTree::Leaf(filter.clone()));
    }
    Ok(ReadPlan {
        from: name.clone(),
        rows,
    })
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

/// Everything but the plain filters, which a function may take for arguments.
pub(super) fn resolve_rows(request: &ApiRequest, limits: &Limits) -> Result<Rows, PlanError> {
    let query = &request.query;
    let mut conditions = Vec::new();
    for (path, tree) in &query.logic {
        embedded_nowhere(path)?;
        conditions.push(tree.clone());
    }
    let mut order = Vec::new();
    for (path, terms) in &query.order {
        embedded_nowhere(path)?;
        if let Some(relation) = terms.iter().find_map(|term| term.relation.as_ref()) {
            embedded_nowhere(std::slice::from_ref(relation))?;
        }
        order.extend_from_slice(terms);
    }
    for (path, _) in &query.ranges {
        embedded_nowhere(path)?;
    }
    let (media_type, representation) = negotiate(request)?;
    Ok(Rows {
        select: query
            .select
            .iter()
            .map(select_column)
            .collect::<Result<_, _>>()?,
        conditions,
        order,
        range: request.range.at_most(limits.max_rows),
        count: request.preferences.count == Some(Count::Exact),
        media_type,
        representation,
    })
}

/// A path that names a resource which the select does not embed.
fn embedded_nowhere(path: &[String]) -> Result<(), PlanError> {
    match path.first() {
        None => Ok(()),
        Some(resource) => Err(PlanError::NotEmbedded {
            resource: resource.clone(),
        }),
    }
}

fn select_column(item: &SelectItem) -> Result<SelectColumn, PlanError> {
    match item {
        SelectItem::Field {
            aggregate: Some(_), ..
        } => Err(PlanError::AggregatesDisabled),
        SelectItem::Field {
            field, cast, alias, ..
        } => Ok(SelectColumn {
            alias: alias.clone().or_else(|| json_alias(field)),
            field: field.clone(),
            cast: cast.clone(),
        }),
        SelectItem::Embed { relation, .. } | SelectItem::Spread { relation, .. } => {
            Err(PlanError::NotImplemented {
                what: format!("Embedding '{relation}' in 'select'"),
            })
        }
    }
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
