//! Resolves reads of a relation, and the part that a function's result shares with them.

use super::aggregate::{self, grouped_field};
use super::embed::{Draft, Resolver};
use super::embed_size::check_size;
use super::negotiate::{Offered, negotiate};
use super::suggest::{CLOSE, nearest, shortened};
use super::{
    Aggregation, Grouping, Limits, PlanError, ReadPlan, ResolvedField, Rows, SelectColumn,
};
use crate::request::prefer::Count;
use crate::request::query_string::filter::{EmbedPath, Field, JsonKey, LogicTree};
use crate::request::query_string::select::SelectItem;
use crate::request::{Action, ApiRequest};
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
            Offered::rows_of(name),
            cache,
            limits,
            conditions_of(request),
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

/// The rows of `origin`, or of a function's result that has the rows of `origin`; `offered` can be made of them. `conditions` are those
/// of the query string that speak of them, and not of a function's arguments.
pub(super) fn resolve_rows(
    request: &ApiRequest,
    origin: &QualifiedName,
    offered: Offered,
    cache: &SchemaCache,
    limits: &Limits,
    conditions: impl IntoIterator<Item = (EmbedPath, LogicTree)>,
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
    // Rows that come from a change or a call carry their computed fields as columns, which `*` is not to
    // show.
    let spelled_out = !matches!(request.action, Action::Read { .. })
        && cache
            .relation(origin)
            .is_some_and(|relation| top.is_computed(relation));
    let node = top.resolve_top(resolver, origin, spelled_out)?;
    aggregate::check(&node, limits.aggregates)?;
    check_size(&node)?;
    let (media_type, representation) = negotiate(request, offered, &node, cache, limits)?;
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
) -> Option<SelectColumn> {
    let SelectItem::Field {
        field,
        aggregate,
        aggregate_cast,
        cast,
        alias,
    } = item
    else {
        return None;
    };
    let resolve = match (aggregate, grouping) {
        // Of the values themselves, however the answer would show them.
        (Some(_), _) => ResolvedField::compared,
        (None, Grouping::Rows) => ResolvedField::shown,
        (None, Grouping::Groups | Grouping::Above) => grouped_field,
    };
    let json_alias = || aggregate.is_none().then(|| json_alias(field)).flatten();
    Some(SelectColumn {
        field: resolve(field.clone(), relation),
        cast: match aggregate {
            Some(_) => aggregate_cast.clone(),
            None => cast.clone(),
        },
        aggregate: aggregate.map(|function| Aggregation {
            function,
            cast: cast.clone(),
        }),
        alias: alias.clone().or_else(json_alias),
    })
}

/// What `*` stands for.
pub(super) fn all_columns(relation: &Relation, grouping: Grouping) -> Vec<SelectColumn> {
    let columns = relation.columns.iter();
    let items = columns.map(|column| SelectItem::Field {
        field: Field {
            name: column.name.clone(),
            json_path: Vec::new(),
        },
        aggregate: None,
        aggregate_cast: None,
        cast: None,
        alias: None,
    });
    items
        .filter_map(|item| select_column(&item, Some(relation), grouping))
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
