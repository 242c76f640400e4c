//! What a result must be like before its transaction may commit, and the answer made of it.

use super::App;
use crate::config::TransactionEnd;
use crate::error::Error;
use crate::plan::{self, MutatePlan, Plan};
use crate::request::ApiRequest;
use crate::request::prefer::TransactionEnd as Preferred;
use crate::response::{self, Answer, Demand, Presentation, ResponseError};
use crate::schema_cache::SchemaCache;
use crate::session::{Ending, Outcome, Unmet};

/// Whether requests may choose how their transaction ends.
pub(super) fn may_choose_end(setting: TransactionEnd) -> bool {
    matches!(
        setting,
        TransactionEnd::CommitAllowOverride | TransactionEnd::RollbackAllowOverride
    )
}

/// What reads leaves no trace however it ends.
pub(super) fn ending(app: &App, request: &ApiRequest, plan: &Plan) -> Ending {
    if !plan.writes() {
        return Ending::default();
    }
    let by_default = matches!(
        app.tx_end,
        TransactionEnd::Rollback | TransactionEnd::RollbackAllowOverride
    );
    Ending {
        only_rows: demand(request, plan).and_then(|it| it.accepted()),
        rollback: match request.preferences.transaction {
            Some(preferred) => preferred == Preferred::Rollback,
            None => by_default,
        },
    }
}

/// Of rows: an execution plan tells of any, and a description shows none.
fn demand(request: &ApiRequest, plan: &Plan) -> Option<Demand> {
    let rows = plan.rows()?;
    let demand = || Demand::of(request.action, &rows.media_type, &request.preferences);
    rows.explained().is_none().then(demand)
}

pub(super) fn respond(
    app: &App,
    request: &ApiRequest,
    plan: &Plan,
    cache: &SchemaCache,
    mut outcome: Outcome,
) -> Result<Answer, Error> {
    let replayed = outcome.replayed;
    let headers = outcome.response_headers.take();
    let status = outcome.response_status.take();
    if let Some(unmet) = outcome.unmet.take() {
        return Err(refused(&unmet).into());
    }
    let schema = plan::exposed_schema(request, &app.limits)?;
    if let Some(demand) = demand(request, plan) {
        demand.check(outcome.page)?;
    }
    if let Some(rows) = plan.rows() {
        outcome.total = rows.total.of(outcome.total, outcome.expected);
    }
    let is_negotiated = request.schema.is_some() || app.limits.schemas.len() > 1;
    let next = next_cursor(plan, &outcome)?;
    let etag = outcome.etag.as_deref().map(response::quoted);
    let presentation = Presentation {
        media_type: plan.media_type(),
        profile: is_negotiated.then_some(schema),
        next: next.as_deref(),
        etag: etag.as_deref(),
        legacy_names: plan.rows().map_or(&[], |rows| &rows.legacy_names),
    };
    if plan.explained().is_some() {
        return Ok(response::explained(presentation, outcome.body));
    }
    let answer = match plan {
        Plan::Read(plan) => {
            response::read(request, &plan.from.name, presentation, rows_of(outcome))
        }
        Plan::Call(plan) => {
            response::call(request, plan.returns_void(), presentation, rows_of(outcome))
        }
        Plan::Inspect(plan) => {
            let document = app.description.document(plan, cache, &outcome.body)?;
            return Ok(response::inspect(request, presentation, document));
        }
        Plan::Mutate(plan) => change(request, plan, presentation, outcome),
    };
    let answer = answer.overridden(headers.as_deref(), status.as_deref())?;
    Ok(if replayed { answer.replayed() } else { answer })
}

fn refused(unmet: &Unmet) -> ResponseError {
    if unmet.selected > 1 {
        return ResponseError::SeveralRows;
    }
    ResponseError::OtherVersion {
        current: serde_json::from_slice(&unmet.current).ok(),
        etag: unmet.etag.as_deref().map(response::quoted),
    }
}

/// Beyond some 8,000 bytes servers and clients refuse URLs and headers.
const LONGEST_CURSOR: usize = 4_000;

/// # Errors
/// [`ResponseError::EqualRows`], [`ResponseError::LongCursor`].
fn next_cursor(plan: &Plan, outcome: &Outcome) -> Result<Option<String>, Error> {
    let keyset = plan.rows().and_then(|rows| rows.keyset.as_ref());
    let (Some(keyset), Some([last, behind])) = (keyset, &outcome.next) else {
        return Ok(None);
    };
    if last == behind {
        return Err(ResponseError::EqualRows.into());
    }
    let cursor = keyset.cursor(last.clone()).encode();
    if cursor.len() > LONGEST_CURSOR {
        return Err(ResponseError::LongCursor.into());
    }
    Ok(Some(cursor))
}

fn change(
    request: &ApiRequest,
    plan: &MutatePlan,
    presentation: Presentation<'_>,
    mut outcome: Outcome,
) -> Answer {
    let values = outcome.location.take().unwrap_or_default();
    let key = plan.location_key().iter().map(String::as_str);
    let values = values.iter().map(Option::as_deref);
    let key: Vec<(&str, Option<&str>)> = key.zip(values).collect();
    let change = response::Change {
        mutation: plan.mutation,
        relation: &plan.target.name,
        key: &key,
        inserted: outcome.inserted,
        resolves_conflicts: plan.resolves_conflicts(),
    };
    response::change(request, &change, presentation, rows_of(outcome))
}

fn rows_of(outcome: Outcome) -> response::Outcome {
    response::Outcome {
        page_total: outcome.page,
        total: outcome.total,
        body: outcome.body,
    }
}
