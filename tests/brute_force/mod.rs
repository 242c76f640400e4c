//! Every number once more, in plain Rust over the base rows: shares no SQL with the widgets.

mod base;
mod calendar;
mod charts;
mod clients;
mod compare;
mod condition;
mod figures;
mod generator;
mod promises;
mod resolution;
mod throughput;
mod workload;

pub use base::{Base, Ticket};
pub use calendar::{Grain, micros};
pub use charts::{Sight, shares, tickets_by_priority, tickets_by_type, tickets_over_time};
pub use clients::client_analysis;
pub use compare::differences;
pub use condition::{Comparison, Condition, Meaning, Selection, encode};
pub use figures::{overview, percent, team};
pub use generator::{Generator, ZONES};
pub use promises::{METRICS, Promises};
pub use resolution::{
    overdue_tickets, quantile, resolution_by_type, resolution_histogram, resolution_stats,
};
pub use throughput::{agent_throughput, heatmap};
pub use workload::{backlog_aging, workload};
