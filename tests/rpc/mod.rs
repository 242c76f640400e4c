//! Functions over HTTP.

mod arguments;
mod failures;
mod filters;
mod pages;
mod request;
mod results;
mod unread;
mod writes;
