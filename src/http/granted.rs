//! The look at what the caller may read, which only `Prefer: columns=granted` takes (see
//! [`plan::Granted`]).

use super::App;
use super::handle::preamble;
use crate::auth::Caller;
use crate::error::Error;
use crate::plan::{self, Granted, Plan};
use crate::request::ApiRequest;
use crate::schema_cache::SchemaCache;
use crate::session::{Ending, Work};
use crate::sql;

/// The plan with the columns that the caller's role may read in the place of `*`, where the request prefers
/// that. In a transaction of its own, as the caller: a right that is lost until the statement runs is then
/// refused by Postgres, since the statement names the column.
pub(super) async fn narrow(
    app: &App,
    caller: &Caller,
    request: &ApiRequest,
    cache: &SchemaCache,
    plan: Plan,
) -> Result<Plan, Error> {
    let relations = plan::to_look_up(request, &plan);
    if relations.is_empty() {
        return Ok(plan);
    }
    let role = &caller.role;
    let settings = preamble(app, caller, request, &plan)?;
    let question = sql::granted(&relations, &role.name);
    let work = Work {
        role: &role.name,
        begin: sql::BEGIN,
        settings: &settings,
        // Should it switch to another role, that one's rights decide when the statement runs.
        pre_request: None,
        main: &question,
        expected: None,
        ending: Ending::default(),
        explains: false,
    };
    let answer = app.pool.run(&work, app.path).await;
    let answer = answer.map_err(|source| Error::Session {
        source,
        is_anonymous: role.is_anonymous,
    })?;
    let granted = Granted::read(relations, &answer.body);
    Ok(plan::resolve_granted(
        request,
        cache,
        &app.limits,
        &granted,
    )?)
}
