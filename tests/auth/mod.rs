//! Tokens over HTTP: who is let in, as whom, and what the others are told; and how people get one.

pub mod accounts;
mod claims;
mod jwks;
mod limits;
mod links;
mod refresh;
mod requests;
mod roles;
mod sign_in;
mod signatures;
mod signed_in;
mod signer;
mod unlinked;
