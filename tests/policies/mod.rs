//! Rights: who reads and writes what, as whom, and what the structure of the database promises about it.

mod attacks;
mod columns;
mod forgery;
mod functions;
mod fuzzed;
mod hidden;
mod identity;
mod index;
mod isolation;
mod notes;
mod oracles;
mod people;
mod relations;
mod scenes;
pub mod scope;
pub mod secrets;
mod structure;
pub mod table;
mod tokens;
mod writes;
