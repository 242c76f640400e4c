//! Answers to reading and calling.

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::request::{
    Action, ApiRequest, Mutation, Target,
    media_type::MediaType,
    prefer::{Preferences, Representation},
    query_method,
    query_string::LegacyName,
    range::RowRange,
};

use super::{ResponseError, content_range};

/// What the statement gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The rows of this page.
    pub page_total: i64,
    /// The rows of all pages, where counted.
    pub total: Option<i64>,
    pub body: Bytes,
}

/// What plan and settings add to the request.
#[derive(Debug, Clone, Copy)]
pub struct Presentation<'a> {
    /// The media type that was chosen among the accepted ones.
    pub media_type: &'a MediaType,
    /// The schema, if it was negotiated: named by a profile header, or one of several exposed.
    pub profile: Option<&'a str>,
    /// The cursor of the next page.
    pub next: Option<&'a str>,
    /// The version of the one row.
    pub etag: Option<&'a str>,
    /// Resources that the request should call otherwise.
    pub legacy_names: &'a [LegacyName],
}

/// In bytes.
const LONGEST_LOCATION_OF_QUERY: usize = 4_000;

/// Status, headers and body, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// An error inside an answer goes with the answer's own status and headers: a page behind the end
/// still says how many rows there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Empty,
    Bytes(Bytes),
    Error(ResponseError),
}

pub(super) type Header = (&'static str, String);

impl Answer {
    pub(super) fn new(status: u16, headers: Vec<Header>, body: Body) -> Self {
        let owned = |(name, value): Header| (name.to_owned(), value);
        Self {
            status,
            headers: headers.into_iter().map(owned).collect(),
            body,
        }
    }

    pub(super) fn empty(status: u16, headers: Vec<Header>) -> Self {
        Self::new(status, headers, Body::Empty)
    }

    /// The same for who sent a write again, which has not happened again.
    #[must_use]
    pub fn replayed(mut self) -> Self {
        let header = ("Idempotency-Replayed".to_owned(), "true".to_owned());
        self.headers.push(header);
        self
    }

    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// The answer to GET or HEAD on a relation.
#[must_use]
pub fn read(
    request: &ApiRequest,
    relation: &str,
    presentation: Presentation<'_>,
    outcome: Outcome,
) -> Answer {
    let mut page = content_range::page(request.range, outcome.page_total, outcome.total);
    if is_continued(request) {
        page.content_range = content_range::content_range(1, 0, outcome.total);
    }
    let mut headers = vec![("Content-Range", page.content_range)];
    headers.extend(content_location(request, relation));
    headers.extend(presentation.next.map(|cursor| next_link(request, cursor)));
    headers.extend(presentation.headers());
    headers.extend(preference_applied(request.action, &request.preferences));
    let body = page_body(
        request.range,
        page.status,
        request.action.is_head(),
        outcome,
    );
    Answer::new(page.status, headers, body)
}

/// A version as an entity tag.
#[must_use]
pub fn quoted(version: &str) -> String {
    format!("\"{version}\"")
}

/// The answer to GET, HEAD or POST on a function.
#[must_use]
pub fn call(
    request: &ApiRequest,
    returns_void: bool,
    presentation: Presentation<'_>,
    outcome: Outcome,
) -> Answer {
    let page = content_range::page(request.range, outcome.page_total, outcome.total);
    let mut headers = vec![("Content-Range", page.content_range)];
    headers.extend(preference_applied(request.action, &request.preferences));
    if returns_void {
        return Answer::empty(204, headers);
    }
    headers.extend(presentation.headers());
    let body = page_body(
        request.range,
        page.status,
        request.action.is_head(),
        outcome,
    );
    Answer::new(page.status, headers, body)
}

/// The description of the API.
#[must_use]
pub fn inspect(request: &ApiRequest, presentation: Presentation<'_>, document: String) -> Answer {
    let body = if request.action.is_head() {
        Body::Empty
    } else {
        Body::Bytes(Bytes::from(document))
    };
    Answer::new(200, presentation.headers(), body)
}

/// Whether rows come before those of the page, nobody knows how many.
fn is_continued(request: &ApiRequest) -> bool {
    let paging = request.query.paging.as_ref();
    paging.is_some_and(|paging| paging.after.is_some())
}

/// The same request with the cursor of the next page (RFC 8288). A cursor stands for itself in a URL.
fn next_link(request: &ApiRequest, cursor: &str) -> Header {
    let paging = request.query.paging.as_ref();
    let query = paging.map_or("", |paging| paging.query.as_str());
    let separator = if query.is_empty() { "" } else { "&" };
    let path = &request.path;
    let link = format!("<{path}?{query}{separator}cursor={cursor}>; rel=\"next\"");
    ("Link", link)
}

/// The answer that is an execution plan, whatever was asked.
#[must_use]
pub fn explained(presentation: Presentation<'_>, plan: Bytes) -> Answer {
    Answer::new(200, presentation.headers(), Body::Bytes(plan))
}

/// The answer to OPTIONS. What a resource can do is no secret: any page may ask. `Allow` is
/// PostgREST's; that a resource takes QUERY, too, is told by `Accept-Query`.
#[must_use]
pub fn info(request: &ApiRequest, methods: &[&str]) -> Answer {
    let mut headers = vec![
        ("Access-Control-Allow-Origin", "*".to_owned()),
        ("Allow", methods.join(",")),
    ];
    if request.target != Target::Root && methods.contains(&"GET") {
        headers.push(("Accept-Query", query_method::CONTENT_TYPE.to_owned()));
    }
    Answer::empty(200, headers)
}

impl Presentation<'_> {
    pub(super) fn headers(&self) -> Vec<Header> {
        let mut headers = vec![("Content-Type", self.media_type.content_type())];
        if let Some(profile) = self.profile {
            headers.push(("Content-Profile", profile.to_owned()));
        }
        headers.extend(self.etag.map(|etag| ("ETag", etag.to_owned())));
        headers.extend(legacy_warning(self.legacy_names));
        headers
    }
}

fn page_body(range: RowRange, status: u16, head: bool, outcome: Outcome) -> Body {
    if status == 416 {
        return Body::Error(ResponseError::OffsetOutOfBounds {
            offset: range.offset,
            total: outcome.total.unwrap_or_default(),
        });
    }
    if head {
        return Body::Empty;
    }
    Body::Bytes(outcome.body)
}

/// PostgREST's warning, its code being "miscellaneous persistent warning" (RFC 7234, 5.5). Names come
/// from the URL: what no header may hold, or would end the quotes, is encoded.
pub(super) fn legacy_warning(names: &[LegacyName]) -> Option<Header> {
    const ENCODED: &AsciiSet = &CONTROLS.add(b'"').add(b'\\');
    if names.is_empty() {
        return None;
    }
    let changes: Vec<String> = names
        .iter()
        .map(|LegacyName { target, alias }| {
            let target = utf8_percent_encode(target, ENCODED);
            format!("`{target}` to `{}`", utf8_percent_encode(alias, ENCODED))
        })
        .collect();
    let warning = format!(
        "299 rowdesk \"Embedded resource was referenced by relation name even though it has an alias. \
         This is deprecated and will stop working in a future release. Update {} in query string \
         filters, orders or limits.\"",
        changes.join(", ")
    );
    Some(("Warning", warning))
}

/// The same request with its parameters in alphabetical order, unless it is a QUERY that would be no
/// good as a URL: clients and proxies refuse answers with long headers.
fn content_location(request: &ApiRequest, relation: &str) -> Option<Header> {
    let path = path(relation);
    let location = match request.query.canonical.as_str() {
        "" => path,
        canonical => format!("{path}?{canonical}"),
    };
    let is_told = request.method != "QUERY" || location.len() <= LONGEST_LOCATION_OF_QUERY;
    is_told.then_some(("Content-Location", location))
}

/// A relation's path, its name encoded where it could not stand in one (RFC 3986, 3.3).
pub(super) fn path(relation: &str) -> String {
    const ENCODED: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'/')
        .add(b'<')
        .add(b'>')
        .add(b'?')
        .add(b'[')
        .add(b'\\')
        .add(b']')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    format!("/{}", utf8_percent_encode(relation, ENCODED))
}

/// Of the preferences given, those that this kind of request heeds.
pub(super) fn preference_applied(action: Action, given: &Preferences) -> Option<Header> {
    let mut heeded = given.clone();
    if !matches!(action, Action::Mutate(_)) {
        heeded.representation = None;
    }
    if action != Action::Mutate(Mutation::Create) {
        heeded.resolution = None;
    }
    if !matches!(action, Action::Mutate(Mutation::Create | Mutation::Update)) {
        heeded.missing = None;
    }
    if !matches!(
        action,
        Action::Call { .. } | Action::Mutate(Mutation::Update | Mutation::Delete)
    ) {
        heeded.max_affected = None;
    }
    let shows = matches!(
        given.representation,
        Some(Representation::Full | Representation::HeadersOnly)
    );
    if matches!(action, Action::Mutate(_)) && !shows {
        heeded.columns = None;
    }
    heeded.applied().map(|value| ("Preference-Applied", value))
}
