//! GET and HEAD on relations.

mod counts;
mod cursor;
mod errors;
mod filters;
mod headers;
mod json;
mod pages;
mod query_method;
mod select;
mod timing;
