//! Tokens over HTTP: who is let in, as whom, and what the others are told; and how people get one.

pub mod accounts;
mod api_keys;
mod claims;
mod cookies;
mod jwks;
mod keys;
mod limits;
mod links;
mod mails;
mod pkce;
mod refresh;
mod requests;
mod roles;
mod session_check;
mod sign_in;
mod signatures;
mod signed_in;
mod signer;
mod unlinked;
