//! GET and HEAD on relations.

mod errors;
mod filters;
mod headers;
mod pages;
mod select;
