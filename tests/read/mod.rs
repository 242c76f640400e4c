//! GET and HEAD on relations.

mod counts;
mod errors;
mod filters;
mod headers;
mod json;
mod pages;
mod select;
mod timing;
