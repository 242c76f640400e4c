//! The program as its users run it.

mod commands;
mod demo;
mod program;
mod reference;
mod seed;
mod serve;
