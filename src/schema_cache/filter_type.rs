//! Filter types: what a URL condition can become, read from the catalog (docs/filters.md).

use std::collections::BTreeMap;

use super::SqlType;

/// The schema that holds filter types and their operator functions: the one name of the contract
/// between SQL and this server.
pub const FILTER_SCHEMA: &str = "filter";

/// A type of which a parameter takes conditions.
#[derive(Debug)]
pub struct FilterType {
    /// Without its schema: `ids`. Errors raised by its operators name it as DATATYPE.
    pub name: String,
    pub sql_type: SqlType,
    pub comment: Option<String>,
    /// By name as in the function, dots as underscores: `eq`, `not_in`, `is_null`. Sorted.
    pub operators: BTreeMap<String, Operand>,
    /// `TYPE_and` exists: a parameter may be given several times.
    pub combines: bool,
}

/// What stands behind an operator in the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// Nothing: `is.null`.
    None,
    /// One value: `eq.5`.
    One,
    /// A list: `in.(3,7)`.
    Many,
}

impl FilterType {
    /// The operators as a URL spells them: `not_in` is `not.in`.
    #[must_use]
    pub fn operator_names(&self) -> Vec<String> {
        self.operators.keys().map(|name| spell(name)).collect()
    }
}

/// Function spelling to URL spelling.
#[must_use]
pub fn spell(operator: &str) -> String {
    operator.replace('_', ".")
}
