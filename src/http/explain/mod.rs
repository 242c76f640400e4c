//! The walk of a request that is not answered but explained: the same stages, the same statements, and a transaction
//! that is rolled back.

mod look;

use std::sync::Arc;

use bytes::Bytes;
use hyper::http::request::Parts;
use serde_json::{Map, Value};

use super::access_log::{Seen, wants_statements};
use super::caller::caller;
use super::handle::parse;
use super::timing::{Stage, Timing};
use super::{App, answer, read};
use crate::auth::{Caller, Claims};
use crate::error::Error;
use crate::explain::{Asker, Document, Emptiness, Levels, Refusal, emptiness};
use crate::plan;
use crate::request::media_type::{Explanation, MediaType, PlanFormat};
use crate::request::{Action, ApiRequest};
use crate::response::{self, Answer, Presentation};
use crate::schema_cache::SchemaCache;
use crate::session::Pool;
use look::{Found, found, times};

/// How to explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct How {
    /// Run the statement.
    pub analyze: bool,
    /// Of the execution plan.
    pub format: PlanFormat,
}

/// Whose request it is that is looked at.
pub(super) struct Look<'a> {
    pub caller: &'a Caller,
    pub request: &'a ApiRequest,
    pub cache: &'a SchemaCache,
    pub how: How,
}

/// A request that somebody at a terminal wants explained.
pub struct Explaining<'a> {
    pub head: Parts,
    pub body: Bytes,
    pub who: Who<'a>,
    pub analyze: bool,
    /// The execution plan as JSON, and not as text.
    pub json: bool,
    /// Count why the answer is empty, by a login that policies do not bind.
    pub why_empty: Option<&'a Pool>,
}

/// Who asks.
pub enum Who<'a> {
    /// Whoever the headers say.
    Shown,
    /// This role, with these claims, as if a token said so.
    Assumed {
        role: &'a str,
        claims: &'a Map<String, Value>,
    },
}

/// What the caller wants explained, where its role may have that. The request is then one for what is explained.
pub(super) fn asked(app: &App, caller: &Caller, request: &mut ApiRequest) -> Option<How> {
    if app.explain_roles.is_empty() || request.action == Action::Info {
        return None;
    }
    let role = &*caller.role.name;
    if !app.explain_roles.iter().any(|listed| listed == role) {
        return None;
    }
    let Explanation { of, analyze } = request.accept.first()?.explanation()?;
    request.accept = vec![of];
    Some(How {
        analyze,
        format: PlanFormat::Json,
    })
}

/// The explanation as the answer. What would be refused is refused.
pub(super) async fn answer(
    app: &App,
    look: Look<'_>,
    url: &str,
    mut timing: Timing,
    seen: &mut Seen,
) -> Result<Answer, Error> {
    let mut document = Document::default();
    look.request.method.clone_into(&mut document.request.method);
    url.clone_into(&mut document.request.url);
    document.caller = Some(asker(look.caller));
    let found = found(app, &look, &mut document, &mut timing).await?;
    if wants_statements(app) {
        seen.statements = found.statements.texts();
    }
    let schema = plan::exposed_schema(look.request, &app.limits)?;
    let is_negotiated = look.request.schema.is_some() || app.limits.schemas.len() > 1;
    let presentation = Presentation {
        media_type: &MediaType::Other(MediaType::EXPLANATION.to_owned()),
        profile: is_negotiated.then_some(schema),
        next: None,
        etag: None,
        legacy_names: &[],
    };
    let body = serde_json::to_vec(&document).unwrap_or_default();
    Ok(timing.told_in(response::explained(presentation, body.into())))
}

impl App {
    /// Explains a request. One that would be refused is explained as far as it comes.
    pub async fn explain(&self, asked: Explaining<'_>) -> Document {
        let mut document = Document::default();
        asked
            .head
            .method
            .as_str()
            .clone_into(&mut document.request.method);
        let url = asked.head.uri.path_and_query();
        document.request.url = url.map_or_else(String::new, ToString::to_string);
        let mut timing = Timing::new(true);
        let why_empty = asked.why_empty;
        let walked = Box::pin(walk(self, asked, &mut document, &mut timing)).await;
        let found = match walked {
            Ok(found) => Some(found),
            Err(error) => {
                document.refused = Some(refusal(self, &error));
                None
            }
        };
        if document.time.is_none() {
            document.time = Some(times(&mut timing));
        }
        if let (Some(pool), Some(found)) = (why_empty, &found) {
            document.why_empty = Some(counted(pool, found, &document).await);
        }
        document
    }
}

fn refusal(app: &App, error: &Error) -> Refusal {
    let answer = error.answer(app.verbose_errors);
    Refusal {
        stage: answer::stage(error),
        status: answer.status,
        body: serde_json::from_str(&answer.body).unwrap_or_default(),
    }
}

/// As [`super::handle`] walks.
async fn walk(
    app: &App,
    asked: Explaining<'_>,
    document: &mut Document,
    timing: &mut Timing,
) -> Result<Found, Error> {
    let head = read::head(app, asked.head)?;
    let cache = app.schema_cache()?;
    timing.begin(Stage::Jwt);
    let caller = match asked.who {
        Who::Shown => caller(app, head.method(), head.map()).await?,
        Who::Assumed { role, claims } => assumed(app, role, claims)?,
    };
    timing.end();
    document.caller = Some(asker(&caller));
    let head = app.description.rooted(head)?;
    let action = head.action(&app.limits)?;
    let body = read::given_body(app, &head, action, asked.body)?;
    timing.begin(Stage::Parse);
    let request = parse(app, &head.with_body(body))?;
    let format = if asked.json {
        PlanFormat::Json
    } else {
        PlanFormat::Text
    };
    let look = Look {
        caller: &caller,
        request: &request,
        cache: &cache,
        how: How {
            analyze: asked.analyze,
            format,
        },
    };
    found(app, &look, document, timing).await
}

/// What a verified token with these claims would make of its holder.
fn assumed(app: &App, role: &str, claims: &Map<String, Value>) -> Result<Caller, Error> {
    let claims = Claims::of_caller(claims);
    let mut named = Claims::clone(&claims);
    named.role = Some(Arc::from(role));
    let role = app.verifier.role(&named)?;
    Ok(Caller { role, claims })
}

fn asker(caller: &Caller) -> Asker {
    Asker {
        role: caller.role.name.to_string(),
        anonymous: caller.role.is_anonymous,
        claims: serde_json::from_str(&caller.claims.json).unwrap_or_default(),
    }
}

/// Counts, or why there are none.
async fn counted(pool: &Pool, found: &Found, document: &Document) -> Emptiness {
    let Some(caller) = &document.caller else {
        return Emptiness::default();
    };
    let levels = Levels {
        settings: &found.statements.settings,
        pre_request: found.statements.pre_request.as_ref(),
        role: &caller.role,
        claims: caller.claims.clone(),
        plan: &found.plan,
        relations: document.relations.as_deref().unwrap_or_default(),
    };
    match Box::pin(emptiness(pool, &levels)).await {
        Ok(emptiness) => emptiness,
        Err(error) => {
            let cause = error.cause().map(|cause| format!(" ({cause})"));
            let cause = cause.unwrap_or_default();
            Emptiness {
                says: vec![format!("Rows could not be counted: {error}{cause}")],
                ..Emptiness::default()
            }
        }
    }
}
