//! Answers to changes of a relation (PostgREST, `preferences.rst`, "Return Representation").

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::answer::{Header, legacy_warning, path, preference_applied};
use super::content_range::content_range;
use super::{Answer, Body, Outcome, Presentation};
use crate::request::prefer::{Count, Representation, Resolution};
use crate::request::{Action, ApiRequest, Mutation};

/// What plan and statement say of a change, beside its rows.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    pub mutation: Mutation,
    pub relation: &'a str,
    /// The key of the one new row: columns with their values. Empty unless `Location` was asked for and
    /// can be given.
    pub key: &'a [(&'a str, Option<&'a str>)],
    /// Rows that are new, where they were told from merged ones.
    pub inserted: Option<i64>,
    /// Whether the insert had anything to find duplicates by.
    pub resolves_conflicts: bool,
}

/// All that must stay of a query string's values, as PostgREST escapes them.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The answer to POST, PATCH, PUT or DELETE.
#[must_use]
pub fn change(
    request: &ApiRequest,
    change: &Change<'_>,
    presentation: Presentation<'_>,
    outcome: Outcome,
) -> Answer {
    let is_shown = request.preferences.representation == Some(Representation::Full);
    let mut headers: Vec<Header> = location(change).into_iter().collect();
    headers.extend(range(request, change.mutation, outcome.page_total));
    let mut heeded = request.preferences.clone();
    heeded.resolution = heeded.resolution.filter(|_| change.resolves_conflicts);
    headers.extend(preference_applied(Action::Mutate(change.mutation), &heeded));
    if is_shown {
        headers.extend(presentation.headers());
    } else {
        headers.extend(legacy_warning(presentation.legacy_names));
    }
    let body = if is_shown {
        Body::Bytes(outcome.body)
    } else {
        Body::Empty
    };
    Answer::new(status(request, change, is_shown), headers, body)
}

fn status(request: &ApiRequest, change: &Change<'_>, is_shown: bool) -> u16 {
    let has_new = change.inserted.is_some_and(|rows| rows > 0);
    let merges = request.preferences.resolution == Some(Resolution::MergeDuplicates);
    match change.mutation {
        Mutation::Create if merges && !has_new => 200,
        Mutation::Create => 201,
        Mutation::Upsert if is_shown && has_new => 201,
        _ if is_shown => 200,
        _ => 204,
    }
}

/// PostgREST names the rows of a PATCH only, and says nothing about a PUT.
fn range(request: &ApiRequest, mutation: Mutation, rows: i64) -> Option<Header> {
    let total = request
        .preferences
        .count
        .filter(|count| *count != Count::Planned)
        .map(|_| rows);
    let range = match mutation {
        Mutation::Create | Mutation::Delete => content_range(1, 0, total),
        Mutation::Update => content_range(0, rows.saturating_sub(1), total),
        Mutation::Upsert => return None,
    };
    Some(("Content-Range", range))
}

/// `/items?id=eq.5`.
fn location(change: &Change<'_>) -> Option<Header> {
    if change.key.is_empty() {
        return None;
    }
    let filters: Vec<String> = change
        .key
        .iter()
        .map(|(column, value)| {
            let filter = match value {
                Some(value) => format!("eq.{value}"),
                None => "is.null".to_owned(),
            };
            format!(
                "{}={}",
                utf8_percent_encode(column, &UNRESERVED),
                utf8_percent_encode(&filter, &UNRESERVED)
            )
        })
        .collect();
    let path = path(change.relation);
    Some(("Location", format!("{path}?{}", filters.join("&"))))
}
