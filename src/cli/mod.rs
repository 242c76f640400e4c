//! The command line: one file a command, every setting a flag of all of them.

/// `rowdesk admin`: who runs the desk.
mod admin;
/// `rowdesk check`: whether all is as it should be.
mod check;
/// Claims given as flags.
mod claim;
/// `rowdesk config`: the effective settings.
mod config;
/// `rowdesk demo`: everything from nothing.
mod demo;
/// `rowdesk policies diff`: what pending files would change for callers.
mod diff;
/// `rowdesk explain`: what would become of a request.
mod explain;
/// What `rowdesk serve` does instead of serving.
mod inspect;
/// `rowdesk keys`: what signs tokens.
mod keys;
/// Where log lines go.
mod log;
/// `rowdesk migrate`: the database as the files say.
mod migrate;
/// `rowdesk policies`: what each role may.
mod policies;
/// Asking whoever sits at the terminal.
mod prompt;
/// `rowdesk reference`: tables of the documentation.
mod reference;
/// `rowdesk seed`: data to try things on.
mod seed;
/// `rowdesk serve`: the server.
pub mod serve;
/// Flags made from the table of settings.
mod settings;
/// Being told to stop.
mod signals;
/// Which database a command works on.
mod target;
/// `rowdesk token`: a signed token.
mod token;

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::future::Future;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{Inputs, Loaded, NoticeLevel, load};

/// A door to a Postgres database that speaks PostgREST's protocol.
///
/// Every setting is a flag (listed by `--help`), a variable, and a line of the configuration file;
/// a flag wins over the database, that over a variable, that over the file.
#[derive(Debug, Parser)]
#[command(name = "rowdesk", version, max_term_width = 100)]
struct Cli {
    /// The configuration file: lines of `name = value`, in PostgREST's format
    #[arg(short, long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a database over HTTP
    Serve {
        /// The configuration file, as PostgREST takes it
        #[arg(value_name = "FILE", conflicts_with = "config")]
        file: Option<PathBuf>,
        #[command(flatten)]
        instead: inspect::Args,
    },
    /// Start a private Postgres, migrate, seed and serve: everything from nothing
    Demo(demo::Args),
    /// Bring a database to the state that the SQL files describe
    Migrate(migrate::Args),
    /// Find what is wrong with policies, grants and functions, before others do
    Check(check::Args),
    /// Show what each role may, test it, or what a change would do to it
    #[command(subcommand)]
    Policies(policies::Command),
    /// Explain what would become of a request: its SQL, the policies that bind it, its plan and its time
    Explain(Box<explain::Args>),
    /// Fill an empty database with data to try things on
    Seed(seed::Args),
    /// Make somebody an admin, or list the admins
    Admin(admin::Args),
    /// Print a signed token
    Token(token::Args),
    /// Show the keys that sign tokens, or let the next one sign
    Keys(keys::Args),
    /// Print the effective settings, and where each comes from
    Config,
    /// Print a table of the documentation, as Markdown
    Reference {
        #[arg(value_enum)]
        table: reference::Table,
    },
}

impl Cli {
    fn file(&self) -> Option<PathBuf> {
        match &self.command {
            Command::Serve {
                file: Some(file), ..
            } => Some(file.clone()),
            _ => self.config.clone(),
        }
    }
}

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let (cli, flags) = match parsed(env::args_os()) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Where not even this can be written, the exit code still says it.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    match started(&cli, flags) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("rowdesk: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The command, and the settings given as flags.
fn parsed(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<(Cli, Vec<(String, String)>), clap::Error> {
    let command = Cli::command().args(settings::flags());
    let matches = command.try_get_matches_from(arguments)?;
    let cli = Cli::from_arg_matches(&matches)?;
    Ok((cli, settings::given(&matches)))
}

fn started(cli: &Cli, flags: Vec<(String, String)>) -> anyhow::Result<ExitCode> {
    let inputs = Inputs {
        flags,
        // Names and values that are not text cannot be meant for us.
        variables: env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
        file: cli.file(),
        database: BTreeMap::new(),
    };
    let loaded = load(&inputs)?;
    log::start(loaded.config.log_level, loaded.config.log_format);
    for notice in &loaded.notices {
        match notice.level {
            // Not by the log, whose default level would hide it.
            NoticeLevel::Warn => eprintln!("rowdesk: warning: {}", notice.text),
            NoticeLevel::Debug => tracing::debug!("{}", notice.text),
        }
    }
    run(&cli.command, inputs, loaded)
}

fn run(command: &Command, inputs: Inputs, loaded: Loaded) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { instead, .. } => block_on(async {
            if let Some(code) = inspect::run(*instead, &inputs, &loaded).await? {
                return Ok(code);
            }
            Box::pin(serve::run(inputs, loaded)).await?;
            Ok(ExitCode::SUCCESS)
        }),
        Command::Demo(args) => block_on(demo::run(args, &loaded)),
        Command::Migrate(args) => block_on(migrate::run(args, &loaded.config)),
        Command::Check(args) => block_on(check::run(args, &loaded)),
        Command::Policies(command) => block_on(policies::run(command, &loaded.config)),
        Command::Explain(args) => block_on(explain::run(args, inputs, &loaded)),
        Command::Seed(args) => block_on(seed::run(args, &loaded.config)),
        Command::Admin(args) => block_on(admin::run(args, &loaded.config)),
        Command::Token(args) => token::run(args, &loaded.config),
        Command::Keys(args) => keys::run(args, &loaded.config),
        Command::Config => config::run(&loaded),
        Command::Reference { table } => reference::run(*table),
    }
}

/// Runs an asynchronous command to its end.
fn block_on<T>(command: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Runtime::new()
        .context("cannot start the asynchronous runtime")?
        .block_on(command)
}

/// Writes what a command was asked for. `println!` would panic when the reader has gone.
///
/// # Errors
/// The output is closed or full.
fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .context("cannot write the output")
}

#[cfg(test)]
mod tests;
