//! `rowdesk check`: whether all is as it should be: the definitions, by the rules of the linter, or with `--data` the
//! data, by the database's own word.

/// `--data`
mod data;
/// The linter.
mod lint;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::config::Loaded;

use super::target;

/// What to check, and how to say it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Call the database's functions that verify its data instead, and fail if they find anything wrong
    #[arg(long, conflicts_with_all = ["files", "source", "rule", "exclude", "exclusions", "level", "all"])]
    data: bool,
    /// Read the files only, and no database
    #[arg(long, conflicts_with_all = ["data_dir", "pg_bin"])]
    files: bool,
    /// Read migrations/, sql/ and database/ from this folder [default: those built in, where the database is theirs]
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    /// Ask this rule only; may be given again
    #[arg(long, value_name = "NAME")]
    rule: Vec<String>,
    /// Leave something out: 'RULE: reason', 'RULE OBJECT: reason' or 'RULE for ROLE: reason'; may be given again
    #[arg(long, value_name = "TEXT")]
    exclude: Vec<String>,
    /// A file of such lines
    #[arg(long, value_name = "FILE")]
    exclusions: Option<PathBuf>,
    /// Fail if there is anything of this level, or worse
    #[arg(long, value_enum, default_value_t = Level::Warn)]
    level: Level,
    /// Print also what is excluded, with the reasons, and what could not be read
    #[arg(long)]
    all: bool,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    target: target::Args,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    /// For code hosts and editors: SARIF 2.1.0
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Level {
    Info,
    Warn,
    Error,
}

pub(super) async fn run(args: &Args, loaded: &Loaded) -> anyhow::Result<ExitCode> {
    if args.data {
        return data::run(args, &loaded.config).await;
    }
    // 1 is what was found; that nothing could be looked at is something else.
    lint::run(args, loaded).await.or_else(|error| {
        eprintln!("rowdesk: {error:#}");
        Ok(ExitCode::from(2))
    })
}
