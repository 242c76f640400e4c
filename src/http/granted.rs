//! The look at what the caller may read, which only `Prefer: columns=granted` takes (see
//! [`plan::Granted`]).

use super::App;
use super::statements::preamble;
use crate::auth::Caller;
use crate::error::Error;
use crate::plan::{self, Granted, Plan};
use crate::request::ApiRequest;
use crate::schema_cache::{QualifiedName, SchemaCache};
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
    // On the heap: few requests look.
    let granted = Box::pin(look_up(app, caller, request, &plan, relations)).await?;
    Ok(plan::resolve_granted(
        request,
        cache,
        &app.limits,
        &granted,
    )?)
}

async fn look_up(
    app: &App,
    caller: &Caller,
    request: &ApiRequest,
    plan: &Plan,
    relations: Vec<QualifiedName>,
) -> Result<Granted, Error> {
    let role = &caller.role.name;
    let pre_request = app.pre_request(role);
    let may_be_switched = pre_request.is_some();
    let asker = sql::Caller {
        role,
        may_be_switched,
    };
    let work = Work {
        role,
        begin: sql::BEGIN,
        settings: &preamble(app, caller, request, plan)?,
        // It may make the caller another role, whose rights are then those that count.
        pre_request: pre_request.as_ref(),
        main: &sql::granted(&relations, asker),
        expected: None,
        unmet: None,
        // What that function writes is to count once, with the statement itself.
        ending: Ending {
            rollback: may_be_switched,
            ..Ending::default()
        },
        once: None,
        explains: false,
    };
    let answer = app.pool.run(&work, app.path).await;
    let answer = answer.map_err(|source| Error::Session {
        source,
        is_anonymous: caller.role.is_anonymous,
    })?;
    Ok(Granted::read(relations, &answer.body))
}
