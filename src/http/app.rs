//! What all requests share.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use ipnet::IpNet;
use tracing::{error, info, warn};

use super::root::Description;
use crate::accounts::Accounts;
use crate::auth::Verifier;
use crate::config::{Config, ConfigError, OpenApiMode, RequestPath, TransactionEnd, Verbosity};
use crate::error::Error;
use crate::plan::Limits;
use crate::schema_cache::SchemaCache;
use crate::session::{Path, Pool, PoolSettings, SessionError};

/// Waiting time before the schema cache is tried again, doubled each time.
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LONGEST_RETRY: Duration = Duration::from_secs(32);

/// The server's state: built once, shared by every connection.
pub struct App {
    pub(super) verifier: Verifier,
    /// `None`: nobody signs in here.
    pub(super) accounts: Option<Accounts>,
    pub(super) pool: Pool,
    pub(super) limits: Limits,
    pub(super) tx_end: TransactionEnd,
    pub(super) extra_search_path: Vec<String>,
    pub(super) description: Description,
    /// A function to call before each main statement.
    pub(super) pre_request: Option<String>,
    /// `app.settings.…`, with their full names.
    pub(super) settings: Vec<(String, String)>,
    pub(super) path: Path,
    pub(super) verbose_errors: bool,
    /// Answers tell how long their stages took.
    pub(super) server_timing: bool,
    allow_bypassing_login: bool,
    pub(super) max_body_bytes: usize,
    pub(super) max_url_bytes: usize,
    pub(super) trusted_proxies: Vec<IpNet>,
    cache: ArcSwapOption<SchemaCache>,
}

impl App {
    /// Reads keys and settings; opens no connection.
    ///
    /// # Errors
    /// [`ConfigError`]: a setting that only shows its fault when it is used.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let mut postgres: tokio_postgres::Config = config
            .db_uri
            .parse()
            .expect("the settings have been checked to hold a connection string");
        postgres.application_name("rowdesk");
        Ok(Self {
            verifier: Verifier::new(config)?,
            accounts: Accounts::new(config)?,
            pool: Pool::new(PoolSettings {
                postgres,
                size: config.db_pool,
                acquisition_timeout: config.db_pool_acquisition_timeout,
            }),
            limits: Limits {
                schemas: config.db_schemas.clone(),
                max_rows: config.db_max_rows,
                max_answer_bytes: config.server_max_answer_bytes,
                strict_json_types: config.strict_json_types,
                require_filter: config.require_filter,
                legacy_target_names: config.url_use_legacy_target_names,
                description_ignores_privileges: config.openapi_mode
                    == OpenApiMode::IgnorePrivileges,
                hoisted_settings: config.db_hoisted_tx_settings.clone(),
                plan_enabled: config.db_plan_enabled,
                aggregates: config.db_aggregates_enabled,
            },
            tx_end: config.db_tx_end,
            extra_search_path: config.db_extra_search_path.clone(),
            description: Description::new(config),
            pre_request: config.db_pre_request.clone(),
            settings: config
                .app_settings
                .iter()
                .map(|(name, value)| {
                    let value = String::from_utf8_lossy(value.expose()).into_owned();
                    (name.clone(), value)
                })
                .collect(),
            path: match (config.request_path, config.db_prepared_statements) {
                (RequestPath::Naive, _) => Path::Naive,
                (RequestPath::Pipelined, true) => Path::Pipelined,
                (RequestPath::Pipelined, false) => Path::Unprepared,
            },
            verbose_errors: config.client_error_verbosity == Verbosity::Verbose,
            server_timing: config.server_timing_enabled,
            allow_bypassing_login: config.db_allow_bypassing_login,
            max_body_bytes: config.server_max_body_bytes,
            max_url_bytes: config.server_max_url_bytes,
            trusted_proxies: config.server_trusted_proxies.clone(),
            cache: ArcSwapOption::empty(),
        })
    }

    /// The schema cache of this moment.
    pub(super) fn schema_cache(&self) -> Result<Arc<SchemaCache>, Error> {
        self.cache.load_full().ok_or(Error::NoSchemaCache)
    }

    /// Loads the schema cache, for as long as it takes: until then requests get a 503.
    ///
    /// # Errors
    /// [`SessionError::BypassingLogin`]: trying again will not help.
    pub async fn load_schema_cache(&self) -> Result<(), SessionError> {
        let mut pause = FIRST_RETRY;
        while let Err(error) = self.try_load_schema_cache().await {
            if matches!(error, SessionError::BypassingLogin(_)) {
                return Err(error);
            }
            error!(%error, cause = error.cause(), ?pause, "cannot load the schema cache yet");
            tokio::time::sleep(pause).await;
            pause = LONGEST_RETRY.min(pause * 2);
        }
        Ok(())
    }

    /// Loads the schema cache once.
    ///
    /// # Errors
    /// [`SessionError`]: the database cannot be reached or read, or its login may not be used.
    pub async fn try_load_schema_cache(&self) -> Result<(), SessionError> {
        if let Some(login) = self.pool.bypassing_login().await? {
            if !self.allow_bypassing_login {
                return Err(SessionError::BypassingLogin(login));
            }
            warn!(login, "policies do not bind the login role");
        }
        let begun = Instant::now();
        let cache = self.pool.load_schema_cache(&self.limits.schemas).await?;
        let duration_ms = begun.elapsed().as_secs_f64() * 1000.0;
        info!("Schema cache loaded {cache} in {duration_ms:.1} milliseconds");
        self.cache.store(Some(Arc::new(cache)));
        Ok(())
    }

    /// How many passwords have been hashed to verify them.
    pub fn passwords_computed(&self) -> u64 {
        self.accounts
            .as_ref()
            .map_or(0, Accounts::passwords_computed)
    }

    /// Ends the database connections.
    pub fn close(&self) {
        self.pool.close();
    }
}
