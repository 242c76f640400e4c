//! The program as its users run it.

mod admin;
mod check;
mod commands;
mod demo;
pub mod program;
mod reference;
mod seed;
mod serve;
