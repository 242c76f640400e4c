//! The one test binary: a folder a feature.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail where it stands"
)]

mod brute_force;
mod embedded;
mod filters;
mod harness;
mod house;
mod migrate;
mod policies;
mod read;
mod rpc;
mod seed;
mod stamps;
mod widgets;
