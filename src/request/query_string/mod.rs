//! The grammar of the query string: filters, logic, select, order, limit and offset (PostgREST,
//! `url_grammar.rst`).
//!
//! Parsers stand beside their types, on a small [`cursor`] that reports errors in PostgREST's words.

pub mod aggregate;
mod canonical;
mod cursor;
pub(super) mod decode;
mod field;
pub mod filter;
pub mod having;
pub mod logic;
mod operation;
pub mod order;
mod params;
pub mod select;
mod trouble;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
#[cfg(any(test, fuzzing))]
mod written;
#[cfg(any(test, fuzzing))]
pub use written::written;

use super::{
    Paging, RequestError,
    range::{RowRange, Window},
};
use cursor::Cursor;
use filter::{EmbedPath, Filter, LogicTree};
use having::{Having, is_having, is_only_having};
use order::OrderTerm;
use params::Params;
use select::SelectItem;

/// The query string, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryString {
    /// Without a `select` parameter the single `*`; of `select=` nothing.
    pub select: Vec<SelectItem>,
    pub filters: Vec<(EmbedPath, Filter)>,
    pub logic: Vec<(EmbedPath, LogicTree)>,
    /// Beside an aggregate; or where it cannot be read as a filter of a column called so.
    pub having: Vec<Having>,
    pub order: Vec<(EmbedPath, Vec<OrderTerm>)>,
    /// Limit and offset of the embedded levels, each level once. Those of the top level are in
    /// `ApiRequest::range`, together with the `Range` header.
    pub ranges: Vec<(EmbedPath, RowRange)>,
    /// May name a column twice.
    pub columns: Option<Vec<String>>,
    pub on_conflict: Option<Vec<String>>,
    /// Every decoded parameter that is not reserved, in order: the filters, or the arguments of a
    /// call.
    pub params: Vec<(String, String)>,
    /// Of a read: the page that `cursor` asks for.
    pub paging: Option<Paging>,
    /// All parameters, encoded and sorted by name: for `Content-Location`.
    pub canonical: String,
    /// Limit and offset of the top level.
    pub(super) window: Window,
}

/// A resource that a filter, an order or a limit named by its relation although it has an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyName {
    pub target: String,
    pub alias: String,
}

/// Reads the query string of a relation.
///
/// ```
/// use rowdesk::request::query_string;
///
/// let query = query_string::parse("select=id,name&id=gt.5&order=id&clients.limit=3").unwrap();
/// assert_eq!(query.select.len(), 2);
/// assert_eq!(query.filters.len(), 1);
/// assert_eq!(query.ranges[0].0, ["clients"]);
///
/// let error = query_string::parse("id=5").unwrap_err();
/// assert_eq!(error.to_string(), r#""failed to parse filter (5)" (line 1, column 1)"#);
/// ```
pub fn parse(raw: &str) -> Result<QueryString, RequestError> {
    read(Params::sort(raw)?, true)
}

/// The same for reading: `cursor` asks for a page, unless it is a filter of a column of that name.
pub fn parse_for_read(raw: &str) -> Result<QueryString, RequestError> {
    let mut params = Params::sort(raw)?;
    let is_cursor =
        |(key, value): &(String, String)| key == "cursor" && filter::parse(key, value).is_err();
    let cursor = params.others.iter().find(|param| is_cursor(param));
    let paging = cursor
        .map(|(_, value)| Paging::new(value, raw))
        .transpose()?;
    params.others.retain(|param| !is_cursor(param));
    Ok(QueryString {
        paging,
        ..read(params, true)?
    })
}

/// Reads the query string of a function: parameters are not tried as filters, because only who
/// knows the function can tell its arguments from them.
pub fn parse_for_call(raw: &str) -> Result<QueryString, RequestError> {
    read(Params::sort(raw)?, false)
}

/// Of several errors the first in this order is told, which is PostgREST's.
fn read(params: Params, with_filters: bool) -> Result<QueryString, RequestError> {
    let order = collect(&params.order, |key, value| {
        let (path, _) = Cursor::run(key, "tree path", key, field::tree_path)?;
        Ok((path, order::parse(value)?))
    })?;
    let logic = collect(&params.logic, logic::parse)?;
    let columns = names(params.columns.as_deref(), "columns parameter")?;
    let select = select::parse(params.select.as_deref().unwrap_or("*"))?;
    let has_groups = select.iter().any(SelectItem::has_aggregate);
    let (of_groups, of_rows): (Vec<_>, Vec<_>) = params.others.iter().partition(|(key, value)| {
        is_having(key) && (has_groups || with_filters && is_only_having(key, value))
    });
    let filters = if with_filters {
        collect(of_rows, filter::parse)?
    } else {
        Vec::new()
    };
    let having = collect(of_groups, having::parse)?;
    let on_conflict = names(params.on_conflict.as_deref(), "on_conflict parameter")?;
    let (window, ranges) = params.ranges.windows()?;
    Ok(QueryString {
        select,
        filters,
        logic,
        having,
        order,
        ranges,
        columns,
        on_conflict,
        params: params.others,
        paging: None,
        canonical: params.canonical,
        window,
    })
}

fn collect<'a, T>(
    params: impl IntoIterator<Item = &'a (String, String)>,
    parser: impl Fn(&str, &str) -> Result<T, RequestError>,
) -> Result<Vec<T>, RequestError> {
    params
        .into_iter()
        .map(|(key, value)| parser(key, value))
        .collect()
}

fn names(value: Option<&str>, what: &str) -> Result<Option<Vec<String>>, RequestError> {
    value
        .map(|value| Cursor::run(value, what, value, field::columns))
        .transpose()
}
