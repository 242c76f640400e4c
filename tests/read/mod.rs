//! GET and HEAD on relations.

mod errors;
mod filters;
mod headers;
mod json;
mod pages;
mod select;
mod timing;
