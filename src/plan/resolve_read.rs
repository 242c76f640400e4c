//! Resolves reads of a relation, and the part that a function's result shares with them.

use super::aggregate::{self, grouped_field, resolve_aggregate};
use super::embed::{Draft, Resolver};
use super::negotiate::{Offered, negotiate};
use super::period::resolve_period;
use super::suggest::{CLOSE, nearest, shortened};
use super::tree_size::check_size;
use super::{
    Granted, Grouping, Keyset, Limits, Node, PlanError, ReadPlan, ResolvedField, Rows,
    SelectColumn, Tagged, Total,
};
use crate::request::query_string::LegacyName;
use crate::request::query_string::filter::{EmbedPath, Field, JsonKey, LogicTree};
use crate::request::query_string::having::Having;
use crate::request::query_string::select::SelectItem;
use crate::request::{Action, ApiRequest};
use crate::schema_cache::{QualifiedName, Relation, SchemaCache};

/// What the query string says of rows and of groups, and not of a function's arguments.
pub(super) struct Asked<'a> {
    pub conditions: Vec<(EmbedPath, LogicTree)>,
    pub having: Vec<&'a Having>,
}

pub(super) fn resolve_read(
    request: &ApiRequest,
    name: &QualifiedName,
    cache: &SchemaCache,
    limits: &Limits,
    granted: &Granted,
) -> Result<ReadPlan, PlanError> {
    let Some(relation) = cache.relation(name) else {
        return Err(relation_not_found(name, cache));
    };
    let asked = Asked {
        conditions: conditions_of(request).collect(),
        having: request.query.having.iter().collect(),
    };
    let tree = resolve_tree(request, name, cache, limits, granted, asked)?;
    let offered = Offered::rows_of(name);
    let mut rows = resolve_rows(request, name, tree, offered, cache, limits)?;
    request.preferences.check()?;
    rows.keyset = Keyset::resolve(request, name, relation, &mut rows.node)?;
    Ok(ReadPlan {
        from: name.clone(),
        rows,
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

/// What of a relation is shown, with what is embedded in it.
pub(super) struct Tree {
    node: Node,
    legacy_names: Vec<LegacyName>,
}

/// The tree over `origin`, or over a function's result that has the rows of `origin`.
pub(super) fn resolve_tree(
    request: &ApiRequest,
    origin: &QualifiedName,
    cache: &SchemaCache,
    limits: &Limits,
    granted: &Granted,
    asked: Asked,
) -> Result<Tree, PlanError> {
    let query = &request.query;
    // `select=` selects everything, as in PostgREST.
    let all = [SelectItem::all()];
    let mut top = Draft::new(if query.select.is_empty() {
        &all
    } else {
        &query.select
    });
    let legacy = limits.legacy_target_names;
    for (path, tree) in asked.conditions {
        top.at(&path, legacy)?.conditions.push(tree);
    }
    for having in asked.having {
        top.at(&having.path, legacy)?.having.push(having);
    }
    for (path, terms) in &query.order {
        top.at(path, legacy)?.order.extend_from_slice(terms);
    }
    // What changes is limited by filters alone, and all of it comes back with all that is embedded.
    let max_rows = if matches!(request.action, Action::Mutate(_)) {
        None
    } else {
        for (path, range) in &query.ranges {
            top.at(path, legacy)?.range = *range;
        }
        top.range = request.range;
        limits.max_rows
    };
    let resolver = Resolver {
        cache,
        limits,
        max_rows,
        granted,
        schema: &origin.schema,
    };
    let legacy_names = top.legacy_names();
    let node = top.resolve_top(resolver, origin, request.action)?;
    aggregate::check(&node, limits.aggregates)?;
    check_size(&node)?;
    Ok(Tree { node, legacy_names })
}

/// The rows of the tree over `origin`, as one of the media types that `offered` can be made of them.
pub(super) fn resolve_rows(
    request: &ApiRequest,
    origin: &QualifiedName,
    Tree { node, legacy_names }: Tree,
    offered: Offered,
    cache: &SchemaCache,
    limits: &Limits,
) -> Result<Rows, PlanError> {
    let (media_type, representation) = negotiate(request, offered, &node, cache, limits)?;
    let relation = cache.relation(origin).filter(|_| media_type.is_singular());
    Ok(Rows {
        keyset: None,
        tagged: relation.and_then(|relation| Tagged::resolve(&node, relation, limits)),
        total: Total::resolve(request.preferences.count, origin, &node, cache, limits),
        node,
        media_type,
        representation,
        legacy_names,
        max_bytes: limits.max_answer_bytes,
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

/// Whole columns of the relation.
pub(super) fn columns<'a>(
    names: impl IntoIterator<Item = &'a str>,
    relation: &Relation,
    grouping: Grouping,
) -> Vec<SelectColumn> {
    let resolve = match grouping {
        Grouping::Rows => ResolvedField::shown,
        Grouping::Groups | Grouping::Above => grouped_field,
    };
    let fields = names.into_iter().map(|name| Field {
        name: name.to_owned(),
        json_path: Vec::new(),
    });
    fields
        .map(|field| SelectColumn {
            field: resolve(field, Some(relation)),
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
