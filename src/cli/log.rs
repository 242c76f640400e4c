//! Log lines go to stderr, so that stdout holds only what a command was asked for.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::LogLevel;

/// Starts the log. Later calls change nothing.
pub(super) fn start(level: LogLevel) {
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter(level)))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .try_init();
}

/// Libraries say little: the level is about our own lines, and hyper's debug lines would bury them.
fn filter(level: LogLevel) -> &'static str {
    match level {
        // tracing has nothing above an error.
        LogLevel::Crit | LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "warn,rowdesk=info",
        LogLevel::Debug => "warn,rowdesk=debug",
    }
}
