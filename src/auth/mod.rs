//! Tokens: who the caller is, and which database role that means.
//!
//! Follows PostgREST's `auth.rst` and RFC 7519, 7515 and 7517; the answers to bad tokens are
//! PostgREST's. Nothing here knows the time or the database: `now` is an argument, and whether a
//! role exists is Postgres' answer. Only `fetched_keys` talks to anybody.

mod algorithm;
mod bearer;
mod claims;
mod error;
mod fetched_keys;
mod fixed_keys;
mod key;
mod key_file;
mod keys;
mod mint;
mod role;
mod token;
mod verifier;

pub use bearer::bearer_token;
pub use claims::Claims;
pub use error::JwtError;
pub use fetched_keys::FetchError;
pub use key_file::KeyFile;
pub use mint::{Signer, mint};
pub use role::{Role, resolve_role};
pub use verifier::{CacheCounts, Caller, Verifier};

pub use keys::secret_bytes;

#[cfg(test)]
mod tests;
