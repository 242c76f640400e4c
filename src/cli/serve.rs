//! `rowdesk serve`: the server.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::{Inputs, Loaded, Notice, NoticeLevel, load};
use crate::http::{OPERATION, Place, Reading, Reloadable, Server};

use super::log;
use super::signals::Signals;

/// Serves until the process is told to stop.
///
/// # Errors
/// The server cannot start: its port is taken, a setting is unusable.
pub(super) async fn run(inputs: Inputs, loaded: Loaded) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let config = &loaded.config;
    let server = Server::bind(&Place::of_api(config)).await?;
    let address = server.place();
    let admin = match Place::of_admin(config) {
        Some(place) => Some(Server::bind(&place).await?),
        None => None,
    };
    let version = env!("CARGO_PKG_VERSION");
    tracing::info!(target: OPERATION, "Starting Rowdesk {version}...");
    let state = Reloadable::new(config, reading(inputs, loaded.notices.clone()))?;
    if let Some(admin) = &admin {
        let address = admin.place();
        tracing::info!(target: OPERATION, "Admin server listening on {address}");
    }
    // boxed: all settings are part of it
    Box::pin(serve(server, admin, state, &mut signals, move || {
        tracing::info!(target: OPERATION, "API server listening on {address}");
    }))
    .await
}

/// Reads the settings again: flags and variables are those of the process, file and database may say
/// something else. What is strange about them is told when it is new.
pub(super) fn reading(inputs: Inputs, told: Vec<Notice>) -> Box<Reading> {
    let told = Mutex::new(told);
    Box::new(move |database| {
        let loaded = load(&Inputs {
            database,
            ..inputs.clone()
        })?;
        log::set_level(loaded.config.log_level);
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        for notice in &loaded.notices {
            if notice.level == NoticeLevel::Warn && !told.contains(notice) {
                tracing::warn!(target: OPERATION, "{}", notice.text);
                told.push(notice.clone());
            }
        }
        Ok(loaded.config)
    })
}

/// Serves on a port that is taken already, until a signal comes; a second one cuts off what is still open.
/// `ready` is called once, when requests get real answers.
///
/// # Errors
/// The login of `db-uri` is one that must not serve, or the database is lost and not to be sought.
pub(super) async fn serve(
    server: Server,
    admin: Option<Server>,
    state: Reloadable,
    signals: &mut Signals,
    ready: impl FnOnce() + Send + 'static,
) -> anyhow::Result<()> {
    let state = Arc::new(state);
    let reloads = tokio::spawn(reload_on_signals(Arc::clone(&state))?);
    let admin = admin.map(|admin| tokio::spawn(admin.run_admin(Arc::clone(&state))));
    let (count, signals_seen) = watch::channel(0);
    let after = |signals: usize| {
        let mut seen = signals_seen.clone();
        async move {
            // It is counted as long as this function runs.
            let _ = seen.wait_for(|count| *count >= signals).await;
        }
    };
    let counting = async {
        loop {
            signals.received().await;
            count.send_modify(|count| *count += 1);
        }
    };
    // Requests that come before the schema cache stands get a 503, not a closed door.
    let reloading = async {
        state.load_schema_cache().await?;
        ready();
        tokio::select! {
            ended = state.keep_reloading() => ended,
            never = Box::pin(state.keep_working()) => match never {},
        }
    };
    let result = tokio::select! {
        () = server.run(Arc::clone(&state), after(1), after(2)) => Ok(()),
        () = counting => Ok(()),
        Err(error) = reloading => Err(error.into()),
        Err(error) = state.keep_listening() => Err(error.into()),
    };
    reloads.abort();
    if let Some(admin) = admin {
        admin.abort();
    }
    result
}

/// SIGUSR1 reloads the schema cache, SIGUSR2 the settings, as they do PostgREST's.
fn reload_on_signals(state: Arc<Reloadable>) -> anyhow::Result<impl Future<Output = ()>> {
    let watch = |kind, name| signal(kind).with_context(|| format!("cannot watch for {name}"));
    let mut schema = watch(SignalKind::user_defined1(), "SIGUSR1")?;
    let mut config = watch(SignalKind::user_defined2(), "SIGUSR2")?;
    Ok(async move {
        loop {
            tokio::select! {
                Some(()) = schema.recv() => state.ask_for_schema(),
                Some(()) = config.recv() => state.ask_for_config(),
                else => break,
            }
        }
    })
}

/// For messages: where a browser or curl finds the server.
#[must_use]
pub fn url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://127.0.0.1:{}", address.port())
    } else {
        format!("http://{address}")
    }
}
