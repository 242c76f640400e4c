//! `rowdesk policies`: what each role may, and what a change would do to it.

use std::process::ExitCode;

use crate::config::Config;

use super::diff;

/// What to ask.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Compare what callers see before and after the pending files, and change nothing
    Diff(diff::Args),
}

pub(super) async fn run(command: &Command, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Diff(args) => diff::run(args, config).await,
    }
}
