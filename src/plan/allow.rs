//! Which methods a resource has, whoever asks (OPTIONS; PostgREST, `options.rst`).

use super::call_request::CallRequest;
use super::overload::choose;
use super::resolve_read::relation_not_found;
use super::{Limits, PlanError, exposed_schema};
use crate::request::{ApiRequest, Target};
use crate::schema_cache::{QualifiedName, SchemaCache, Volatility};

/// The methods, in PostgREST's order.
///
/// # Errors
/// [`PlanError`]: there is no such resource.
pub fn allowed_methods(
    request: &ApiRequest,
    cache: &SchemaCache,
    limits: &Limits,
) -> Result<Vec<&'static str>, PlanError> {
    let schema = exposed_schema(request, limits)?;
    let mut methods = vec!["OPTIONS", "GET", "HEAD"];
    match &request.target {
        Target::Root => {}
        Target::Relation(name) => {
            let name = QualifiedName::new(schema, name);
            let Some(relation) = cache.relation(&name) else {
                return Err(relation_not_found(&name, cache));
            };
            let takes = relation.takes;
            let puts = takes.insert && takes.update && !relation.primary_key.is_empty();
            let changes = [
                (takes.insert, "POST"),
                (puts, "PUT"),
                (takes.update, "PATCH"),
                (takes.delete, "DELETE"),
            ];
            methods.extend(changes.iter().filter(|it| it.0).map(|it| it.1));
        }
        Target::Routine(name) => {
            let name = QualifiedName::new(schema, name);
            let call = CallRequest::read(request, false, cache.overloads(&name));
            if choose(&name, cache, &call)?.volatility == Volatility::Volatile {
                methods.truncate(1);
            }
            methods.push("POST");
        }
    }
    Ok(methods)
}
