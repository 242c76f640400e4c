//! `rowdesk migrate`: brings a database to the state that the SQL files describe.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::config::Config;
use crate::migrate::{self, Event, Plan, Source};

use super::{print, target};

/// What to do, and with which files.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print what would run, in order, and change nothing
    #[arg(long, conflicts_with = "check")]
    dry_run: bool,
    /// Print where database and files differ, and fail if they do
    #[arg(long)]
    check: bool,
    /// Read migrations/, sql/ and database/ from this folder [default: those built in]
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    #[command(flatten)]
    target: target::Args,
}

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let source = source(args.source.as_ref())?;
    let target = target::open(&args.target, config).await?;
    if args.dry_run || args.check {
        let plan = migrate::plan(&target.admin, &source).await?;
        print(&described(&plan, &source, args.check))?;
        let has_drifted = args.check && !plan.is_clean();
        return Ok(if has_drifted {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        });
    }
    let started = Instant::now();
    let report = migrate::run(&target.admin, &source, |event| tell(&event)).await?;
    let seconds = started.elapsed().as_secs_f64();
    print(&format!(
        "{} applied, {seconds:.1} s\n{}",
        counted(report.migrations.len(), report.files.len()),
        leftovers(&report.leftovers, &source)
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The files to work with.
pub(super) fn source(folder: Option<&PathBuf>) -> anyhow::Result<Source> {
    Ok(match folder {
        Some(folder) => Source::read(folder)?,
        None => Source::embedded(),
    })
}

/// `2 migrations and 1 file`
pub(super) fn counted(migrations: usize, files: usize) -> String {
    let plural = |count, word| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    format!(
        "{} and {}",
        plural(migrations, "migration"),
        plural(files, "file")
    )
}

fn tell(event: &Event<'_>) {
    let line = match event {
        Event::Waiting => "another migration is at work on this database; waiting\n".to_owned(),
        Event::Migration(path) => format!("{path}\n"),
        Event::File(path, reason) => format!("{path} ({reason})\n"),
        Event::InUse(what) => format!("{what}; trying again, and holding nobody up\n"),
    };
    // A reader that has gone is no reason to stop half-way.
    let _ = print(&line);
}

fn described(plan: &Plan, source: &Source, is_check: bool) -> String {
    let pending = plan
        .pending()
        .map(|pending| format!("{} ({})\n", pending.path, pending.reason));
    let text = pending.collect::<Vec<_>>().concat() + &leftovers(&plan.leftovers, source);
    match (plan.is_clean(), is_check) {
        (true, true) => "The database is what the files say.\n".to_owned(),
        (true, false) => "Nothing to do.\n".to_owned(),
        (false, true) => {
            text + "Database and files differ; `rowdesk migrate` applies what is pending.\n"
        }
        (false, false) => text,
    }
}

/// Nothing is dropped unasked: the object may be what somebody's report still reads.
fn leftovers(paths: &[String], source: &Source) -> String {
    let ledger = source.ledger();
    let lines = paths.iter().map(|path| {
        format!(
            "{path} is gone from the files, but what it made is still in the database: put the file \
             back, or drop that in a migration, together with\n  \
             delete from {ledger} where path = '{path}';\n"
        )
    });
    lines.collect()
}
