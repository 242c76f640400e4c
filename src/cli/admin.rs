//! `rowdesk admin`: the first admin, whom nobody in the database can make, and any other. What an admin is, functions of
//! the database say.

use std::io::{IsTerminal, stdin};
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{print, prompt, target};
use crate::accounts::{Passwords, ShownLink};
use crate::config::Config;
use crate::migrate::{AdminSession, Source};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make somebody an admin, and give them a password or a link to set one
    ///
    /// On a terminal it asks for the password. Elsewhere it prints a link, which works once and for an hour
    /// (auth-link-lifetime). Running it again is harmless.
    Create(Create),
    /// List the admins there are
    List {
        #[command(flatten)]
        target: target::Args,
    },
}

#[derive(Debug, clap::Args)]
struct Create {
    /// The address to sign in with
    #[arg(long)]
    email: String,
    /// What to call somebody who is not there yet
    #[arg(long)]
    name: Option<String>,
    /// Read the password from the first line of the input
    #[arg(long, conflicts_with = "link")]
    password_stdin: bool,
    /// Print a link to set the password, without asking for one
    #[arg(long)]
    link: bool,
    #[command(flatten)]
    target: target::Args,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Created {
    Refused {
        refused: String,
    },
    Admin {
        email: String,
        is_new: bool,
        has_password: bool,
    },
}

#[derive(Deserialize)]
struct Admins {
    admins: Vec<Admin>,
}

#[derive(Deserialize)]
struct Admin {
    email: String,
    name: Option<String>,
    status: String,
    has_password: bool,
    last_sign_in_at: Option<String>,
}

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Create(args) => create(args, config).await?,
        What::List { target } => list(target, config).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(args: &Create, config: &Config) -> anyhow::Result<()> {
    let mut request = json!({ "email": args.email, "name": args.name });
    if args.password_stdin {
        let password = prompt::first_line()?;
        check(&password, config)?;
        request["password_hash"] = hash(password, config).await?;
    }
    let target = target::open(&args.target, config).await?;
    let session = session(&target, config).await?;
    // First of all, whether they can be one: nobody chooses a password in vain.
    let (email, has_password) = match call(&session, config, "create_admin", &request).await? {
        Created::Refused { refused } => bail!(refused),
        Created::Admin {
            email,
            is_new,
            has_password,
        } => {
            let since = if is_new { "now" } else { "already" };
            print(&format!("{email} is an admin {since}.\n"))?;
            (email, has_password)
        }
    };
    if args.password_stdin {
        return print("The password is set.\n");
    }
    if !args.link && stdin().is_terminal() {
        let otherwise = if has_password {
            "leave it as it is"
        } else {
            "get a link instead"
        };
        if let Some(password) = asked(&format!("Password (empty: {otherwise}): "), config)? {
            let request = json!({ "email": email, "password_hash": hash(password, config).await? });
            let _: Value = call(&session, config, "create_admin", &request).await?;
            return print("The password is set.\n");
        }
    }
    if has_password && !args.link {
        return print("There is a password; --link prints a link to set another.\n");
    }
    let link = ShownLink::new(config)?;
    let request = json!({
        "email": email,
        "token_hash": link.token_hash,
        "token_seconds": link.token_seconds,
    });
    let _: Value = call(&session, config, "create_admin", &request).await?;
    let minutes = link.token_seconds.div_ceil(60);
    print(&format!(
        "Whoever follows this link within {minutes} minutes, once, is signed in and sets the password:\n\n{}\n",
        link.url
    ))
}

async fn list(target: &target::Args, config: &Config) -> anyhow::Result<()> {
    let target = target::open(target, config).await?;
    let session = session(&target, config).await?;
    let listed: Admins = call(&session, config, "list_admins", &json!({})).await?;
    if listed.admins.is_empty() {
        return print("There is no admin: `rowdesk admin create --email …` makes one.\n");
    }
    for admin in listed.admins {
        let state = match (admin.status.as_str(), admin.has_password) {
            ("active", false) => "without a password",
            (status, _) => status,
        };
        let name = admin.name.unwrap_or_default();
        let seen = admin.last_sign_in_at.map_or_else(
            || "never signed in".to_owned(),
            |at| format!("last signed in {at}"),
        );
        print(&format!("{}  {name}  {state}, {seen}\n", admin.email))?;
    }
    Ok(())
}

/// As the owner of a database that has the functions.
async fn session(target: &target::Target, config: &Config) -> anyhow::Result<AdminSession> {
    let session = AdminSession::open(&target.admin).await?;
    let function = format!("{}.create_admin(jsonb)", schema(config));
    let found = session
        .client()
        .query_one("select to_regprocedure($1) is not null", &[&function])
        .await;
    if !found.context("looking for the accounts")?.get::<_, bool>(0) {
        bail!("this database has no accounts, or older ones: run `rowdesk migrate` first");
    }
    session.become_owner(&Source::embedded()).await?;
    Ok(session)
}

async fn call<T: DeserializeOwned>(
    session: &AdminSession,
    config: &Config,
    function: &str,
    request: &Value,
) -> anyhow::Result<T> {
    let statement = format!("select {}.{function}($1)", schema(config));
    let row = session.client().query_one(&statement, &[request]).await;
    let answer: Value = row.with_context(|| format!("calling {function}"))?.get(0);
    serde_json::from_value(answer).with_context(|| format!("{function} returned something else"))
}

fn schema(config: &Config) -> String {
    format!("\"{}\"", config.auth_schema.replace('"', "\"\""))
}

/// A new password, typed twice alike; `None`: nothing was typed.
fn asked(question: &str, config: &Config) -> anyhow::Result<Option<String>> {
    loop {
        let password = prompt::hidden(question)?;
        if password.is_empty() {
            return Ok(None);
        }
        if let Err(problem) = check(&password, config) {
            print(&format!("{problem:#}\n"))?;
        } else if prompt::hidden("Once more: ")? == password {
            return Ok(Some(password));
        } else {
            print("They differ.\n")?;
        }
    }
}

fn check(password: &str, config: &Config) -> anyhow::Result<()> {
    let (found, least) = (password.chars().count(), config.auth_password_min_length);
    if found < least {
        bail!("the password has {found} characters; auth-password-min-length wants {least}");
    }
    Ok(())
}

async fn hash(password: String, config: &Config) -> anyhow::Result<Value> {
    let passwords = Passwords::default().with(config);
    let passwords = passwords.map_err(anyhow::Error::msg)?;
    Ok(passwords.hash(password).await?.into())
}
