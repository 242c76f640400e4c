//! The walk of a request through the rooms, one line a stage.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use hyper::Request;
use hyper::body::Incoming;

use super::access_log::{Seen, wants_statements};
use super::caller::caller;
use super::explain::Look;
use super::respond::{ending, may_choose_end, respond};
use super::statements::Statements;
use super::timing::{Stage, Timing};
use super::{App, answer, explain, granted, once, read};
use crate::auth::Caller;
use crate::error::{Error, LimitError};
use crate::plan::{self, Plan, explain_refusal, explain_zone};
use crate::request::idempotency::IdempotencyKey;
use crate::request::precondition::Preconditions;
use crate::request::{Action, ApiRequest, RawRequest};
use crate::response::{self, Answer};
use crate::session::{Outcome, SessionError};

/// Answers one request. Whatever goes wrong is an answer, too.
pub(super) async fn handle(
    app: &App,
    request: Request<Incoming>,
    seen: &mut Seen,
) -> answer::HttpResponse {
    match walk(app, request, seen).await {
        Ok(answer) => answer::from_answer(answer, app.verbose_errors),
        Err(error) => answer::from_error(&error, app.verbose_errors),
    }
}

/// Everything that can be refused is refused before the body is read and a connection is taken.
async fn walk(app: &App, request: Request<Incoming>, seen: &mut Seen) -> Result<Answer, Error> {
    let mut timing = Timing::also(app.server_timing, !app.explain_roles.is_empty());
    let (parts, body) = request.into_parts();
    let head = read::head(app, parts)?;
    // Before anything is said of the caller: who waits for the server to be ready must not take a 401 for it.
    let cache = app.schema_cache()?;
    timing.begin(Stage::Jwt);
    let caller = caller(app, head.method(), head.map()).await?;
    timing.end();
    seen.role = Some(Arc::clone(&caller.role.name));
    let head = app.description.rooted(head)?;
    let action = head.action(&app.limits)?;
    let body = read::body(app, &head, action, body).await?;
    timing.begin(Stage::Parse);
    let mut request = parse(app, &head.with_body(body))?;
    if let Some(how) = explain::asked(app, &caller, &mut request) {
        let asked = Look {
            caller: &caller,
            request: &request,
            cache: &cache,
            how,
        };
        let url = head.url();
        return Box::pin(explain::answer(app, asked, url, timing, seen)).await;
    }
    timing.begin(Stage::Plan);
    if action == Action::Info {
        let methods = plan::allowed_methods(&request, &cache, &app.limits)?;
        timing.begin(Stage::Response);
        return Ok(timing.told_in(response::info(&request, &methods)));
    }
    let plan = plan::resolve(&request, &cache, &app.limits)?;
    timing.begin(Stage::Transaction);
    let plan = granted::narrow(app, &caller, &request, &cache, plan).await?;
    let outcome = execute(app, &caller, &request, &plan, seen).await?;
    timing.begin(Stage::Response);
    let answer = respond(app, &request, &plan, &cache, outcome)?;
    Ok(timing.told_in(answer))
}

pub(super) fn parse(app: &App, raw: &RawRequest<'_>) -> Result<ApiRequest, Error> {
    let mut request = ApiRequest::parse(raw)?;
    let may_choose_end = may_choose_end(app.tx_end);
    request.preferences.refuse_unheeded(may_choose_end);
    if app.idempotency_table.is_some() {
        request.idempotency = IdempotencyKey::of(raw)?;
    }
    if app.limits.version_column.is_some() {
        request.preconditions = Preconditions::of(raw)?;
    }
    Ok(request)
}

async fn execute(
    app: &App,
    caller: &Caller,
    request: &ApiRequest,
    plan: &Plan,
    seen: &mut Seen,
) -> Result<Outcome, Error> {
    let statements = Statements::of(app, caller, request, plan)?;
    if wants_statements(app) {
        seen.statements = statements.texts();
    }
    let ending = ending(app, request, plan);
    let sender = once::known(caller, request);
    let once = once::once(app, &sender, request, plan, &ending);
    let work = statements.work(&caller.role.name, ending, once, plan);
    let ran = app.pool.run(&work, app.path).await;
    ran.map_err(|error| told(caller, plan, error))
}

/// What the database said, as the caller is told it.
pub(super) fn told(caller: &Caller, plan: &Plan, error: SessionError) -> Error {
    refusal(plan, &error).unwrap_or(Error::Session {
        source: error,
        is_anonymous: caller.role.is_anonymous,
    })
}

/// What only the database could refuse, in the words of the request: an answer that is too large, a filter
/// value, a time zone.
fn refusal(plan: &Plan, error: &SessionError) -> Option<Error> {
    if let Some(limit) = plan.rows().and_then(|rows| rows.max_bytes)
        && error.is_oversize()
    {
        return Some(LimitError::Answer { limit }.into());
    }
    let SessionError::Database(database) = error else {
        return None;
    };
    if database.code == "22023"
        && let Some(rows) = plan.rows()
        && let Some(error) = explain_zone(rows, &database.message)
    {
        return Some(Error::Plan(error));
    }
    let Plan::Call(plan) = plan else {
        return None;
    };
    let filter_type = database.datatype.as_deref()?;
    let value = database.detail.as_deref().unwrap_or_default();
    explain_refusal(plan, filter_type, value, &database.message).map(Error::Plan)
}

/// Seconds since 1970. Before that every token has expired anyway.
pub(super) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
