//! Resolves `/rpc/function`.

use super::arguments::resolve_arguments;
use super::call_request::{CallRequest, is_column};
use super::overload::choose;
use super::resolve_read::resolve_rows;
use super::{CallPlan, Limits, PlanError, ResultShape};
use crate::request::payload::Payload;
use crate::request::query_string::filter::LogicTree;
use crate::request::{Action, ApiRequest};
use crate::schema_cache::{QualifiedName, Returns, Routine, SchemaCache, Volatility};

pub(super) fn resolve_call(
    request: &ApiRequest,
    name: &QualifiedName,
    cache: &SchemaCache,
    limits: &Limits,
) -> Result<CallPlan, PlanError> {
    let is_post = matches!(request.action, Action::Call { safe: false, .. });
    let call = CallRequest::read(request, is_post)?;
    let routine = choose(name, cache, &call)?;
    if request.preferences.max_affected().is_some() && !routine.returns_set {
        return Err(PlanError::MaxAffectedOfOne);
    }
    let arguments = resolve_arguments(routine, &call)?;
    let shape = result_shape(routine);
    let mut rows = resolve_rows(request, limits)?;
    if routine.takes_filters() {
        for tree in &rows.conditions {
            refuse_filters_in_logic(routine, tree)?;
        }
    }
    rows.conditions.extend(call.result_filters(routine)?);
    Ok(CallPlan {
        routine: name.clone(),
        arguments,
        body: match &request.body {
            Some(Payload::Object(object)) => Some(object.text.clone()),
            _ => None,
        },
        shape,
        writes: is_post && routine.volatility == Volatility::Volatile,
        rows,
    })
}

/// `or=(priority.eq.high,…)` can only speak of the result: a condition inside it would be ignored by
/// the function, so it is refused.
fn refuse_filters_in_logic(routine: &Routine, tree: &LogicTree) -> Result<(), PlanError> {
    match tree {
        LogicTree::Branch { children, .. } => children
            .iter()
            .try_for_each(|child| refuse_filters_in_logic(routine, child)),
        LogicTree::Leaf(filter) if is_column(routine, &filter.field.name) => Ok(()),
        LogicTree::Leaf(filter) => Err(PlanError::FilterInLogic {
            function: routine.name.name.clone(),
            parameter: filter.field.name.clone(),
        }),
    }
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
