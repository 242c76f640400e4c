//! What is looked at, in a transaction that is rolled back.

use std::time::Instant;

use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::super::granted;
use super::super::handle::told;
use super::super::respond::{ending, respond};
use super::super::statements::{Statements, preamble};
use super::super::timing::{Stage, Timing, milliseconds};
use super::{App, How, Look};
use crate::auth::Caller;
use crate::error::Error;
use crate::explain::{
    Answered, Document, Guarded, Planned, Times, Tree, named, policies, read_policies, shown,
    understood,
};
use crate::plan::{self, Explained, Plan, PlanError};
use crate::request::ApiRequest;
use crate::request::media_type::{PlanFormat, PlanOption};
use crate::response::Body;
use crate::session::{SessionError, Trial};
use crate::sql::{self, Statement};

const MASK: &str = "***";

/// Headers whose values let somebody in.
const SECRET: [&str; 3] = ["authorization", "apikey", "proxy-authorization"];

/// What was found out beside the document.
pub(super) struct Found {
    pub plan: Plan,
    pub statements: Statements,
}

/// Fills the document from plan to response.
pub(super) async fn found(
    app: &App,
    look: &Look<'_>,
    document: &mut Document,
    timing: &mut Timing,
) -> Result<Found, Error> {
    let (caller, request) = (look.caller, look.request);
    timing.begin(Stage::Plan);
    let plan = plan::resolve(request, look.cache, &app.limits)?;
    timing.begin(Stage::Transaction);
    let plan = granted::narrow(app, caller, request, look.cache, plan).await?;
    document.request.understood = Some(understood(request, &plan));
    if plan.explained().is_some() {
        // A plan has no plan.
        let accepted = request.accept.iter().map(ToString::to_string).collect();
        return Err(PlanError::NotAcceptable { accepted }.into());
    }
    let statements = Statements::of(app, caller, request, &plan)?;
    document.statements = Some(shown(
        statements.begin,
        &masked(app, caller, request, &plan)?,
        statements.pre_request.as_ref(),
        &statements.main,
    ));
    let tell = |error| told(caller, &plan, error);
    let mut trial = app.pool.trial(statements.begin).await.map_err(tell)?;
    let tried = tried(
        app,
        look,
        (&plan, &statements),
        &mut trial,
        document,
        timing,
    )
    .await;
    // Its end fails only with the connection, which the pool notices by itself.
    let _ = trial.end().await;
    tried?;
    Ok(Found { plan, statements })
}

/// Everything within the transaction.
async fn tried(
    app: &App,
    look: &Look<'_>,
    (plan, statements): (&Plan, &Statements),
    trial: &mut Trial,
    document: &mut Document,
    timing: &mut Timing,
) -> Result<(), Error> {
    let tell = |error| told(look.caller, plan, error);
    let mut times = Times::default();
    let begun = Instant::now();
    trial.rows(&statements.settings).await.map_err(tell)?;
    times.settings = Some(milliseconds(begun.elapsed()));
    if let Some(call) = &statements.pre_request {
        let begun = Instant::now();
        trial.rows(call).await.map_err(tell)?;
        times.pre_request = Some(milliseconds(begun.elapsed()));
    }
    let tree = tree(trial, &statements.main).await;
    let empty = Tree::default();
    let seen = tree.as_ref().unwrap_or(&empty);
    document.functions = functions(plan, seen);
    let asked = policies(&named(plan), &seen.relations());
    document.relations = Some(relations(trial, &asked).await.map_err(tell)?);
    tree.map_err(tell)?;
    if look.how.analyze {
        let work = statements.work(
            &look.caller.role.name,
            ending(app, look.request, plan),
            None,
            plan,
        );
        let begun = Instant::now();
        let outcome = trial.outcome(&work).await.map_err(tell)?;
        times.statement = Some(milliseconds(begun.elapsed()));
        let (rows, total) = (outcome.page, outcome.total);
        timing.begin(Stage::Response);
        let answer = respond(app, look.request, plan, look.cache, outcome)?;
        timing.begin(Stage::Transaction);
        document.answer = Some(Answered {
            status: answer.status,
            rows,
            total,
            bytes: match &answer.body {
                Body::Bytes(bytes) => bytes.len(),
                Body::Empty | Body::Error(_) => 0,
            },
        });
    }
    document.plan = Some(
        planned(trial, &statements.main, look.how)
            .await
            .map_err(tell)?,
    );
    document.time = Some(Times {
        jwt: timing.milliseconds(Stage::Jwt),
        parse: timing.milliseconds(Stage::Parse),
        plan: timing.milliseconds(Stage::Plan),
        transaction: timing.milliseconds(Stage::Transaction),
        response: look
            .how
            .analyze
            .then(|| timing.milliseconds(Stage::Response)),
        ..times
    });
    Ok(())
}

pub(super) fn times(timing: &mut Timing) -> Times {
    Times {
        jwt: timing.milliseconds(Stage::Jwt),
        parse: timing.milliseconds(Stage::Parse),
        plan: timing.milliseconds(Stage::Plan),
        transaction: timing.milliseconds(Stage::Transaction),
        ..Times::default()
    }
}

/// The plan without running it: what is read, by names.
async fn tree(trial: &mut Trial, main: &Statement) -> Result<Tree, SessionError> {
    let explained = Explained {
        format: PlanFormat::Json,
        options: &[PlanOption::Verbose],
    };
    let rows = trial.undone_rows(&sql::explain(main, explained)).await?;
    json(&rows).map(Tree::of)
}

fn json(rows: &[Row]) -> Result<Value, SessionError> {
    let Some(row) = rows.first() else {
        return Err(SessionError::Protocol("a plan of no rows"));
    };
    let Json(json) = row.try_get(0)?;
    Ok(json)
}

/// As it is shown.
async fn planned(trial: &mut Trial, main: &Statement, how: How) -> Result<Planned, SessionError> {
    let options: &[PlanOption] = if how.analyze {
        &[
            PlanOption::Analyze,
            PlanOption::Verbose,
            PlanOption::Settings,
            PlanOption::Buffers,
        ]
    } else {
        &[PlanOption::Verbose, PlanOption::Settings]
    };
    let explained = Explained {
        format: how.format,
        options,
    };
    let rows = trial.undone_rows(&sql::explain(main, explained)).await?;
    if how.format == PlanFormat::Json {
        return json(&rows).map(Planned::Json);
    }
    let mut text = String::new();
    for row in &rows {
        text.push_str(row.try_get(0)?);
        text.push('\n');
    }
    Ok(Planned::Text(text))
}

async fn relations(trial: &mut Trial, asked: &Statement) -> Result<Vec<Guarded>, SessionError> {
    let rows = trial.try_rows(asked).await?;
    let json = match rows.first() {
        Some(row) => row.try_get("relations")?,
        None => "[]",
    };
    read_policies(json).map_err(|_| SessionError::Protocol("policies that are none"))
}

/// Those of which the plan does not show what they do.
fn functions(plan: &Plan, tree: &Tree) -> Vec<String> {
    let mut functions = tree.functions();
    if let Plan::Call(plan) = plan {
        let routine = plan.routine.to_string();
        if tree.calls(&plan.routine.name) && !functions.contains(&routine) {
            functions.push(routine);
        }
    }
    functions
}

/// The settings without what is secret: the texts are the same.
fn masked(
    app: &App,
    caller: &Caller,
    request: &ApiRequest,
    plan: &Plan,
) -> Result<Statement, Error> {
    let mut app = app.clone();
    let mut request = request.clone();
    for (_, value) in &mut app.settings {
        MASK.clone_into(value);
    }
    for (name, value) in &mut request.headers {
        if SECRET.contains(&name.as_str()) {
            MASK.clone_into(value);
        }
    }
    for (_, value) in &mut request.cookies {
        MASK.clone_into(value);
    }
    preamble(&app, caller, &request, plan)
}
