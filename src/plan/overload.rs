//! Which overload of a function a request means, by the names of what it gives
//! (PostgREST, `docs/references/api/functions.rst`, "Overloaded functions").

use super::call_request::{CallRequest, ItemValue};
use super::suggest::{CLOSE, LOOSE, nearest};
use super::{PlanError, call_request, shortened};
use crate::schema_cache::{QualifiedName, Routine, SchemaCache};

/// PostgREST's threshold for parameter lists: they show nothing that the caller may not see.
const PARAMETERS: f64 = 0.33;

/// Query parameters with a meaning of their own.
const RESERVED: [&str; 6] = ["select", "order", "limit", "offset", "and", "or"];

/// Chooses the only overload that the given names fit; where none does, the one whose single unnamed
/// parameter takes the whole body.
pub(super) fn choose<'a>(
    name: &QualifiedName,
    cache: &'a SchemaCache,
    request: &CallRequest,
) -> Result<&'a Routine, PlanError> {
    let overloads = cache.overloads(name);
    let mut fitting: Vec<&Routine> = overloads
        .iter()
        .filter(|routine| fits(routine, request))
        .collect();
    if fitting.is_empty() {
        fitting.extend(overloads.iter().filter(|one| takes_whole(one, request)));
    }
    match fitting.as_slice() {
        [routine] => Ok(routine),
        [] => Err(none_fits(name, cache, overloads, request)),
        several => Err(PlanError::AmbiguousRoutine {
            candidates: several.iter().map(|routine| signature(routine)).collect(),
        }),
    }
}

/// Every required parameter is given, and nothing that is not a parameter. A parameter that takes
/// conditions is never missing: no condition selects everything.
fn fits(routine: &Routine, request: &CallRequest) -> bool {
    if request.body_kind.is_raw() {
        return false;
    }
    let given = request.argument_names(routine);
    given.iter().all(|name| is_argument(routine, name))
        && routine
            .parameters
            .iter()
            .filter(|parameter| parameter.required && parameter.filters.is_none())
            .all(|parameter| given.contains(parameter.name.as_str()))
}

fn takes_whole(routine: &Routine, request: &CallRequest) -> bool {
    let unnamed = routine.unnamed();
    unnamed.is_some_and(|parameter| request.whole(parameter).is_some())
}

fn is_argument(routine: &Routine, name: &str) -> bool {
    routine
        .parameters
        .iter()
        .any(|parameter| parameter.name == name && parameter.filters.is_none())
        && !name.is_empty()
}

fn none_fits(
    name: &QualifiedName,
    cache: &SchemaCache,
    overloads: &[Routine],
    request: &CallRequest,
) -> PlanError {
    // A misspelt filter that is silently ignored shows a wrong dashboard, so functions that take
    // filters name the parameter; all others answer as PostgREST does.
    if let [routine] = overloads
        && routine.takes_filters()
        && let Some(unknown) = request
            .argument_names(routine)
            .into_iter()
            .find(|name| !is_argument(routine, name))
        && let Some(value) = request.values(unknown).next()
    {
        return unknown_parameter(routine, unknown, value);
    }
    let given: Vec<String> = request.names().into_iter().map(shortened).collect();
    let hint = if request.body_kind.is_raw() {
        None
    } else if overloads.is_empty() {
        let names = cache
            .routines
            .keys()
            .filter(|candidate| candidate.schema == name.schema)
            .map(|candidate| candidate.name.as_str());
        nearest(&name.name, names, CLOSE).map(str::to_owned)
    } else {
        let lists: Vec<String> = overloads.iter().map(parameter_list).collect();
        let wanted = format!("({})", given.join(", "));
        nearest(&wanted, lists.iter().map(String::as_str), PARAMETERS)
            .map(|list| format!("{}{list}", name.name))
    };
    PlanError::RoutineNotFound {
        function: format!("{}.{}", name.schema, shortened(&name.name)),
        given,
        searched: request.body_kind,
        hint: hint.map(|near| {
            format!(
                "Perhaps you meant to call the function {}.{near}",
                name.schema
            )
        }),
    }
}

/// The 400 for a name that a function with filters does not know.
pub(super) fn unknown_parameter(routine: &Routine, name: &str, value: ItemValue) -> PlanError {
    if call_request::is_column(routine, name) {
        return PlanError::BareColumn {
            column: name.to_owned(),
            write: match value {
                ItemValue::Text(text) => format!("{name}=eq.{}", shortened(text)),
                ItemValue::Json(_) | ItemValue::Unread => {
                    format!("{name}=eq.… in the query string")
                }
            },
        };
    }
    let arguments = routine.parameters.iter().filter(|p| p.filters.is_none());
    let known = routine
        .filter_names()
        .chain(routine.output().iter().map(String::as_str))
        .chain(arguments.map(|parameter| parameter.name.as_str()))
        .chain(RESERVED);
    let hint = match nearest(name, known, LOOSE) {
        Some(near) => format!("Perhaps you meant \"{near}\""),
        None => "Write one of its filters, or a column of its result".to_owned(),
    };
    PlanError::UnknownParameter {
        function: routine.name.name.clone(),
        parameter: shortened(name),
        hint,
        filters: routine.filter_names().map(str::to_owned).collect(),
    }
}

/// `schema.name(a => integer, b => text)`.
fn signature(routine: &Routine) -> String {
    let parameters: Vec<String> = routine
        .parameters
        .iter()
        .map(|p| format!("{} => {}", p.name, p.sql_type.as_sql()))
        .collect();
    let QualifiedName { schema, name } = &routine.name;
    format!("{schema}.{name}({})", parameters.join(", "))
}

/// `(a, b)`, sorted, as PostgREST's hint shows it.
fn parameter_list(routine: &Routine) -> String {
    let mut names: Vec<&str> = routine.parameters.iter().map(|p| p.name.as_str()).collect();
    names.sort_unstable();
    format!("({})", names.join(", "))
}
