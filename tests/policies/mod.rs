//! Rights: who reads what, as whom, and what the structure of the database promises about it.

mod functions;
mod identity;
mod relations;
mod structure;
mod table;
