//! The program as its users run it.

mod commands;
mod program;
mod seed;
mod serve;
