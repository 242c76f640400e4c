//! Settings and schema cache, put in place of the last ones as a whole (PostgREST, `configuration.rst`,
//! "Configuration Reloading", and `schema_cache.rst`).
//!
//! A reload makes a new [`App`] beside the one that serves, and swaps it in when it is complete. If
//! anything is wrong with it, the last one stays. Requests never wait for a reload, and never see half
//! of one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use thiserror::Error;
use tokio::sync::{Mutex, Notify, watch};
use tracing::{error, info, warn};

use super::App;
use super::metrics::Metrics;
use super::socket::Door;
use crate::auth::FetchError;
use crate::config::{Config, ConfigError, Setting, settings};
use crate::session::{Login, RoleSettings, SessionError};

/// Waiting time before a reload is tried again, doubled each time.
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LONGEST_RETRY: Duration = Duration::from_secs(32);
/// What is asked for so soon after a reload waits for so long: of many notifications in a burst the
/// first and the last are heeded.
const COOLDOWN: Duration = Duration::from_millis(100);
/// A function that makes settings for longer than that hangs, and would keep every reload behind it waiting.
const SETTINGS_TIMEOUT: Duration = Duration::from_mins(1);
/// Log lines on start, reload and recovery are written at every log level.
pub const OPERATION: &str = "rowdesk::operation";

/// Why the last settings and the last schema cache were kept.
#[derive(Debug, Error)]
pub enum ReloadError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("cannot fetch the keys of jwt-jwks-url: {0}")]
    Keys(#[from] FetchError),
    #[error("the settings in the database take more than {} seconds to read", SETTINGS_TIMEOUT.as_secs())]
    Slow,
}

impl ReloadError {
    /// What lies behind it, for the log.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        match self {
            Self::Config(error) => std::error::Error::source(error).map(ToString::to_string),
            Self::Session(error) => error.cause(),
            Self::Keys(error) => std::error::Error::source(error).map(ToString::to_string),
            Self::Slow => None,
        }
    }

    /// Trying again will not help. A server that `is_serving` goes on with what it has.
    fn is_final(&self, is_serving: bool) -> bool {
        match self {
            Self::Session(SessionError::BypassingLogin(_)) => true,
            Self::Session(error) => error.is_login_refused() && !is_serving,
            _ => false,
        }
    }

    /// The database is not there, whatever it would have said.
    fn is_of_connection(&self) -> bool {
        matches!(self, Self::Session(error) if error.is_of_connection())
    }
}

/// Reads the settings anew, given what the database says.
pub type Reading = dyn Fn(BTreeMap<String, String>) -> Result<Config, ConfigError> + Send + Sync;

/// The [`App`] of this moment, and all that replaces it.
pub struct Reloadable {
    app: ArcSwap<App>,
    read: Box<Reading>,
    /// The settings in force.
    config: ArcSwap<Config>,
    /// Held during a reload: there is one at a time.
    reloading: Mutex<()>,
    /// The channel to listen on, where there is one.
    channel: watch::Sender<Option<String>>,
    is_listening: AtomicBool,
    /// Where connections are accepted.
    serving: ArcSwapOption<Door>,
    /// The last attempt to load the schema cache succeeded.
    is_current: AtomicBool,
    schema_is_asked_for: Notify,
    config_is_asked_for: Notify,
    pub(super) metrics: Metrics,
}

impl Reloadable {
    /// A server with these settings, which `read` reads anew for a reload. Opens no connection.
    ///
    /// # Errors
    /// [`ConfigError`]: a setting that only shows its fault when it is used.
    pub fn new(config: &Config, read: Box<Reading>) -> Result<Self, ConfigError> {
        Ok(Self {
            app: ArcSwap::from_pointee(App::new(config)?),
            read,
            config: ArcSwap::from_pointee(config.clone()),
            reloading: Mutex::new(()),
            channel: watch::Sender::new(channel(config)),
            is_listening: AtomicBool::new(false),
            serving: ArcSwapOption::empty(),
            is_current: AtomicBool::new(false),
            schema_is_asked_for: Notify::new(),
            config_is_asked_for: Notify::new(),
            metrics: Metrics::new(),
        })
    }

    /// A server whose settings do not change, whatever is reloaded.
    ///
    /// # Errors
    /// As [`Reloadable::new`].
    pub fn fixed(config: &Config) -> Result<Self, ConfigError> {
        let same = config.clone();
        Self::new(config, Box::new(move |_| Ok(same.clone())))
    }

    /// The state of this moment. A request keeps it to its end.
    pub fn current(&self) -> Arc<App> {
        self.app.load_full()
    }

    /// The settings in force.
    pub fn config(&self) -> Arc<Config> {
        self.config.load_full()
    }

    /// Loads settings from the database and the schema cache, for as long as it takes: until the first
    /// time, requests get a 503.
    ///
    /// # Errors
    /// [`ReloadError`]: trying again will not help, or is not wanted (`db-pool-automatic-recovery`).
    pub async fn load_schema_cache(&self) -> Result<(), ReloadError> {
        let mut pause = FIRST_RETRY;
        while let Err(error) = self.try_load_schema_cache().await {
            let is_serving = self.current().cache.is_some();
            let is_given_up = error.is_of_connection() && !self.config().db_pool_automatic_recovery;
            if error.is_final(is_serving) || is_given_up {
                return Err(error);
            }
            let app = self.current();
            let (schemas, extra) = (
                app.limits.schemas.join(","),
                app.extra_search_path.join(","),
            );
            error!(target: OPERATION, cause = error.cause(), ?pause,
                "Failed to load the schema cache using db-schemas={schemas} and \
                 db-extra-search-path={extra}. {error}");
            tokio::time::sleep(pause).await;
            pause = LONGEST_RETRY.min(pause * 2);
        }
        Ok(())
    }

    /// Loads settings from the database and the schema cache once. On failure the last ones are kept.
    ///
    /// # Errors
    /// [`ReloadError`]: the database cannot be reached or read, its login may not be used, or, as long as
    /// there is no cache, what it says are no settings.
    pub async fn try_load_schema_cache(&self) -> Result<(), ReloadError> {
        let _alone = self.reloading.lock().await;
        let loaded = self.load(What::SchemaCache).await;
        self.is_current.store(loaded.is_ok(), Ordering::Relaxed);
        self.metrics.schema_cache_loaded(loaded.is_ok());
        loaded
    }

    /// Reads the settings anew, and the schema cache where other schemas are exposed. On failure the
    /// last ones are kept.
    ///
    /// # Errors
    /// [`ReloadError`].
    pub async fn reload_config(&self) -> Result<(), ReloadError> {
        let _alone = self.reloading.lock().await;
        self.load(What::Config).await
    }

    async fn load(&self, what: What) -> Result<(), ReloadError> {
        let config = self.config();
        let last = self.current();
        let kept = || (Config::clone(&config), App::clone(&last));
        let is_read = what == What::Config || config.db_config;
        let (new, mut app) = if is_read {
            self.renewed(&last).await.or_else(|error| {
                // A server that serves keeps its settings, and gets the new schema all the same.
                let needs_them = what == What::Config || last.cache.is_none();
                if needs_them || error.is_of_connection() {
                    return Err(error);
                }
                failed_reloading(&error);
                Ok(kept())
            })?
        } else {
            kept()
        };
        let exposes_others = app.limits.schemas != last.limits.schemas;
        if what == What::SchemaCache || (exposes_others && last.cache.is_some()) {
            self.load_cache(&mut app).await?;
        }
        self.channel.send_if_modified(|listened| {
            let wanted = channel(&new);
            let is_other = *listened != wanted;
            *listened = wanted;
            is_other
        });
        warn_of_needed_restart(&config, &new);
        if what == What::SchemaCache {
            app.pool.renew();
        }
        self.app.store(Arc::new(app));
        self.config.store(Arc::new(new));
        Ok(())
    }

    /// A server with the settings of this moment, but for the schema cache.
    async fn renewed(&self, last: &App) -> Result<(Config, App), ReloadError> {
        let read = tokio::time::timeout(SETTINGS_TIMEOUT, self.read_settings(last)).await;
        let (new, role_settings) = read.map_err(|_| ReloadError::Slow)??;
        let app = last.with(&new, role_settings)?;
        if !app.verifier.shares_fetched_keys(&last.verifier) {
            app.verifier.fetch_keys().await?;
        }
        Ok((new, app))
    }

    /// Which function makes settings may itself be a setting in the database.
    async fn read_settings(&self, app: &App) -> Result<(Config, RoleSettings), ReloadError> {
        let outside = (self.read)(BTreeMap::new())?;
        if !outside.db_config {
            return Ok((outside, RoleSettings::new()));
        }
        let names: Vec<String> = settings().filter_map(Setting::database_name).collect();
        let pre_config = outside.db_pre_config.as_deref();
        let said = app.pool.database_settings(&names, pre_config).await?;
        let mut config = (self.read)(said)?;
        if config.db_pre_config != outside.db_pre_config {
            let pre_config = config.db_pre_config.as_deref();
            let said = app.pool.database_settings(&names, pre_config).await?;
            config = (self.read)(said)?;
        }
        Ok((config, app.pool.role_settings().await?))
    }

    async fn load_cache(&self, app: &mut App) -> Result<(), SessionError> {
        let Login { bypassing, server } = app.pool.login().await?;
        info!(target: OPERATION, "Successfully connected to {server}");
        if let Some(login) = bypassing {
            if !app.allow_bypassing_login {
                return Err(SessionError::BypassingLogin(login));
            }
            warn!(login, "policies do not bind the login role");
        }
        let begun = Instant::now();
        let cache = app.pool.load_schema_cache(&app.limits.schemas).await?;
        let took = begun.elapsed();
        self.metrics.schema_cache_took(took);
        let took_ms = took.as_secs_f64() * 1000.0;
        info!(target: OPERATION, "Schema cache loaded {cache} in {took_ms:.1} milliseconds");
        app.cache = Some(Arc::new(cache));
        Ok(())
    }

    /// Asks for the schema cache to be loaded; returns at once.
    pub fn ask_for_schema(&self) {
        self.schema_is_asked_for.notify_one();
    }

    /// Asks for the settings to be read; returns at once.
    pub fn ask_for_config(&self) {
        self.config_is_asked_for.notify_one();
    }

    /// Does what is asked for, for ever. Asked often while it is at work, it does it once more.
    ///
    /// # Errors
    /// As [`Reloadable::load_schema_cache`].
    pub async fn keep_reloading(&self) -> Result<std::convert::Infallible, ReloadError> {
        loop {
            tokio::select! {
                () = self.schema_is_asked_for.notified() => self.load_schema_cache().await?,
                () = self.config_is_asked_for.notified() => match self.reload_config().await {
                    Ok(()) => info!(target: OPERATION, "Config reloaded"),
                    Err(error) => failed_reloading(&error),
                },
            }
            tokio::time::sleep(COOLDOWN).await;
        }
    }

    /// Where to listen, and every change of it.
    pub(super) fn channel(&self) -> watch::Receiver<Option<String>> {
        self.channel.subscribe()
    }

    pub(super) fn set_listening(&self, is_listening: bool) {
        self.is_listening.store(is_listening, Ordering::Relaxed);
    }

    pub(super) fn set_serving(&self, door: Option<Door>) {
        self.serving.store(door.map(Arc::new));
    }

    /// Connections are accepted.
    pub(super) async fn is_serving(&self) -> bool {
        match self.serving.load_full() {
            Some(door) => door.is_open().await,
            None => false,
        }
    }

    /// Requests are answered: the schema cache is the database's last, and the database can be reached.
    pub(super) async fn is_ready(&self) -> bool {
        if !self.is_current.load(Ordering::Relaxed) {
            return false;
        }
        // While its connection stands, the listener knows without asking.
        if self.channel.borrow().is_some() {
            return self.is_listening.load(Ordering::Relaxed);
        }
        self.current().pool.answers().await
    }

    /// How many passwords have been hashed to verify them.
    pub fn passwords_computed(&self) -> u64 {
        let app = self.current();
        let accounts = app.accounts.as_ref();
        accounts.map_or(0, |accounts| accounts.passwords_computed())
    }

    /// Ends the database connections.
    pub fn close(&self) {
        self.current().pool.close();
    }
}

fn failed_reloading(error: &ReloadError) {
    error!(target: OPERATION, cause = error.cause(), "Failed reloading config, the last one stays: {error}");
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Config,
    SchemaCache,
}

fn channel(config: &Config) -> Option<String> {
    config.db_channel_enabled.then(|| config.db_channel.clone())
}

fn warn_of_needed_restart(last: &Config, new: &Config) {
    for setting in settings().filter(|setting| setting.needs_restart) {
        if setting.show(last) != setting.show(new) {
            let name = setting.name;
            warn!(target: OPERATION, "{name} has another value, which the next start will use");
        }
    }
}
