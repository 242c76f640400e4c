//! Functions over HTTP.

mod answers;
mod arguments;
mod bodies;
mod failures;
mod filters;
mod pages;
mod request;
mod results;
mod unread;
mod writes;
