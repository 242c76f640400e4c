//! `rowdesk keys`: the keys that sign tokens.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::Subcommand;

use crate::auth::KeyFile;
use crate::config::Config;
use crate::embedded::{Folder, keys_in};

/// What to do with them, and where they are.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,

    /// Where the demo keeps its data. Its keys are meant if no auth-keys-file is set
    #[arg(long, value_name = "FOLDER", default_value = ".rowdesk", global = true)]
    data_dir: PathBuf,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Action {
    /// Let the next key sign from now on, and add a new one to come after it
    Rotate,
    /// Make all keys anew, where others may have seen them: tokens that were signed before are refused
    Replace,
}

/// Prints the names of the keys: what signs, what will, what did.
///
/// # Errors
/// No file, or one that cannot be read or written.
pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let path = path(args, config)?;
    let file = match args.action {
        None => KeyFile::open(&path),
        Some(Action::Rotate) => KeyFile::rotate(&path),
        Some(Action::Replace) => KeyFile::replace(&path),
    };
    let file = file.map_err(|problem| anyhow!(problem))?;
    let uses = [
        "signs",
        "signs after the next rotation",
        "signed before, and still verifies",
    ];
    for (kid, use_of) in file.kids().zip(uses) {
        super::print(&format!("{kid}  {use_of}\n"))?;
    }
    if args.action.is_some() {
        super::print(
            "Servers that run sign with it once they reload: SIGUSR2, or NOTIFY pgrst, 'reload config'.\n",
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn path(args: &Args, config: &Config) -> anyhow::Result<PathBuf> {
    if let Some(path) = &config.auth_keys_file {
        return Ok(path.clone());
    }
    let path = keys_in(&Folder::locate(&args.data_dir)?);
    if path.exists() {
        return Ok(path);
    }
    bail!(
        "no keys: set auth-keys-file, or start `rowdesk demo` once (looked for {})",
        path.display()
    )
}
