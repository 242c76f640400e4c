//! `rowdesk policies diff`: what the pending files would change for callers.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use serde_json::Value;

use crate::config::Config;
use crate::migrate::{AdminSession, Source};
use crate::policies::diff::{self, Asked, Difference, begin};
use crate::policies::{Caller, Requests};
use crate::postgres::{ConnectionString, Connector};

use super::{migrate, print, target};

/// Whose eyes to look with, and how to say what they see.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Read migrations/, sql/ and database/ from this folder [default: those built in]
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    #[command(flatten)]
    eyes: Eyes,
    /// How many rows of each difference are named
    #[arg(long, value_name = "N", default_value_t = 5)]
    keys: usize,
    /// Compare the API alone, not what rows callers see
    #[arg(long)]
    api_only: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    target: target::Args,
}

/// As whom a rehearsal looks.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Eyes {
    /// A role whose API and rows are compared; may be repeated [default: those that requests can have]
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// A further caller whose rows are compared: a role and its claims as JSON; may be repeated
    #[arg(long = "as", value_name = "ROLE {CLAIMS}", value_parser = caller)]
    callers: Vec<Caller>,
    /// How many sample accounts of each role are asked about, where the database names some
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub samples: i32,
    /// How long to wait for a lock; other sessions may wait behind it
    #[arg(long, value_name = "TIME", default_value = "5s")]
    lock_timeout: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Exit code 1: something differs.
pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let source = migrate::source(args.source.as_ref())?;
    let target = target::open(&args.target, config).await?;
    let asked = asked(&args.eyes, config, args.keys, !args.api_only)?;
    let difference = difference(&target.admin, &source, asked, args.eyes.samples).await?;
    print(&match args.format {
        Format::Text => difference.to_string(),
        Format::Json => format!("{:#}\n", difference.json()),
    })?;
    Ok(if difference.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What is compared, with the settings' schemas and roles.
pub(super) fn asked(
    eyes: &Eyes,
    config: &Config,
    most_keys: usize,
    sees_rows: bool,
) -> anyhow::Result<Asked> {
    let mut named = eyes.roles.clone();
    // Those that tokens may name, as far as the settings say it.
    if named.is_empty() && !config.jwt_roles.is_empty() {
        named.extend(config.db_anon_role.iter().chain(&config.jwt_roles).cloned());
    }
    let login: Option<ConnectionString> = match config.db_uri.as_str() {
        "" => None,
        uri => Some(uri.parse().context("db-uri is no connection string")?),
    };
    let login = login.and_then(|login| login.config.get_user().map(str::to_owned));
    Ok(Asked {
        schemas: config.db_schemas.clone(),
        extra_search_path: config.db_extra_search_path.clone(),
        requests: Requests { named, login },
        sees_rows,
        callers: eyes.callers.clone(),
        most_keys,
        lock_timeout: eyes.lock_timeout.clone(),
    })
}

/// Rehearses and compares, `samples` accounts of each role among the callers.
pub(super) async fn difference(
    admin: &Connector,
    source: &Source,
    mut asked: Asked,
    samples: i32,
) -> anyhow::Result<Difference> {
    let mut session = AdminSession::open(admin).await?;
    let waiting = "rowdesk: another migration is at work on this database; waiting";
    session.lock(|| eprintln!("{waiting}")).await?;
    let mut transaction = begin(&mut session).await?;
    if asked.sees_rows {
        let mut callers = diff::samples(&mut transaction, source, samples).await?;
        let named = &asked.requests.named;
        callers.retain(|one| named.is_empty() || named.contains(&one.role));
        asked.callers.splice(0..0, callers);
    }
    let difference = Box::pin(diff::diff(&mut transaction, source, &asked)).await;
    let rolled_back = transaction.rollback().await;
    rolled_back.context("rolling the rehearsal back")?;
    session.unlock().await?;
    difference.map_err(|error| match error.advice() {
        Some(advice) => anyhow!("{error}\n  {advice}"),
        None => error.into(),
    })
}

/// `reader`, `reader {"tenant": 1}`.
fn caller(text: &str) -> Result<Caller, String> {
    let expected =
        "expected a role and, if it has any, its claims as JSON: 'reader {\"tenant\": 1}'";
    let (role, claims) = match text.split_once('{') {
        Some((role, _)) => (role.trim(), text.get(role.len()..).unwrap_or_default()),
        None => (text.trim(), "{}"),
    };
    match serde_json::from_str(claims) {
        Ok(Value::Object(claims)) if claims.get("role").is_some_and(|named| named != role) => Err(
            format!("the claim \"role\" is another role than {role}; leave it out"),
        ),
        Ok(Value::Object(claims)) if !role.is_empty() => Ok(Caller::new(role, claims)),
        Ok(_) => Err(expected.to_owned()),
        Err(error) => Err(format!("{expected}; {error}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::caller;

    #[test]
    fn a_caller_is_a_role_and_its_claims() {
        assert_eq!(caller("reader").unwrap().claims.len(), 1);
        let one = caller(r#"reader {"tenant": 1}"#).unwrap();
        assert_eq!(one.role, "reader");
        assert_eq!(one.claims["tenant"], json!(1));
        assert_eq!(one.to_string(), r#"reader {"tenant":1}"#);
        for bad in ["", "  ", "{}", "reader {", "reader {tenant: 1}"] {
            assert!(caller(bad).unwrap_err().contains("expected"), "{bad}");
        }
    }
}
