//! Text in, a typed request out. Pure: knows the URL grammar and the headers, not the schema cache,
//! not Postgres. Follows PostgREST (`docs/references/api/*.rst`, `url_grammar.rst`).

pub mod accept;
mod api_request;
mod error;
pub mod idempotency;
pub mod media_type;
mod page_cursor;
pub mod path;
pub mod payload;
pub mod precondition;
pub mod prefer;
pub mod query_method;
pub mod query_string;
pub mod range;
#[cfg(test)]
mod tests;

pub use api_request::{Action, ApiRequest, Mutation, RawRequest, Target};
pub use error::RequestError;
pub use page_cursor::{PageCursor, Paging};
