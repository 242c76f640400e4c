//! What `rowdesk serve` does instead of serving, as PostgREST does: `--dump-config`, `--dump-schema`,
//! `--example`, `--ready` (PostgREST, `docs/references/cli.rst`).

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use super::serve::reading;
use crate::config::{Config, Inputs, Loaded, example};
use crate::http::{OPERATION, Place, ReloadError, Reloadable};

/// A server that takes longer is not ready.
const TIMEOUT: Duration = Duration::from_secs(10);

/// At most one of them.
#[derive(Debug, Clone, Copy, clap::Args)]
#[group(multiple = false)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of PostgREST's"
)]
pub(super) struct Args {
    /// Print the settings in force, those of the database included, secrets masked, and exit
    #[arg(long)]
    dump_config: bool,
    /// Print the schema cache as JSON, in a form that may change, and exit
    #[arg(long)]
    dump_schema: bool,
    /// Print a configuration file with every setting, and exit
    #[arg(short, long)]
    example: bool,
    /// Ask the admin server of a running server whether that is ready, and exit
    #[arg(long)]
    ready: bool,
}

/// Does what is asked for; `None`: nothing is.
///
/// # Errors
/// The database cannot be reached or read, or a setting is unusable.
pub(super) async fn run(
    args: Args,
    inputs: &Inputs,
    loaded: &Loaded,
) -> anyhow::Result<Option<ExitCode>> {
    if args.ready {
        return Ok(Some(ready(&loaded.config).await?));
    }
    if args.example {
        super::print(&example())?;
    } else if args.dump_config {
        let state = state(inputs, loaded)?;
        if loaded.config.db_config {
            // What stands outside of the database is known without it.
            match state.reload_config().await {
                Err(ReloadError::Session(error)) => tracing::error!(
                    target: OPERATION, cause = error.cause(),
                    "Failed to read the settings in the database: {error}"
                ),
                read => read?,
            }
        }
        super::print(&state.config().listing())?;
    } else if args.dump_schema {
        let state = state(inputs, loaded)?;
        state.try_load_schema_cache().await?;
        let app = state.current();
        let cache = app.schema_cache()?;
        super::print(&format!("{}\n", cache.dump()))?;
    } else {
        return Ok(None);
    }
    Ok(Some(ExitCode::SUCCESS))
}

fn state(inputs: &Inputs, loaded: &Loaded) -> anyhow::Result<Reloadable> {
    let read = reading(inputs.clone(), loaded.notices.clone());
    Ok(Reloadable::new(&loaded.config, read)?)
}

async fn ready(config: &Config) -> anyhow::Result<ExitCode> {
    let Some(place) = Place::of_admin(config) else {
        bail!("Admin server is not running. Please check admin-server-port config.");
    };
    let (shown, is_ready) = match &place {
        Place::Socket { path, .. } => {
            let shown = format!("{}:/ready", path.display());
            let stream = UnixStream::connect(path).await;
            let stream = stream.with_context(|| format!("connection refused to {shown}"))?;
            (shown, is_ready(stream).await)
        }
        Place::Port { host, port, .. } => {
            if ["*", "*4", "!4", "*6", "!6"].contains(&host.as_str()) {
                bail!(
                    "The `--ready` flag cannot be used when server-host is configured as \"{host}\". \
                     Please update your server-host config to \"localhost\"."
                );
            }
            let address = if host.contains(':') {
                format!("[{host}]:{port}")
            } else {
                format!("{host}:{port}")
            };
            let shown = format!("http://{address}/ready");
            let stream = TcpStream::connect(&address).await;
            let stream = stream.with_context(|| format!("connection refused to {shown}"))?;
            (shown, is_ready(stream).await)
        }
    };
    if !is_ready? {
        bail!("{shown} is not ready");
    }
    super::print(&format!("OK: {shown}\n"))?;
    Ok(ExitCode::SUCCESS)
}

async fn is_ready(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> anyhow::Result<bool> {
    let asked = async {
        let request = b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = tokio::time::timeout(TIMEOUT, asked).await;
    let answer = answer.context("the admin server does not answer")??;
    Ok(answer.starts_with(b"HTTP/1.1 2"))
}
