//! What is asked, resolved against what the database offers: [`ApiRequest`](crate::request::ApiRequest)
//! and [`SchemaCache`](crate::schema_cache::SchemaCache) in, a [`Plan`] out. Pure; knows no SQL text.
//! Every "no such …, did you mean" is said here.

mod aggregate;
mod allow;
mod arguments;
mod call_plan;
mod call_request;
mod conditions;
mod embed;
mod error;
mod find_relationship;
mod granted;
mod having;
mod inspect;
mod json_kinds;
mod keyset;
mod mutate_plan;
mod negotiate;
mod overload;
mod page;
mod period;
mod read_plan;
mod refusal;
mod resolve_call;
mod resolve_mutate;
mod resolve_read;
mod suggest;
mod total;
mod tree_size;
mod version;

pub use aggregate::ShownColumn;
pub use allow::allowed_methods;
pub use call_plan::{
    Argument, ArgumentValue, CallBody, CallPlan, Condition, ConditionValue, Conditions, Given,
    Isolation, ResultShape,
};
pub use call_request::BodyKind;
pub use error::PlanError;
pub use granted::{Granted, to_look_up};
pub use inspect::{InspectPlan, OpenApiVersion};
pub use keyset::{CursorError, Keyset, SortKey};
pub use mutate_plan::{Change, MutatePlan, OnConflict, Returned, Values, WrittenColumn};
pub use period::explain_zone;
pub use read_plan::{
    Aggregation, Conversion, Embed, EmbedOutput, Explained, Grouping, Node, OrderKey, Period,
    Predicate, ReadPlan, Representation, ResolvedField, Rows, SelectColumn,
};
pub use refusal::explain_refusal;
pub use suggest::{LOOSE, nearest, shortened};
pub use total::Total;
pub use version::{Precondition, Tagged, Version};

use crate::request::media_type::MediaType;
use crate::request::{Action, ApiRequest, Target};
use crate::schema_cache::{QualifiedName, SchemaCache};

/// What will be executed. Every relation and routine that it names exists in the schema cache.
#[derive(Debug)]
pub enum Plan {
    Read(ReadPlan),
    Call(CallPlan),
    Mutate(MutatePlan),
    Inspect(InspectPlan),
}

/// The few values of the configuration that planning depends on.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub struct Limits {
    /// The exposed schemas; the first is the default.
    pub schemas: Vec<String>,
    /// Most rows an answer may have.
    pub max_rows: Option<u64>,
    /// Most bytes an answer may have.
    pub max_answer_bytes: Option<u32>,
    /// Refuse JSON of another kind than its column's.
    pub strict_json_types: bool,
    /// Refuse PATCH and DELETE of every row.
    pub require_filter: bool,
    /// A description of the API shows what is exposed, whoever asks.
    pub description_ignores_privileges: bool,
    /// Filters may name an embedded resource by its relation where it has an alias.
    pub legacy_target_names: bool,
    /// Settings of a function that hold for the whole transaction of its call.
    pub hoisted_settings: Vec<String>,
    /// Execution plans may be asked for.
    pub plan_enabled: bool,
    /// `select` may hold aggregate functions.
    pub aggregates: bool,
    /// Tells versions of a row apart, where a relation has it.
    pub version_column: Option<String>,
}

impl Plan {
    /// The rows that the answer shows: of a relation, of a function's result, or those that changed.
    /// A description shows none.
    #[must_use]
    pub fn rows(&self) -> Option<&Rows> {
        match self {
            Self::Read(plan) => Some(&plan.rows),
            Self::Call(plan) => Some(&plan.rows),
            Self::Mutate(plan) => Some(&plan.rows),
            Self::Inspect(_) => None,
        }
    }

    /// What the answer is.
    #[must_use]
    pub fn media_type(&self) -> &MediaType {
        match self {
            Self::Read(plan) => &plan.rows.media_type,
            Self::Call(plan) => &plan.rows.media_type,
            Self::Mutate(plan) => &plan.rows.media_type,
            Self::Inspect(plan) => &plan.media_type,
        }
    }

    /// The execution plan that is asked for instead of the rows.
    #[must_use]
    pub fn explained(&self) -> Option<Explained<'_>> {
        self.rows().and_then(Rows::explained)
    }

    /// Whether the transaction may write.
    #[must_use]
    pub fn writes(&self) -> bool {
        match self {
            Self::Read(_) | Self::Inspect(_) => false,
            Self::Call(plan) => plan.writes,
            Self::Mutate(_) => true,
        }
    }

    /// Settings that hold for the transaction: name and value.
    #[must_use]
    pub fn settings(&self) -> &[(String, String)] {
        match self {
            Self::Call(plan) => &plan.settings,
            Self::Read(_) | Self::Mutate(_) | Self::Inspect(_) => &[],
        }
    }

    /// What its function asks for, where it does.
    #[must_use]
    pub fn isolation(&self) -> Option<Isolation> {
        match self {
            Self::Call(plan) => plan.isolation,
            Self::Read(_) | Self::Mutate(_) | Self::Inspect(_) => None,
        }
    }

    /// Whether Postgres must plan the statement anew for each set of values: conditions stand deep
    /// in an aggregate, where a plan for unknown values is a wild guess (docs/filters.md). Where none is
    /// given there is nothing to guess, and the plan is kept.
    #[must_use]
    pub fn needs_custom_plan(&self) -> bool {
        matches!(self, Self::Call(plan) if plan.conditions().next().is_some())
    }
}

/// Resolves a request that reads, calls or changes something.
///
/// # Errors
/// [`PlanError`]: what is asked does not exist, is ambiguous or contradicts itself.
pub fn resolve(
    request: &ApiRequest,
    cache: &SchemaCache,
    limits: &Limits,
) -> Result<Plan, PlanError> {
    resolve_granted(request, cache, limits, &Granted::default())
}

/// As [`resolve`]: `*` of a relation of which `granted` knows columns stands for those.
///
/// # Errors
/// Those of [`resolve`].
pub fn resolve_granted(
    request: &ApiRequest,
    cache: &SchemaCache,
    limits: &Limits,
    granted: &Granted,
) -> Result<Plan, PlanError> {
    let schema = exposed_schema(request, limits)?;
    match &request.target {
        Target::Relation(name) => {
            let name = QualifiedName::new(schema, name);
            match request.action {
                Action::Mutate(mutation) => {
                    resolve_mutate::resolve_mutate(request, mutation, &name, cache, limits, granted)
                        .map(Plan::Mutate)
                }
                _ => resolve_read::resolve_read(request, &name, cache, limits, granted)
                    .map(Plan::Read),
            }
        }
        Target::Routine(name) => {
            let name = QualifiedName::new(schema, name);
            resolve_call::resolve_call(request, &name, cache, limits, granted).map(Plan::Call)
        }
        Target::Root => inspect::resolve_inspect(request, limits).map(Plan::Inspect),
    }
}

/// The schema that the profile header names, else the first exposed one
/// (PostgREST, `docs/references/api/schemas.rst`).
pub fn exposed_schema<'a>(
    request: &'a ApiRequest,
    limits: &'a Limits,
) -> Result<&'a str, PlanError> {
    exposed(request.schema.as_deref(), limits)
}

/// The schema of that name, else the first exposed one.
///
/// # Errors
/// [`PlanError::SchemaNotExposed`].
pub fn exposed<'a>(named: Option<&'a str>, limits: &'a Limits) -> Result<&'a str, PlanError> {
    match named {
        Some(profile) if limits.schemas.iter().any(|schema| schema == profile) => Ok(profile),
        Some(profile) => Err(PlanError::SchemaNotExposed {
            schema: profile.to_owned(),
            exposed: limits.schemas.clone(),
        }),
        None => Ok(limits.schemas.first().map_or("public", String::as_str)),
    }
}
