//! The description of the API: what a caller may use of one schema, as an OpenAPI document. Pure: made of
//! the schema cache and of what Postgres said of the caller's rights.
//!
//! Version 2.0 says what PostgREST says (PostgREST, `docs/references/api/openapi.rst`); 3.1 says more, and
//! exactly what this server does (OpenAPI Specification 3.1.1).

mod api;
mod comment;
mod contract;
mod facts;
mod members;
mod swagger;
mod v3;

pub use api::{Api, ApiRelation, ApiRoutine, Rights, Site};
pub use contract::{Change, Contract, Fact, changes};
pub use facts::contract;
pub use swagger::swagger;
pub use v3::openapi;
