//! Whether a write may happen only once, and whose it is.

use super::App;
use crate::auth::Caller;
use crate::plan::Plan;
use crate::request::{ApiRequest, idempotency::digest};
use crate::session::{Ending, Once};
use crate::sql;

/// The sender of a key, as one is known who sends it again, perhaps with a newer token.
pub(super) fn known(caller: &Caller, request: &ApiRequest) -> String {
    if request.idempotency.is_none() {
        return String::new();
    }
    let claims = caller.claims.lasting();
    digest([caller.role.name.as_bytes(), claims.as_bytes()])
}

/// What is kept of this write, where it has a key. Of what is rolled back nothing is.
pub(super) fn once<'a>(
    app: &'a App,
    caller: &'a str,
    request: &'a ApiRequest,
    plan: &Plan,
    ending: &Ending,
) -> Option<Once<'a>> {
    let table = app.idempotency_table.as_deref()?;
    let key = request.idempotency.as_ref()?;
    let leaves_traces = plan.writes() && !ending.rollback && plan.explained().is_none();
    leaves_traces.then_some(Once {
        write: sql::Write {
            table,
            caller,
            key: &key.key,
            request: &key.request,
        },
        role: app.idempotency_role.as_deref(),
    })
}
