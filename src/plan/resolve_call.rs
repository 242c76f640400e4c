//! Resolves `/rpc/function`.

use std::collections::BTreeSet;

use super::arguments::resolve_arguments;
use super::call_request::{CallRequest, speaks_of_result};
use super::negotiate::Offered;
use super::overload::choose;
use super::page::resolve_page;
use super::resolve_read::{Asked, resolve_rows, resolve_tree};
use super::{
    CallBody, CallPlan, Granted, Isolation, Limits, Node, PlanError, ResultShape, SelectColumn,
    Total,
};
use crate::request::payload::Payload;
use crate::request::query_string::filter::LogicTree;
use crate::request::query_string::select::SelectItem;
use crate::request::{Action, ApiRequest};
use crate::schema_cache::{QualifiedName, Relation, Returns, Routine, SchemaCache, Volatility};

pub(super) fn resolve_call(
    request: &ApiRequest,
    name: &QualifiedName,
    cache: &SchemaCache,
    limits: &Limits,
    granted: &Granted,
) -> Result<CallPlan, PlanError> {
    let is_post = matches!(request.action, Action::Call { safe: false, .. });
    let call = CallRequest::read(request, is_post, cache.overloads(name));
    let routine = choose(name, cache, &call)?;
    let mut arguments = resolve_arguments(routine, &call)?;
    let shape = result_shape(routine);
    let query = &request.query;
    let origin = origin(routine);
    let relation = cache.relation(&origin);
    if routine.takes_filters() {
        let of_result = query.logic.iter().filter(|(path, _)| path.is_empty());
        for (_, tree) in of_result {
            refuse_filters_in_logic(routine, relation, &query.select, tree)?;
        }
    }
    let filters = call.result_filters(routine, relation, &query.select)?;
    let filters = filters.into_iter();
    let filters = filters.map(|(path, filter)| (path, LogicTree::Leaf(filter)));
    let having = request.query.having.iter();
    let asked = Asked {
        conditions: query.logic.iter().cloned().chain(filters).collect(),
        having: having.filter(|it| !call.takes(it)).collect(),
    };
    let tree = resolve_tree(request, &origin, cache, limits, granted, asked)?;
    let offered = Offered::result_of(routine);
    let mut rows = resolve_rows(request, &origin, tree, offered, cache, limits)?;
    request.preferences.check()?;
    if request.preferences.max_affected().is_some() && !routine.returns_set {
        return Err(PlanError::MaxAffectedOfOne);
    }
    rows.total = Total::of_call(request.preferences.count);
    let max_rows = limits.max_rows;
    let total = resolve_page(
        request,
        routine,
        relation,
        max_rows,
        &mut rows,
        &mut arguments,
    )?;
    let named = named_fields(&rows.node, routine, relation);
    Ok(CallPlan {
        routine: name.clone(),
        arguments,
        body: request.body.as_ref().and_then(body),
        shape,
        result_name: origin.name,
        named,
        inlined: routine.inlined,
        writes: is_post && routine.volatility == Volatility::Volatile,
        settings: hoisted(routine, &limits.hoisted_settings),
        isolation: isolation(routine),
        total,
        rows,
    })
}

fn body(payload: &Payload) -> Option<CallBody> {
    match payload {
        Payload::Object(object) => Some(CallBody::Object(object.text.clone())),
        Payload::Unread(text) if text.trim_start().starts_with('{') => {
            Some(CallBody::Object(text.clone()))
        }
        Payload::Array { text, .. } | Payload::Unread(text) => Some(CallBody::Array(text.clone())),
        Payload::Form(_) | Payload::Raw(_) => None,
    }
}

/// The function's settings that are to hold for the whole transaction.
fn hoisted(routine: &Routine, names: &[String]) -> Vec<(String, String)> {
    let is_hoisted = |name: &str| {
        let mut names = names.iter();
        names.any(|hoisted| hoisted.eq_ignore_ascii_case(name))
    };
    let settings = routine.settings.iter();
    let hoisted = settings.filter(|(name, _)| name != DEFAULT_ISOLATION && is_hoisted(name));
    hoisted.cloned().collect()
}

/// Inside a transaction the default no longer matters: it has to begin so.
const DEFAULT_ISOLATION: &str = "default_transaction_isolation";

fn isolation(routine: &Routine) -> Option<Isolation> {
    routine.setting(DEFAULT_ISOLATION).map(Isolation::parse)
}

/// `or=(priority.eq.high,…)` can only speak of the result: a condition inside it would be ignored by
/// the function, so it is refused.
fn refuse_filters_in_logic(
    routine: &Routine,
    relation: Option<&Relation>,
    select: &[SelectItem],
    tree: &LogicTree,
) -> Result<(), PlanError> {
    match tree {
        LogicTree::Branch { children, .. } => children
            .iter()
            .try_for_each(|child| refuse_filters_in_logic(routine, relation, select, child)),
        LogicTree::Leaf(filter) if speaks_of_result(routine, relation, select, filter) => Ok(()),
        LogicTree::Leaf(filter) => Err(PlanError::FilterInLogic {
            function: routine.name.name.clone(),
            parameter: filter.field.name.clone(),
        }),
    }
}

/// The relation whose rows come back, by which others can be embedded in them; of other results the
/// function's own name, which has no relationships.
fn origin(routine: &Routine) -> QualifiedName {
    match &routine.returns {
        Returns::Composite {
            relation: Some(relation),
            ..
        } => QualifiedName::new(&routine.name.schema, &relation.name),
        Returns::Composite { .. } | Returns::Scalar | Returns::Void => routine.name.clone(),
    }
}

/// The fields that the call itself must show beside its columns, each once: computed ones, and what else is
/// asked for by name alone, which is an error that names the call.
fn named_fields(node: &Node, routine: &Routine, relation: Option<&Relation>) -> Vec<String> {
    let Returns::Composite {
        output,
        relation: Some(_),
    } = &routine.returns
    else {
        return Vec::new();
    };
    let is_computed = |name: &str| relation.is_some_and(|relation| relation.is_computed(name));
    let (shown, others) = node.own_fields();
    let has_star = node.select.iter().any(SelectColumn::is_star);
    let shown = shown.map(|field| field.name.as_str());
    let shown = shown.filter(|name| !has_star || is_computed(name));
    let others = others.map(|field| field.name.as_str());
    let others = others.filter(|name| is_computed(name));
    let names = shown.chain(others);
    let named: BTreeSet<&str> = names
        .filter(|name| *name != "*" && !output.iter().any(|column| column == name))
        .collect();
    named.into_iter().map(str::to_owned).collect()
}

fn result_shape(routine: &Routine) -> ResultShape {
    match (&routine.returns, routine.returns_set) {
        (Returns::Void, _) => ResultShape::Void,
        (Returns::Scalar, false) => ResultShape::Scalar,
        (Returns::Scalar, true) => ResultShape::SetOfScalar,
        (Returns::Composite { .. }, false) => ResultShape::Composite,
        (Returns::Composite { .. }, true) => ResultShape::SetOfComposite,
    }
}
