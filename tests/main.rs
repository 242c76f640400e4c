//! The one test binary: a folder a feature (style.md, rule 27).

mod auth;
mod embedded;
mod harness;
mod house;
mod migrate;
mod process;
mod read;
mod rpc;
mod session;
