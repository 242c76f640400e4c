//! The grammar of the query string: filters, logic, select, order, limit and offset.

pub(super) mod decode;
pub mod filter;
pub mod order;
pub mod select;

use super::{
    RequestError,
    range::{RowRange, Window},
};
use filter::{EmbedPath, Filter, LogicTree};
use order::OrderTerm;
use select::SelectItem;

/// The query string, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryString {
    /// Without a `select` parameter the single `*`; of `select=` nothing.
    pub select: Vec<SelectItem>,
    pub filters: Vec<(EmbedPath, Filter)>,
    pub logic: Vec<(EmbedPath, LogicTree)>,
    pub order: Vec<(EmbedPath, Vec<OrderTerm>)>,
    /// Limit and offset of the embedded levels, each level once. Those of the top level are in
    /// `ApiRequest::range`, together with the `Range` header.
    pub ranges: Vec<(EmbedPath, RowRange)>,
    pub columns: Option<Vec<String>>,
    pub on_conflict: Option<Vec<String>>,
    /// Every decoded parameter that is not reserved, in order: the filters, or the arguments of a
    /// call.
    pub params: Vec<(String, String)>,
    /// All parameters, encoded and sorted by name: for `Content-Location`.
    pub canonical: String,
    /// Limit and offset of the top level.
    pub(super) window: Window,
}

/// Reads the query string of a relation.
pub fn parse(raw: &str) -> Result<QueryString, RequestError> {
    todo!("{raw}")
}

/// Reads the query string of a function: parameters are not tried as filters.
pub fn parse_for_call(raw: &str) -> Result<QueryString, RequestError> {
    todo!("{raw}")
}
