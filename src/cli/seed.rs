//! `rowdesk seed`: fills an empty database with data to try things on. Here, as in the demo, the
//! domain has names.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};

use crate::config::Config;
use crate::migrate::{AdminSession, Source};

use super::{print, target};

/// The script; its steps are marked with lines `-- step: Title`.
const SCRIPT: &str = "database/seed/seed.sql";

/// How many tickets the demo gets, about as many as the assignment speaks of.
pub(super) const DEFAULT_TICKETS: u64 = 42_900;

/// Every account of the script has it.
pub(super) const PASSWORD: &str = "rowdesk-demo";

/// How much, and which of the possible worlds.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How many tickets
    #[arg(long, value_name = "N", default_value_t = DEFAULT_TICKETS)]
    tickets: u64,
    /// Which of the possible worlds: the same number gives the same rows
    #[arg(long, value_name = "S", default_value_t = 1)]
    number: i64,
    /// Read database/seed/seed.sql from this folder [default: the one built in]
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    #[command(flatten)]
    target: target::Args,
}

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let source = super::migrate::source(args.source.as_ref())?;
    let target = target::open(&args.target, config).await?;
    let mut session = AdminSession::open(&target.admin).await?;
    session.become_owner(&source).await?;
    if let Some(count) = tickets(&session).await? {
        bail!(
            "the database already holds {count} tickets, and seeding adds to nothing; use an empty \
             database, or `rowdesk demo --reset`"
        );
    }
    fill(&mut session, &source, args.tickets, args.number).await?;
    Ok(ExitCode::SUCCESS)
}

/// How many tickets there are; `None`: none.
pub(super) async fn tickets(session: &AdminSession) -> anyhow::Result<Option<i64>> {
    let counted = session
        .client()
        .query_one("select count(*) from public.tickets", &[])
        .await;
    let count: i64 = counted
        .context("counting the tickets (is the database migrated?)")?
        .get(0);
    Ok((count > 0).then_some(count))
}

/// Runs the script in one transaction, telling its steps and their times: whatever ends it early
/// leaves nothing behind. The session is the owner's.
pub(super) async fn fill(
    session: &mut AdminSession,
    source: &Source,
    tickets: u64,
    number: i64,
) -> anyhow::Result<()> {
    let Some(script) = source.file(SCRIPT) else {
        bail!("there is no {SCRIPT}")
    };
    // VACUUM marks no page all-visible that holds a commit which has not reached the disk: without
    // this, index-only scans read the tables until autovacuum comes, 21 ms instead of 13 for the
    // overview. ANALYZE commits between the tables, so it must hold for the session.
    session.execute("set synchronous_commit = on").await?;
    let (tickets, number) = (tickets.to_string(), number.to_string());
    let settings = [
        ("seed.tickets", tickets.as_str()),
        ("seed.number", number.as_str()),
    ];
    let mut clock = Clock::default();
    session
        .run_steps(SCRIPT, script, &settings, |step| clock.begin(step.title))
        .await?;
    clock.begin("Vacuum and analyze");
    session.become_admin().await?;
    // Also the visibility map: index-only scans are what the widgets' counts live on.
    session.execute("set client_min_messages = error").await?;
    session.execute("vacuum analyze").await?;
    clock.end();
    Ok(())
}

/// Prints the name of a step at its begin and its time at its end.
#[derive(Default)]
struct Clock {
    since: Option<Instant>,
}

impl Clock {
    fn begin(&mut self, title: &str) {
        self.end();
        // What is told here is told for company: a reader that has gone stops nothing.
        let _ = print(&format!("  {title:<40}"));
        self.since = Some(Instant::now());
    }

    fn end(&mut self) {
        if let Some(since) = self.since.take() {
            let _ = print(&format!("{:>7.1} s\n", since.elapsed().as_secs_f64()));
        }
    }
}
