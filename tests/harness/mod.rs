//! What the tests stand on: one private Postgres a run, a database a test.

pub mod cluster;
pub mod desk;
pub mod fixture;
pub mod http;
pub mod identity;
pub mod server;
