//! `rowdesk policies diff`: what the pending files would change for callers.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::config::Config;
use crate::migrate::{AdminSession, Source};
use crate::policies::diff::{Asked, Difference, begin, diff, samples};
use crate::policies::{Caller, PoliciesError, roles_of_requests};
use crate::postgres::ConnectionString;

use super::{migrate, print, target};

/// Whose eyes to look with, and how to say what they see.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Read migrations/, sql/ and database/ from this folder [default: those built in]
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    /// A role whose API and rows are compared; may be repeated [default: those that requests can have]
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// A further caller whose rows are compared: a role and its claims as JSON; may be repeated
    #[arg(long = "as", value_name = "ROLE {CLAIMS}", value_parser = caller)]
    callers: Vec<Caller>,
    /// How many sample accounts of each role are asked about, where the database names some
    #[arg(long, value_name = "N", default_value_t = 3)]
    samples: i32,
    /// How many rows of each difference are named
    #[arg(long, value_name = "N", default_value_t = 5)]
    keys: usize,
    /// Compare the API alone, not what rows callers see
    #[arg(long)]
    api_only: bool,
    /// How long to wait for a lock; other sessions may wait behind it
    #[arg(long, value_name = "TIME", default_value = "5s")]
    lock_timeout: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    target: target::Args,
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
    let mut session = AdminSession::open(&target.admin).await?;
    let looks = Looks {
        roles: args.roles.clone(),
        callers: args.callers.clone(),
        samples: args.samples,
        most_keys: args.keys,
        sees_rows: !args.api_only,
        lock_timeout: args.lock_timeout.clone(),
    };
    let difference = difference(&mut session, &source, config, looks).await?;
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

/// What a comparison is about.
#[derive(Debug, Clone)]
pub(super) struct Looks {
    /// None: those that requests can have.
    pub roles: Vec<String>,
    pub callers: Vec<Caller>,
    pub samples: i32,
    pub most_keys: usize,
    pub sees_rows: bool,
    pub lock_timeout: String,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            roles: Vec::new(),
            callers: Vec::new(),
            samples: 3,
            most_keys: 5,
            sees_rows: true,
            lock_timeout: "5s".to_owned(),
        }
    }
}

/// Compares, with the settings' schemas and roles.
pub(super) async fn difference(
    session: &mut AdminSession,
    source: &Source,
    config: &Config,
    looks: Looks,
) -> anyhow::Result<Difference> {
    session
        .lock(|| {
            let _ = print("another migration is at work on this database; waiting\n");
        })
        .await?;
    let mut transaction = begin(session).await?;
    let roles = match looks.roles {
        named if !named.is_empty() => named,
        _ => roles(&transaction, config).await?,
    };
    let mut callers = Vec::new();
    if looks.sees_rows {
        callers.extend(roles.iter().map(|role| Caller::new(role, [])));
        let samples = samples(&mut transaction, source, looks.samples).await?;
        callers.extend(samples.into_iter().filter(|one| roles.contains(&one.role)));
        callers.extend(looks.callers);
    }
    let asked = Asked {
        schemas: config.db_schemas.clone(),
        roles,
        callers,
        most_keys: looks.most_keys,
        lock_timeout: looks.lock_timeout,
    };
    let difference = Box::pin(diff(&mut transaction, source, &asked)).await;
    let rolled_back = transaction.rollback().await;
    rolled_back.context("rolling the rehearsal back")?;
    session.unlock().await?;
    match difference {
        Err(PoliciesError::Migrate(error)) if error.is_lock_timeout() => bail!(
            "{error}\n  another session holds a lock that the rehearsal needs; try again, or wait longer than {} \
             with `policies diff --lock-timeout`, behind which others then wait",
            asked.lock_timeout
        ),
        difference => Ok(difference?),
    }
}

/// Those that tokens may name, as far as the settings say it.
async fn roles(
    client: &impl tokio_postgres::GenericClient,
    config: &Config,
) -> anyhow::Result<Vec<String>> {
    if !config.jwt_roles.is_empty() {
        let mut roles: Vec<String> = config.db_anon_role.iter().cloned().collect();
        roles.extend(config.jwt_roles.iter().cloned());
        return Ok(roles);
    }
    let login: Option<ConnectionString> = match config.db_uri.as_str() {
        "" => None,
        uri => Some(uri.parse().context("db-uri is no connection string")?),
    };
    let login = login.as_ref().and_then(|login| login.config.get_user());
    Ok(roles_of_requests(client, login, &config.db_schemas).await?)
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
