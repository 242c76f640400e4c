//! The one test binary: a folder a feature.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail where it stands"
)]

mod aggregates;
mod auth;
mod brute_force;
mod check;
mod clients;
mod docs;
mod embed;
mod embedded;
mod erasure;
mod explain;
mod fields;
mod filters;
mod harness;
mod history;
mod house;
mod life;
mod malformed;
mod media;
mod migrate;
mod mutate;
mod openapi;
mod operation;
mod people;
mod policies;
mod policy_tools;
mod precondition;
mod process;
mod queues;
mod read;
mod rehearsal;
mod rollups;
mod rpc;
mod seed;
mod session;
mod sla;
mod stamps;
mod upkeep;
mod widgets;
mod workflow;
