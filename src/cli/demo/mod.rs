//! `rowdesk demo`: a private Postgres, schema, data and server from nothing, and from what an
//! earlier run left, however it ended. Here, as in the seed, the domain has names.

mod people;
mod secret;
mod tour;

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::task::spawn_blocking;

use crate::config::{Config, Job, Loaded, Secret};
use crate::embedded::{Binaries, Cluster, Folder, Running};
use crate::http::{Place, Reloadable, Server};
use crate::migrate::{self, AdminSession, Event, Source};
use crate::postgres::ConnectionString;

use super::serve::{serve, url};
use super::signals::Signals;
use super::target::{DATABASE, admin};
use super::{print, seed};
use tour::Tour;

/// The server's login, and what it is without a token.
pub(super) const LOGIN: &str = "desk_authenticator";
const ANONYMOUS: &str = "desk_anon";
/// The role by which people sign in.
const SIGN_IN: &str = "desk_worker";
/// What it keeps of writes with an `Idempotency-Key`, and by which role.
const IDEMPOTENCY_TABLE: &str = "kept.idempotency_keys";
const KEEPER: &str = "desk_worker";
/// What it does by itself, and by which role.
const JOBS: [(&str, u64); 3] = [
    ("analytics.fold", 2),
    ("ops.record_breaches", 10),
    ("ops.extend_calendars", 3600),
];
const WORKER: &str = "desk_worker";
/// The roles that tokens may name: all that hold data, not the login's own nor the worker's.
const TOKEN_ROLES: [&str; 5] = [
    "desk_client",
    "desk_agent",
    "desk_manager",
    "desk_admin",
    "desk_service",
];

/// Where the demo keeps its data, and what it makes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to keep the private Postgres
    #[arg(long, value_name = "DIR", default_value = ".rowdesk")]
    data_dir: PathBuf,
    /// How many tickets to make [default: 42900]
    #[arg(long, value_name = "N")]
    tickets: Option<u64>,
    /// Start over: delete what the demo has made in its folder
    #[arg(long)]
    reset: bool,
    /// The folder of the PostgreSQL programs [default: the newest found]
    #[arg(long, value_name = "DIR")]
    pg_bin: Option<PathBuf>,
}

/// A database that is ready to be served.
struct Ready {
    config: Config,
    tour: Tour,
    /// `None`: an existing server, which is not ours to stop.
    postgres: Option<Running>,
}

pub(super) async fn run(args: &Args, loaded: &Loaded) -> anyhow::Result<ExitCode> {
    refuse_half_a_database(loaded)?;
    let config = settings(loaded);
    // Before the long work: a taken port is known at once, and stays ours.
    let server = Server::bind(&Place::of_api(&config)).await?;
    let mut signals = Signals::listen()?;
    let prepared = tokio::select! {
        prepared = prepare(args, config) => prepared?,
        () = signals.received() => {
            // What was under way is rolled back, and the next start goes on from there.
            print("\nStopped.\n")?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let Ready {
        config,
        tour,
        postgres,
    } = prepared;
    let base = server.address().map_or_else(|| server.place(), url);
    let text = tour.text(&base);
    let ready = move || {
        let _ = print(&text);
    };
    let served = tokio::select! {
        served = serve(server, None, Reloadable::fixed(&config)?, &mut signals, ready) => served,
        () = ended(postgres.as_ref()) => Err(anyhow::anyhow!("the private Postgres was stopped from outside")),
    };
    if let Some(postgres) = postgres {
        spawn_blocking(|| postgres.stop())
            .await
            .context("stopping Postgres")?;
    }
    served?;
    print("Stopped; the data is kept.\n")?;
    Ok(ExitCode::SUCCESS)
}

async fn prepare(args: &Args, config: Config) -> anyhow::Result<Ready> {
    let source = Source::embedded();
    let (mut config, admin_uri, postgres) = match config.admin_db_uri.clone() {
        Some(uri) if args.reset => bail!(
            "--reset deletes the demo's own data only, not that of {}",
            without_password(&uri)
        ),
        Some(uri) => (config, uri, None),
        None => with_private_postgres(args, config).await?,
    };
    let admin = admin(&admin_uri)?;

    let step = Timed::begin("Migrating");
    let report = migrate::run(&admin, &source, |event| {
        if matches!(event, Event::Waiting) {
            let _ = print("(waiting for another migration) ");
        }
    });
    let report = report.await?;
    step.end(&super::migrate::counted(
        report.migrations.len(),
        report.files.len(),
    ));

    let mut session = AdminSession::open(&admin).await?;
    session.become_owner(&source).await?;
    match seed::tickets(&session).await? {
        None => {
            let wanted = args.tickets.unwrap_or(seed::DEFAULT_TICKETS);
            print(&format!("Making {wanted} tickets\n"))?;
            seed::fill(&mut session, &source, wanted, 1).await?;
            session.become_owner(&source).await?;
        }
        Some(count)
            if args
                .tickets
                .is_some_and(|wanted| i64::try_from(wanted) != Ok(count)) =>
        {
            print(&format!(
                "Kept the {count} tickets that are there; --reset starts over.\n"
            ))?;
        }
        Some(count) => print(&format!("{count} tickets, as they were left\n"))?,
    }
    if config.jwt_secret.is_none() {
        let key = match &postgres {
            Some(postgres) => secret::kept(&postgres.folder().secret())?,
            None => secret::random()?,
        };
        config.jwt_secret = Some(Secret::new(key));
    }
    if let Some(postgres) = &postgres {
        let file = || postgres.folder().keys();
        config.auth_keys_file.get_or_insert_with(file);
    }
    let tour = Tour::plan(&session, &config).await?;
    Ok(Ready {
        config,
        tour,
        postgres,
    })
}

async fn with_private_postgres(
    args: &Args,
    mut config: Config,
) -> anyhow::Result<(Config, String, Option<Running>)> {
    let (dir, pg_bin, reset) = (args.data_dir.clone(), args.pg_bin.clone(), args.reset);
    let step = Timed::begin("Starting Postgres");
    let started = spawn_blocking(move || start(&dir, pg_bin.as_deref(), reset)).await;
    let (version, postgres) = started.context("starting Postgres")??;
    step.end(&format!(
        "{version}, in {}",
        postgres.folder().path().display()
    ));
    if let (Some(asked), Some(account)) =
        (postgres.folder().moved_from(), postgres.folder().account())
    {
        print(&format!(
            "  ({} cannot reach {})\n",
            account.name,
            asked.display()
        ))?;
    }
    let session = AdminSession::open(&admin(&postgres.uri("postgres", "postgres"))?).await?;
    let there = session
        .client()
        .query("select from pg_database where datname = $1", &[&DATABASE])
        .await;
    if there.context("looking for the database")?.is_empty() {
        session
            .execute(&format!("create database {DATABASE}"))
            .await?;
    }
    config.db_uri = postgres.uri(LOGIN, DATABASE);
    let admin_uri = postgres.uri("postgres", DATABASE);
    Ok((config, admin_uri, Some(postgres)))
}

fn start(dir: &Path, pg_bin: Option<&Path>, reset: bool) -> anyhow::Result<(String, Running)> {
    let binaries = Binaries::find(pg_bin)?;
    let folder = Folder::claim(dir)?;
    if reset {
        folder.reset()?;
    }
    let cluster = Cluster::prepare(folder, &binaries)?;
    let version = cluster.binaries().version().to_string();
    Ok((version, cluster.start()?))
}

/// An existing server needs both logins. Taking the private Postgres after all would hide that.
fn refuse_half_a_database(loaded: &Loaded) -> anyhow::Result<()> {
    let (given, missing, whose) = match (loaded.is_given("db-uri"), loaded.is_given("admin-db-uri"))
    {
        (true, false) => (
            "db-uri",
            "admin-db-uri",
            "the login that migrates and seeds".to_owned(),
        ),
        (false, true) => (
            "admin-db-uri",
            "db-uri",
            format!("the login that serves, {LOGIN}"),
        ),
        _ => return Ok(()),
    };
    bail!(
        "{given} is given without {missing}: on an existing server the demo needs both; add \
         --{missing} for {whose}"
    )
}

/// Some ten times what any page of the demo asks for.
const MAX_ANSWER_BYTES: u32 = 20_000_000;

/// What a trigger of its tables moves with each update.
const VERSION_COLUMN: &str = "updated_at";

/// What the demo sets unless the user has: its own roles for callers without a token and for signing in, an end of all
/// tokens, cookies for pages, the roles that tokens may name, the table that keeps what was written once, the column of versions, the jobs, an
/// address that only this machine reaches, refusals of what is hardly meant, and aggregates: policies and the login's statement
/// timeout bound what they read.
pub(super) fn settings(loaded: &Loaded) -> Config {
    let mut config = loaded.config.clone();
    config.strict_json_types |= !loaded.is_given("strict-json-types");
    config.require_filter |= !loaded.is_given("require-filter");
    config.db_aggregates_enabled |= !loaded.is_given("db-aggregates-enabled");
    if !loaded.is_given("server-max-answer-bytes") {
        config.server_max_answer_bytes = Some(MAX_ANSWER_BYTES);
    }
    config
        .db_anon_role
        .get_or_insert_with(|| ANONYMOUS.to_owned());
    config.auth_role.get_or_insert_with(|| SIGN_IN.to_owned());
    config.jwt_exp_required |= !loaded.is_given("jwt-exp-required");
    config.auth_cookies |= !loaded.is_given("auth-cookies");
    config
        .mail_url
        .get_or_insert_with(|| Secret::new("terminal:shown"));
    if config.db_idempotency_table.is_none() {
        config.db_idempotency_table = Some(IDEMPOTENCY_TABLE.to_owned());
        config
            .db_idempotency_role
            .get_or_insert_with(|| KEEPER.to_owned());
    }
    if !loaded.is_given("db-version-column") {
        config.db_version_column = Some(VERSION_COLUMN.to_owned());
    }
    if !loaded.is_given("db-jobs") {
        config.db_jobs = JOBS
            .map(|(function, seconds)| job(function, seconds))
            .to_vec();
        config.db_jobs_role.get_or_insert_with(|| WORKER.to_owned());
    }
    if config.jwt_roles.is_empty() {
        config.jwt_roles = TOKEN_ROLES.map(str::to_owned).to_vec();
    }
    if config.server_host == Config::default().server_host {
        config.server_host = Ipv4Addr::LOCALHOST.to_string();
    }
    config
}

fn job(function: &str, seconds: u64) -> Job {
    Job {
        function: function.to_owned(),
        every: Duration::from_secs(seconds),
    }
}

/// Returns when a private Postgres has ended; never for somebody else's.
async fn ended(postgres: Option<&Running>) {
    while postgres.is_none_or(Running::is_alive) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn without_password(uri: &str) -> String {
    let read = uri.parse::<ConnectionString>().ok();
    let name = read.as_ref().and_then(|read| read.config.get_dbname());
    name.map_or_else(
        || "admin-db-uri".to_owned(),
        |name| format!("the database {name}"),
    )
}

/// A step that is named when it begins and timed when it ends.
struct Timed {
    since: Instant,
    has_ended: bool,
}

impl Timed {
    fn begin(title: &str) -> Self {
        let _ = print(&format!("{title} … "));
        Self {
            since: Instant::now(),
            has_ended: false,
        }
    }

    fn end(mut self, result: &str) {
        self.has_ended = true;
        let _ = print(&format!(
            "{result} ({:.1} s)\n",
            self.since.elapsed().as_secs_f64()
        ));
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        if !self.has_ended {
            // The error stands on a line of its own.
            let _ = print("\n");
        }
    }
}
