//! Resolves POST, PATCH, PUT and DELETE on a relation (PostgREST, `tables_views.rst`, "Insert" to
//! "Delete").

use std::collections::BTreeSet;

use super::json_kinds::check_json_kinds;
use super::negotiate::Offered;
use super::resolve_read::{Asked, conditions_of, relation_not_found, resolve_rows, resolve_tree};
use super::suggest::{LOOSE, nearest, shortened};
use super::{
    Change, Granted, Limits, MutatePlan, Node, OnConflict, PlanError, Precondition, ResolvedField,
    Returned, Rows, Total, Values, WrittenColumn,
};
use crate::request::media_type::MediaType;
use crate::request::payload::Payload;
use crate::request::prefer::{Missing, Representation, Resolution};
use crate::request::query_string::filter::{Filter, LogicTree, Operation, Operator};
use crate::request::{Action, ApiRequest, Mutation, RequestError};
use crate::schema_cache::{QualifiedName, Relation, SchemaCache};

pub(super) fn resolve_mutate(
    request: &ApiRequest,
    mutation: Mutation,
    name: &QualifiedName,
    cache: &SchemaCache,
    limits: &Limits,
    granted: &Granted,
) -> Result<MutatePlan, PlanError> {
    let Some(relation) = cache.relation(name) else {
        return Err(relation_not_found(name, cache));
    };
    let (of_rows, of_embeds): (Vec<_>, Vec<_>) =
        conditions_of(request).partition(|(path, _)| path.is_empty());
    // Of the top level it would be about what changes, and that is not groups.
    let (having_of_rows, having): (Vec<_>, Vec<_>) = request
        .query
        .having
        .iter()
        .partition(|it| it.path.is_empty());
    let mut conditions: Vec<LogicTree> = Vec::new();
    // New rows are not filtered, as in PostgREST.
    if mutation != Mutation::Create {
        conditions.extend(of_rows.into_iter().map(|(_, tree)| tree));
        for one in having_of_rows {
            conditions.push(LogicTree::Leaf(one.filter.clone()?));
        }
    }
    let asked = Asked {
        conditions: of_embeds,
        having,
    };
    let tree = resolve_tree(request, name, cache, limits, granted, asked)?;
    if mutation == Mutation::Upsert {
        check_put(relation, &conditions)?;
    }
    if matches!(mutation, Mutation::Update | Mutation::Delete)
        && limits.require_filter
        && conditions.is_empty()
    {
        return Err(filter_required(&request.method, relation));
    }
    let precondition = Precondition::resolve(request, mutation, relation, limits, &mut conditions)?;
    let change = change(request, mutation, relation, limits)?;
    request.preferences.check()?;
    let offered = Offered::rows_of(name);
    let mut rows = resolve_rows(request, name, tree, offered, cache, limits)?;
    rows.total = Total::Unasked;
    Ok(MutatePlan {
        target: name.clone(),
        mutation,
        change,
        conditions: conditions
            .into_iter()
            .map(|tree| tree.map(&|filter| ResolvedField::filter(filter, Some(relation))))
            .collect(),
        precondition,
        returned: returned(request, mutation, relation, &rows),
        rows,
    })
}

fn change(
    request: &ApiRequest,
    mutation: Mutation,
    relation: &Relation,
    limits: &Limits,
) -> Result<Change, PlanError> {
    let is_put = mutation == Mutation::Upsert;
    Ok(match mutation {
        Mutation::Delete => Change::Delete,
        Mutation::Update => Change::Update(values(request, relation, limits)?),
        // A version is one of a row that is there: none is made, not even where it goes just now.
        Mutation::Upsert if request.preconditions.matching.is_some() => {
            Change::Update(values(request, relation, limits)?)
        }
        Mutation::Create | Mutation::Upsert => {
            let resolution = if is_put {
                Some(Resolution::MergeDuplicates)
            } else {
                request.preferences.resolution
            };
            let columns = match &request.query.on_conflict {
                Some(columns) if !is_put => columns,
                _ => &relation.primary_key,
            };
            Change::Insert {
                values: values(request, relation, limits)?,
                on_conflict: resolution
                    .filter(|_| !columns.is_empty())
                    .map(|resolution| OnConflict {
                        columns: columns.clone(),
                        resolution,
                    }),
                counts_new: resolution == Some(Resolution::MergeDuplicates),
            }
        }
    })
}

/// The body, and those of its columns that are written: the first object's keys, or `columns`.
fn values(request: &ApiRequest, relation: &Relation, limits: &Limits) -> Result<Values, PlanError> {
    let (json, is_object, keys) = match &request.body {
        Some(Payload::Object(object)) => (&object.text, true, keys_of(request)),
        Some(Payload::Array { text, .. }) => (text, false, keys_of(request)),
        Some(Payload::Unread(text)) => (
            text,
            text.trim_start().starts_with('{'),
            request.query.columns.iter().flatten().cloned().collect(),
        ),
        Some(Payload::Form(_) | Payload::Raw(_)) | None => {
            let why = "Empty or invalid json".to_owned();
            return Err(RequestError::Body(why).into());
        }
    };
    let with_defaults = request.preferences.missing == Some(Missing::Default)
        && request.action != Action::Mutate(Mutation::Upsert);
    let mut written = Vec::with_capacity(keys.len());
    for name in &keys {
        let column = relation
            .column(name)
            .ok_or_else(|| column_not_found(relation, name))?;
        written.push(column);
    }
    // A form or CSV knows only strings.
    if limits.strict_json_types && request.content_type == MediaType::Json {
        check_json_kinds(json, &written)?;
    }
    Ok(Values {
        json: json.clone(),
        is_object,
        columns: written
            .into_iter()
            .map(|column| WrittenColumn {
                name: column.name.clone(),
                sql_type: column.sql_type.clone(),
                default: column.default.clone().filter(|_| with_defaults),
                read_by: column.from_json().cloned(),
            })
            .collect(),
    })
}

/// Sorted, so that the order of a body's keys makes no other statement.
fn keys_of(request: &ApiRequest) -> BTreeSet<String> {
    let keys = request.body.iter().flat_map(Payload::keys);
    keys.map(str::to_owned).collect()
}

fn column_not_found(relation: &Relation, name: &str) -> PlanError {
    let names = relation.columns.iter().map(|column| column.name.as_str());
    // What `curl -d` sends unless told otherwise is a form, of which the JSON is one key.
    let hint = if name.starts_with(['{', '[']) {
        Some("If the body is JSON, send it with 'Content-Type: application/json'".to_owned())
    } else {
        nearest(name, names, LOOSE).map(|near| format!("Perhaps you meant the column '{near}'"))
    };
    PlanError::ColumnNotFound {
        relation: relation.name.name.clone(),
        column: shortened(name),
        hint,
    }
}

fn returned(
    request: &ApiRequest,
    mutation: Mutation,
    relation: &Relation,
    rows: &Rows,
) -> Returned {
    match request.preferences.representation {
        Some(Representation::Full) => Returned::Columns(columns_of(&rows.node, relation)),
        Some(Representation::HeadersOnly) => {
            let mut columns = columns_of(&rows.node, relation);
            let key = if mutation == Mutation::Create {
                key_in_order(relation)
            } else {
                Vec::new()
            };
            if !columns.iter().any(|name| name == "*") {
                let missing = key.iter().filter(|name| !columns.contains(name));
                columns.extend(missing.cloned().collect::<Vec<_>>());
            }
            Returned::Headers { columns, key }
        }
        Some(Representation::Minimal) | None => Returned::Count,
    }
}

/// The key's columns as the relation shows them: a view's own order is not that of the keys behind it.
fn key_in_order(relation: &Relation) -> Vec<String> {
    let names = relation.columns.iter().map(|column| &column.name);
    let of_key = names.filter(|name| relation.primary_key.contains(name));
    of_key.cloned().collect()
}

/// The columns that the answer shows, is ordered by, or finds embedded rows by, each once. Beside `*` only
/// computed fields are named.
fn columns_of(node: &Node, relation: &Relation) -> Vec<String> {
    // `count()` counts rows, whatever is in them.
    let shown = node.select.iter();
    let shown = shown.filter(|column| column.is_star() || column.field.name != "*");
    let shown = shown.map(|column| column.field.name.as_str());
    let ordering = node.order.iter();
    let ordering = ordering.filter(|key| key.embed.is_none() && key.shown.is_none());
    let ordering = ordering.map(|key| key.field.name.as_str());
    let linking = node
        .embeds
        .iter()
        .flat_map(|it| it.relationship.own_columns());
    let mut names: BTreeSet<&str> = shown.chain(ordering).chain(linking).collect();
    if names.contains("*") {
        names.retain(|name| *name == "*" || relation.is_computed(name));
    }
    names.into_iter().map(str::to_owned).collect()
}

/// PUT is about one row: its filters must name it, and nothing else.
fn check_put(relation: &Relation, conditions: &[LogicTree]) -> Result<(), PlanError> {
    let named: Option<BTreeSet<&str>> = conditions.iter().map(equalled_column).collect();
    let key: BTreeSet<&str> = relation.primary_key.iter().map(String::as_str).collect();
    if !key.is_empty() && named == Some(key) {
        Ok(())
    } else {
        Err(PlanError::PutFilters)
    }
}

/// Of `column=eq.value` the column.
pub(super) fn equalled_column(condition: &LogicTree) -> Option<&str> {
    match condition {
        LogicTree::Leaf(Filter {
            field,
            negated: false,
            operation:
                Operation::Compare {
                    operator: Operator::Equal,
                    quantifier: None,
                    ..
                },
        }) if field.json_path.is_empty() => Some(&field.name),
        _ => None,
    }
}

fn filter_required(method: &str, relation: &Relation) -> PlanError {
    let first = relation.columns.first().map(|column| &column.name);
    let column = relation.primary_key.first().or(first);
    let column = column.map_or("column", String::as_str);
    PlanError::FilterRequired {
        method: method.to_owned(),
        some_rows: format!("?{column}=eq.…"),
        // A key is never null.
        all_rows: if relation.primary_key.is_empty() {
            format!("?or=({column}.is.null,{column}.not.is.null)")
        } else {
            format!("?{column}=not.is.null")
        },
    }
}
