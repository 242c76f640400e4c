//! `rowdesk policies`: what each role may, and whether that is what it should be.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use tokio_postgres::Client;

use crate::config::Config;
use crate::migrate::{AdminSession, Source};
use crate::policies::matrix::{self, Asked, FORMAT, Matrix, Who};
use crate::policies::scenes::{self, Scene};
use crate::postgres::Connector;

use super::{diff, print, target};

/// Where scenes stand, unless they are named.
const SCENES: &str = "sql/tests";

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Print which role may do what to which relation, and which rows policies leave
    Matrix(MatrixArgs),
    /// Play scenes: SQL files that say what a role sees and what it is refused
    Test(TestArgs),
    /// Compare what callers see before and after the pending files, and change nothing
    Diff(diff::Args),
}

pub(super) async fn run(command: &Command, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Matrix(args) => print_matrix(args, config).await,
        Command::Test(args) => test(args, config).await,
        Command::Diff(args) => diff::run(args, config).await,
    }
}

/// What of the matrix, and how to say it.
#[derive(Debug, clap::Args)]
pub(super) struct MatrixArgs {
    /// A role; may be repeated [default: those that db-uri's login may become, else those that something of the
    /// schemas was granted to]
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// A schema; may be repeated [default: db-schemas]
    #[arg(long = "schema", value_name = "SCHEMA")]
    schemas: Vec<String>,
    /// A relation, with or without its schema; may be repeated [default: all, and all functions]
    #[arg(long = "relation", value_name = "RELATION")]
    relations: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = MatrixFormat::Text)]
    format: MatrixFormat,
    /// Print only what differs from this matrix, which `--format json` printed, and fail if anything does
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    against: Option<PathBuf>,
    #[command(flatten)]
    target: target::Args,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum MatrixFormat {
    Text,
    Json,
}

async fn print_matrix(args: &MatrixArgs, config: &Config) -> anyhow::Result<ExitCode> {
    let before = args.against.as_deref().map(kept).transpose()?;
    let or = |given: &[String], else_: &[String]| {
        if given.is_empty() {
            else_.to_vec()
        } else {
            given.to_vec()
        }
    };
    // A matrix that was kept says what it was asked.
    let base = before.as_ref().map_or_else(
        || Asked {
            schemas: config.db_schemas.clone(),
            roles: requested(config),
            relations: Vec::new(),
        },
        |before| before.asked.clone(),
    );
    let asked = Asked {
        schemas: or(&args.schemas, &base.schemas),
        roles: or(&args.roles, &base.roles),
        relations: or(&args.relations, &base.relations),
    };
    let login: Option<Connector> = config.db_uri.parse().ok();
    let who = Who {
        login: login.and_then(|login| login.config.get_user().map(str::to_owned)),
        anon: config.db_anon_role.clone(),
    };
    let target = target::open_or_login(&args.target, config).await?;
    let mut client = connect(&target.admin, "rowdesk policies matrix").await?;
    let matrix = matrix::read(&mut client, &asked, &who).await?;
    if matrix.roles.is_empty() {
        bail!(
            "no role to show: nothing of {} is granted to any; name one with --role",
            asked.schemas.join(", ")
        );
    }
    let Some(before) = before else {
        print(&match args.format {
            MatrixFormat::Text => matrix::text(&matrix),
            MatrixFormat::Json => serde_json::to_string_pretty(&matrix)? + "\n",
        })?;
        return Ok(ExitCode::SUCCESS);
    };
    let differences = matrix::differences(&before, &matrix);
    if differences.is_empty() {
        print("The matrix is as it was.\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    print(&(differences.join("\n") + "\n"))?;
    Ok(ExitCode::FAILURE)
}

/// The roles that tokens may name, where a setting lists them.
fn requested(config: &Config) -> Vec<String> {
    let mut roles = config.jwt_roles.clone();
    if !roles.is_empty() {
        roles.extend(config.db_anon_role.clone());
    }
    roles
}

fn kept(path: &Path) -> anyhow::Result<Matrix> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let again = "print it again with `rowdesk policies matrix --format json`";
    let matrix: Matrix = serde_json::from_str(&text)
        .with_context(|| format!("{} is no matrix; {again}", path.display()))?;
    if matrix.format != FORMAT {
        bail!(
            "{} has the format {}, not {FORMAT}; {again}",
            path.display(),
            matrix.format
        );
    }
    Ok(matrix)
}

/// Which scenes, and how to tell of them.
#[derive(Debug, clap::Args)]
pub(super) struct TestArgs {
    /// Files of scenes, or folders of them [default: sql/tests in the source folder]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder that holds sql/
    #[arg(long, value_name = "DIR", default_value = ".")]
    source: PathBuf,
    /// Play them as if the pending files of the source folder had been applied
    #[arg(long)]
    pending: bool,
    /// Play only scenes whose file or title has all of these words
    #[arg(long, value_name = "WORDS")]
    filter: Option<String>,
    /// How to print what became of them
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    format: TestFormat,
    #[command(flatten)]
    target: target::Args,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TestFormat {
    Text,
    Json,
    Tap,
}

async fn test(args: &TestArgs, config: &Config) -> anyhow::Result<ExitCode> {
    let scenes = chosen(args)?;
    let target = target::open_or_login(&args.target, config).await?;
    let mut session = AdminSession::open(&named(&target.admin, "rowdesk policies test")).await?;
    let pending = args
        .pending
        .then(|| Source::read(&args.source))
        .transpose()?;
    let mut schemas = config.db_schemas.clone();
    schemas.extend(config.db_extra_search_path.iter().cloned());
    let is_text = args.format == TestFormat::Text;
    let mut file = String::new();
    let all = scenes::play(
        &mut session,
        &scenes,
        &schemas,
        pending.as_ref(),
        |played| {
            if !is_text {
                return;
            }
            let heading = if file == played.file {
                String::new()
            } else {
                format!("{}\n", played.file)
            };
            file.clone_from(&played.file);
            // A reader that has gone is no reason to stop half-way.
            let _ = print(&(heading + &scenes::text(played)));
        },
    )
    .await?;
    let failed = all.iter().filter(|one| !one.passed()).count();
    let plural = if all.len() == 1 { "" } else { "s" };
    print(&match args.format {
        TestFormat::Text => format!(
            "{} scene{plural}, {failed} failed; nothing of them is kept\n",
            all.len()
        ),
        TestFormat::Json => serde_json::to_string_pretty(&scenes::json(&all))? + "\n",
        TestFormat::Tap => scenes::tap(&all),
    })?;
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn chosen(args: &TestArgs) -> anyhow::Result<Vec<Scene>> {
    let paths = if args.files.is_empty() {
        vec![args.source.join(SCENES)]
    } else {
        args.files.clone()
    };
    let mut files = Vec::new();
    for path in &paths {
        collect(path, &mut files)?;
    }
    if files.is_empty() {
        bail!(
            "no .sql file in {}",
            paths
                .iter()
                .map(|it| it.display().to_string())
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    let mut scenes = Vec::new();
    for path in files {
        let name = path.display().to_string();
        let name = name.strip_prefix("./").unwrap_or(&name);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
        scenes.extend(scenes::parse(name, &text)?);
    }
    let Some(filter) = &args.filter else {
        return Ok(scenes);
    };
    scenes.retain(|scene| {
        let text = format!("{} {}", scene.file, scene.title).to_lowercase();
        filter
            .to_lowercase()
            .split_whitespace()
            .all(|word| text.contains(word))
    });
    if scenes.is_empty() {
        bail!("no scene has the words {filter}");
    }
    Ok(scenes)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut entries = entries
        .map(|entry| entry.map(|it| it.path()))
        .collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || entry.extension().is_some_and(|it| it == "sql") {
            collect(&entry, files)?;
        }
    }
    Ok(())
}

async fn connect(connector: &Connector, name: &str) -> anyhow::Result<Client> {
    let (client, connection) = named(connector, name)
        .connect()
        .await
        .context("connecting to the database")?;
    // Its error is also the error of whatever is waiting for an answer.
    tokio::spawn(connection);
    Ok(client)
}

/// The connector of a program that says which it is.
fn named(connector: &Connector, name: &str) -> Connector {
    let mut connector = connector.clone();
    if connector.config.get_application_name().is_none() {
        connector.config.application_name(name);
    }
    connector
}
