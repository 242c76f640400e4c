//! The grammar of the query string: filters, logic, select, order, limit and offset.

pub mod filter;
pub mod order;
pub mod select;
