//! One request, read.

use bytes::Bytes;

use super::idempotency::IdempotencyKey;
use super::{
    RequestError, accept,
    media_type::MediaType,
    payload::{self, Payload},
    precondition::Preconditions,
    prefer::Preferences,
    query_method,
    query_string::{self, QueryString},
    range::{self, RowRange},
};

/// A request as it came in: what `http` hands over.
#[derive(Debug, Clone, Default)]
pub struct RawRequest<'a> {
    pub method: &'a str,
    /// As sent, for the `request.path` setting.
    pub path: &'a str,
    /// The path below the API's root, decoded: see [`super::path::segments`]. The caller may put
    /// `["rpc", …]` in the place of `[]` (`db-root-spec`).
    pub segments: &'a [String],
    /// As sent, without the question mark.
    pub query: &'a str,
    pub headers: &'a [(String, String)],
    pub body: Bytes,
}

/// What the caller wants; no promise that it makes sense or exists.
#[derive(Debug, Clone)]
pub struct ApiRequest {
    pub target: Target,
    pub action: Action,
    pub method: String,
    pub path: String,
    /// The schema that the profile header names (`Accept-Profile` for reading, `Content-Profile`
    /// for writing and POST). Whether it is exposed is not known here.
    pub schema: Option<String>,
    pub query: QueryString,
    /// The rows of the top level: `Range` header, limit and offset together.
    pub range: RowRange,
    pub preferences: Preferences,
    /// The most wanted first; never empty.
    pub accept: Vec<MediaType>,
    pub content_type: MediaType,
    /// What is written, or the arguments of a call by POST.
    pub body: Option<Payload>,
    /// All but `cookie`, names in lower case.
    pub headers: Vec<(String, String)>,
    pub cookies: Vec<(String, String)>,
    /// Set by who keeps keys; [`ApiRequest::parse`] does not look for it.
    pub idempotency: Option<IdempotencyKey>,
    /// Set by who knows versions of rows; [`ApiRequest::parse`] does not look for them.
    pub preconditions: Preconditions,
}

/// What the path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Root,
    Relation(String),
    Routine(String),
}

/// What the method asks to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Rows of a relation; `head`: only the headers.
    Read { head: bool },
    /// A function. `safe` (GET, HEAD, QUERY): its arguments are in the query string, its transaction
    /// read-only.
    Call { head: bool, safe: bool },
    /// Change a relation.
    Mutate(Mutation),
    /// OPTIONS: which methods are allowed.
    Info,
    /// The description of the whole API.
    Inspect { head: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation {
    Create,
    Update,
    /// PUT: insert or replace one row.
    Upsert,
    Delete,
}

impl Target {
    /// # Errors
    /// PGRST125.
    pub fn from_segments(segments: &[String]) -> Result<Self, RequestError> {
        match segments {
            [] => Ok(Self::Root),
            [relation] => Ok(Self::Relation(relation.clone())),
            [rpc, routine] if rpc == "rpc" => Ok(Self::Routine(routine.clone())),
            _ => Err(RequestError::Path),
        }
    }
}

impl Action {
    /// What method and path ask for, before anything else of the request is read.
    ///
    /// # Errors
    /// PGRST101, PGRST117, PGRST125.
    pub fn of(segments: &[String], method: &str) -> Result<Self, RequestError> {
        Self::new(&Target::from_segments(segments)?, method)
    }

    fn new(target: &Target, method: &str) -> Result<Self, RequestError> {
        match (target, method) {
            (_, "OPTIONS") => Ok(Self::Info),
            (Target::Routine(_), "GET" | "HEAD" | "QUERY" | "POST") => Ok(Self::Call {
                head: method == "HEAD",
                safe: method != "POST",
            }),
            (Target::Routine(_), _) => Err(RequestError::RpcMethod(method.to_owned())),
            (Target::Relation(_), "GET" | "HEAD" | "QUERY") => Ok(Self::Read {
                head: method == "HEAD",
            }),
            (Target::Relation(_), "POST") => Ok(Self::Mutate(Mutation::Create)),
            (Target::Relation(_), "PATCH") => Ok(Self::Mutate(Mutation::Update)),
            (Target::Relation(_), "PUT") => Ok(Self::Mutate(Mutation::Upsert)),
            (Target::Relation(_), "DELETE") => Ok(Self::Mutate(Mutation::Delete)),
            (Target::Root, "GET" | "HEAD") => Ok(Self::Inspect {
                head: method == "HEAD",
            }),
            _ => Err(RequestError::Method(method.to_owned())),
        }
    }

    #[must_use]
    pub const fn is_head(self) -> bool {
        match self {
            Self::Read { head } | Self::Call { head, .. } | Self::Inspect { head } => head,
            Self::Mutate(_) | Self::Info => false,
        }
    }
}

impl ApiRequest {
    /// Reads a request. Of several faults the first in PostgREST's order is told: path, method,
    /// query string, range, body. (Between path and method PostgREST checks the schema; that is
    /// the caller's.)
    pub fn parse(raw: &RawRequest<'_>) -> Result<Self, RequestError> {
        let target = Target::from_segments(raw.segments)?;
        let action = Action::new(&target, raw.method)?;
        let written = query_method::query_string(raw)?;
        let query = match action {
            // Only the plan knows which parameters are arguments and which are filters.
            Action::Call { .. } => query_string::parse_for_call(&written)?,
            Action::Read { .. } => query_string::parse_for_read(&written, raw.query)?,
            _ => query_string::parse(&written)?,
        };
        let range = range::top_level(raw.method, raw.header("range"), query.window)?;
        let content_type = raw
            .header("content-type")
            .map_or(MediaType::Json, MediaType::parse);
        let body = payload::parse(&raw.body, &content_type, action, query.columns.as_deref())?;
        Ok(Self {
            schema: raw.profile().map(str::to_owned),
            preferences: Preferences::parse(raw.header_values("prefer")),
            accept: accept::parse(raw.header("accept")),
            headers: raw.headers_without_cookies(),
            cookies: raw.cookies(),
            method: raw.method.to_owned(),
            path: raw.path.to_owned(),
            target,
            action,
            query,
            range,
            content_type,
            body,
            idempotency: None,
            preconditions: Preconditions::default(),
        })
    }
}

impl<'a> RawRequest<'a> {
    pub(super) fn header_values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Of a repeated header the first.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.header_values(name).next()
    }

    /// The schema that is asked for.
    #[must_use]
    pub fn profile(&self) -> Option<&'a str> {
        match self.method {
            "DELETE" | "PATCH" | "POST" | "PUT" => self.header("content-profile"),
            _ => self.header("accept-profile"),
        }
    }

    fn headers_without_cookies(&self) -> Vec<(String, String)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
            .filter(|(name, _)| name != "cookie")
            .collect()
    }

    fn cookies(&self) -> Vec<(String, String)> {
        let header = self.header("cookie").unwrap_or_default();
        header
            .split(';')
            .map(str::trim_start)
            .filter(|cookie| !cookie.is_empty())
            .map(|cookie| cookie.split_once('=').unwrap_or((cookie, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}
