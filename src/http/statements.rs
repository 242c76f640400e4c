//! The statements of a request's transaction, as they are sent and as they are explained.

use serde_json::{Map, Value};

use super::App;
use crate::auth::Caller;
use crate::error::Error;
use crate::plan::{self, Plan};
use crate::request::ApiRequest;
use crate::session::{Ending, Once, Work};
use crate::sql::{self, Preamble, Statement};

/// What is sent between BEGIN and the end.
pub(super) struct Statements {
    pub begin: &'static str,
    pub settings: Statement,
    pub pre_request: Option<Statement>,
    pub main: Statement,
    pub expected: Option<Statement>,
    pub unmet: Option<Statement>,
}

impl Statements {
    pub fn of(
        app: &App,
        caller: &Caller,
        request: &ApiRequest,
        plan: &Plan,
    ) -> Result<Self, Error> {
        let role = &caller.role.name;
        let pre_request = app.pre_request(role);
        let for_caller = sql::Caller {
            role,
            may_be_switched: pre_request.is_some(),
        };
        Ok(Self {
            begin: sql::begin(
                plan.isolation()
                    .or(app.role_isolation(role))
                    .unwrap_or_default(),
            ),
            main: sql::render(plan, for_caller),
            expected: sql::expected_rows(plan),
            unmet: sql::unmet(plan, for_caller),
            settings: preamble(app, caller, request, plan)?,
            pre_request,
        })
    }

    /// What is logged of them.
    pub fn texts(&self) -> Vec<String> {
        vec![self.settings.sql.clone(), self.main.sql.clone()]
    }

    pub fn work<'a>(
        &'a self,
        role: &'a str,
        ending: Ending,
        once: Option<Once<'a>>,
        plan: &Plan,
    ) -> Work<'a> {
        Work {
            role,
            begin: self.begin,
            settings: &self.settings,
            pre_request: self.pre_request.as_ref(),
            main: &self.main,
            expected: self.expected.as_ref(),
            unmet: self.unmet.as_ref(),
            ending,
            once,
            explains: plan.explained().is_some(),
        }
    }
}

pub(super) fn preamble(
    app: &App,
    caller: &Caller,
    request: &ApiRequest,
    plan: &Plan,
) -> Result<sql::Statement, Error> {
    let schema = plan::exposed_schema(request, &app.limits)?;
    let extra = app.extra_search_path.iter().map(String::as_str);
    let settings = app.settings.iter().chain(plan.settings());
    Ok(sql::preamble(&Preamble {
        search_path: std::iter::once(schema).chain(extra).collect(),
        role: &caller.role.name,
        claims: &caller.claims.json,
        method: &request.method,
        path: &request.path,
        headers: &json_object(&request.headers),
        cookies: &json_object(&request.cookies),
        read_only: !plan.writes(),
        timezone: request.preferences.timezone.as_deref(),
        role_settings: app.role_settings(&caller.role.name),
        custom_plan: plan.needs_custom_plan(),
        without_jit: plan.rows().is_some_and(|rows| !rows.node.embeds.is_empty()),
        exact_text: plan.rows().is_some_and(|rows| rows.keyset.is_some()),
        settings: settings.map(|(k, v)| (k.as_str(), v.as_str())).collect(),
    }))
}

/// Of a name given twice the last counts.
fn json_object(pairs: &[(String, String)]) -> String {
    let object: Map<String, Value> = pairs
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    Value::Object(object).to_string()
}
