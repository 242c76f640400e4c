//! `rowdesk migrate`: brings a database to the state that the SQL files describe.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::bail;

use crate::config::Config;
use crate::migrate::{self, Event, Plan, Source};

use super::diff::{self, Eyes};
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
    /// Before anything is applied, rehearse it, and refuse to go on where programs that use the API may fail (`api`)
    /// or, besides, callers gain or lose rows (`rows`), and no pending migration announces that
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "api",
        conflicts_with_all = ["dry_run", "check"]
    )]
    guard: Option<Guard>,
    #[command(flatten)]
    eyes: Eyes,
    /// Read migrations/, sql/ and database/ from this folder [default: those built in]
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    #[command(flatten)]
    target: target::Args,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Guard {
    Api,
    Rows,
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
    if let Some(guard) = args.guard {
        refuse_surprises(guard, &args.eyes, &target, &source, config).await?;
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

/// The error names every change that no file announces, and how to announce it.
async fn refuse_surprises(
    guard: Guard,
    eyes: &Eyes,
    target: &target::Target,
    source: &Source,
    config: &Config,
) -> anyhow::Result<()> {
    let asked = diff::asked(eyes, config, 0, guard == Guard::Rows)?;
    let difference = diff::difference(&target.admin, source, asked, eyes.samples).await?;
    let subjects = difference.unannounced();
    if subjects.is_empty() {
        return Ok(());
    }
    let what = match subjects.len() {
        1 => "a change is".to_owned(),
        many => format!("{many} changes are"),
    };
    let mut lines = String::new();
    for subject in subjects {
        let _ = write!(lines, "\n  -- announces: {subject}: WHY");
    }
    for line in &difference.idle_announcements {
        let _ = write!(lines, "\n(announced, and does not happen: {line})");
    }
    bail!(
        "nothing was applied: {what} not announced; `rowdesk policies diff` has the details. To announce it, say why \
         at the top of a pending migration, also one that is nothing but comments:{lines}"
    )
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
