//! What people do with tickets, through HTTP.

mod assign;
mod desk;
mod fields;
mod merge;
mod messages;
mod take;
mod transitions;
