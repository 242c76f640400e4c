//! What each role may, and what a change of the files would do to it: rights and policies are asked as the role
//! itself, for only Postgres knows what they come to. Whatever is tried is rolled back.
//!
//! Must not know HTTP.

mod caller;
/// What pending files would change for callers.
pub mod diff;
mod error;
/// What is granted and what policies decide, from the catalog.
pub mod matrix;
mod roles;
/// A DBA's own tests of policies.
pub mod scenes;

pub use caller::Caller;
pub use error::PoliciesError;
pub use roles::{Requests, Roles};
