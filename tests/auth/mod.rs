//! Tokens over HTTP: who is let in, as whom, and what the others are told.

mod claims;
mod roles;
mod signatures;
mod signer;
