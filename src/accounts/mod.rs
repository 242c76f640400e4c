//! Signing in: passwords against tokens, refresh tokens against new ones, links against a first session.
//!
//! Requests and answers are those of `@supabase/auth-js`. Knows nothing of HTTP, and nothing of what
//! accounts are linked to: the database says that, through a contract of a few functions
//! ([`database`]). A password is verified here, not there, so that it is never part of a statement.

mod caller;
mod credentials;
mod database;
mod error;
mod link_settings;
mod links;
mod machines;
mod mailer;
mod passwords;
mod refresh_token;
mod sign_in;
mod signed_in;

pub use caller::Caller;
pub use credentials::{Asked, Grant, LinkKind, Proof, Update};
pub use error::AccountError;
pub use links::ShownLink;
pub use mailer::PrintedMail;
pub use passwords::{Passwords, Verdict};
pub use sign_in::{Accounts, Session};
pub use signed_in::Scope;

pub use database::Database;
