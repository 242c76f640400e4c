//! What must hold for any request: the fuzz target and the property tests ask the same.
//!
//! Bytes become a request, the request a plan over a fixed schema cache, the plan a statement. Nothing
//! of it may panic; what was read must mean the same when it is written again; and in the statement
//! nothing of the request may stand outside of parameters and quoted identifiers.

#![expect(
    clippy::panic,
    reason = "that is how a property says that it does not hold"
)]

mod cache;
mod skeleton;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use bytes::Bytes;

use crate::error::ClientError;
use crate::plan::{self, Limits};
use crate::request::precondition::Preconditions;
use crate::request::query_string::filter::{EmbedPath, Filter, LogicOperator, LogicTree};
use crate::request::query_string::having::Having;
use crate::request::query_string::{self, QueryString, written};
use crate::request::{ApiRequest, RawRequest, path};
use crate::schema_cache::SchemaCache;
use crate::sql;

static CACHE: LazyLock<SchemaCache> = LazyLock::new(cache::cache);

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    Nothing,
    Request,
    Statement,
}

/// Reads a request like `GET /items?id=eq.5`, lines of headers, an empty line, a body; and asks
/// everything of it.
///
/// # Panics
/// If something does not hold.
pub fn check(bytes: &[u8]) -> Reached {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default();
    let (method, target) = line.split_once(' ').unwrap_or(("GET", line));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    prints_back(query);
    let raw = RawRequest {
        method,
        path,
        segments: &path::segments(path),
        query,
        headers: &headers,
        body: Bytes::copy_from_slice(body.as_bytes()),
    };
    let request = ApiRequest::parse(&raw).and_then(|request| {
        let preconditions = Preconditions::of(&raw)?;
        Ok(ApiRequest {
            preconditions,
            ..request
        })
    });
    match request {
        Ok(request) => statement(&request),
        Err(error) => {
            speaks(&error);
            Reached::Nothing
        }
    }
}

fn statement(request: &ApiRequest) -> Reached {
    let limits = Limits {
        schemas: vec!["api".to_owned()],
        max_rows: Some(1_000),
        legacy_target_names: true,
        aggregates: true,
        version_column: Some("id".to_owned()),
        ..Limits::default()
    };
    let _ = plan::allowed_methods(request, &CACHE, &limits);
    match plan::resolve(request, &CACHE, &limits) {
        Ok(plan) => {
            let statement = sql::render(&plan, "caller");
            let expected = sql::expected_rows(&plan);
            let unmet = sql::unmet(&plan, "caller");
            let all = [Some(&statement), expected.as_ref(), unmet.as_ref()];
            for statement in all.into_iter().flatten() {
                skeleton::check(&statement.sql, statement.params.len());
            }
            Reached::Statement
        }
        Err(error) => {
            speaks(&error);
            Reached::Request
        }
    }
}

/// A refusal can be told.
fn speaks(error: &impl ClientError) {
    assert!(!error.to_string().is_empty());
    let _ = (error.code(), error.details(), error.hint());
}

/// What was read means the same when it is written again.
fn prints_back(text: &str) {
    let Ok(read) = query_string::parse(text) else {
        return;
    };
    let again = written(&read);
    match query_string::parse(&again) {
        Ok(parsed) => assert_eq!(meaning(&parsed), meaning(&read), "{text}\n{again}"),
        Err(error) => panic!("{text}\n{again}\n{error}"),
    }
}

/// One condition is a tree of one.
fn tree((path, tree): &(EmbedPath, LogicTree)) -> (EmbedPath, LogicTree) {
    let tree = match tree.clone() {
        leaf @ LogicTree::Leaf(_) => LogicTree::Branch {
            negated: false,
            operator: LogicOperator::And,
            children: vec![leaf],
        },
        branch @ LogicTree::Branch { .. } => branch,
    };
    (path.clone(), tree)
}

/// A condition on groups, or a filter where it can be nothing else. What can be read as neither is refused
/// later, and has no meaning.
fn condition(having: &Having) -> Option<(EmbedPath, Result<LogicTree, Filter>)> {
    let path = having.path.clone();
    match (&having.tree, &having.filter) {
        (Ok(tree), _) => Some((path, Ok(tree.clone()))),
        (Err(_), Ok(filter)) => Some((path, Err(filter.clone()))),
        (Err(_), Err(_)) => None,
    }
}

/// All but the spelling, and limit and offset of the top level.
fn meaning(query: &QueryString) -> impl PartialEq + std::fmt::Debug {
    // `data->a.limit` names the top level, too.
    let embedded = query.ranges.iter().filter(|(path, _)| !path.is_empty());
    let ranges: Vec<_> = embedded.cloned().collect();
    (
        query.select.clone(),
        query.filters.clone(),
        query.logic.iter().map(tree).collect::<Vec<_>>(),
        query
            .having
            .iter()
            .filter_map(condition)
            .collect::<Vec<_>>(),
        query.order.clone(),
        ranges,
        (query.columns.clone(), query.on_conflict.clone()),
    )
}
