//! GET and HEAD on relations.

mod errors;
mod filters;
mod headers;
mod json;
mod pages;
mod query_method;
mod select;
mod timing;
