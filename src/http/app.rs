//! What requests share: settings, keys, pool and schema cache, as they are between two reloads.

use std::sync::Arc;

use hyper::header::HeaderName;
use ipnet::IpNet;

use super::root::Description;
use super::session_cookies::SessionCookies;
use crate::accounts::Accounts;
use crate::auth::Verifier;
use crate::config::{
    Config, ConfigError, LogLevel, OpenApiMode, RequestPath, TransactionEnd, Verbosity,
};
use crate::error::Error;
use crate::plan::{Isolation, Limits};
use crate::postgres::Connector;
use crate::schema_cache::SchemaCache;
use crate::session::{Path, Pool, PoolSettings, RoleSettings};
use crate::sql;

/// What a transaction cannot be told once it has begun.
const ISOLATION: &str = "default_transaction_isolation";

/// The server's state. It never changes: a reload puts another in its place, and requests end with the
/// one that they began with.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting")]
pub struct App {
    pub(super) verifier: Arc<Verifier>,
    /// `None`: nobody signs in here.
    pub(super) accounts: Option<Arc<Accounts>>,
    /// `None`: sessions are kept in no cookies.
    pub(super) cookies: Option<SessionCookies>,
    pub(super) pool: Pool,
    pub(super) limits: Limits,
    /// Whose requests may be explained.
    pub(super) explain_roles: Vec<String>,
    pub(super) tx_end: TransactionEnd,
    pub(super) extra_search_path: Vec<String>,
    pub(super) description: Description,
    /// A function to call before each main statement.
    pub(super) pre_request: Option<String>,
    /// A table of idempotency keys, and the role that may use it.
    pub(super) idempotency_table: Option<String>,
    pub(super) idempotency_role: Option<String>,
    /// `app.settings.…`, with their full names.
    pub(super) settings: Vec<(String, String)>,
    pub(super) path: Path,
    pub(super) verbose_errors: bool,
    /// Answers tell how long their stages took.
    pub(super) server_timing: bool,
    pub(super) allow_bypassing_login: bool,
    pub(super) max_body_bytes: usize,
    pub(super) max_url_bytes: usize,
    pub(super) trusted_proxies: Vec<IpNet>,
    pub(super) cors_origins: Vec<String>,
    pub(super) trace_header: Option<HeaderName>,
    pub(super) log_level: LogLevel,
    pub(super) log_query: bool,
    pub(super) role_settings: Arc<RoleSettings>,
    /// `None`: it has not been loaded yet.
    pub(super) cache: Option<Arc<SchemaCache>>,
}

impl App {
    /// Reads keys and settings; opens no connection.
    ///
    /// # Errors
    /// [`ConfigError`]: a setting that only shows its fault when it is used.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let mut postgres: Connector = config.db_uri.parse()?;
        if postgres.config.get_application_name().is_none() {
            let name = concat!("rowdesk ", env!("CARGO_PKG_VERSION"));
            postgres.config.application_name(name);
        }
        let pool = Pool::new(PoolSettings {
            postgres,
            size: config.db_pool,
            acquisition_timeout: config.db_pool_acquisition_timeout,
            max_idletime: config.db_pool_max_idletime,
            max_lifetime: config.db_pool_max_lifetime,
        });
        let accounts = Accounts::new(config)?;
        Ok(Self::over(pool, accounts, Verifier::new(config)?, config))
    }

    /// The same with other settings: pool, schema cache and what was counted stay.
    ///
    /// # Errors
    /// As [`App::new`].
    pub fn with(&self, config: &Config, role_settings: RoleSettings) -> Result<Self, ConfigError> {
        let accounts = match &self.accounts {
            Some(accounts) => accounts.with(config)?,
            None => Accounts::new(config)?,
        };
        let verifier = self.verifier.with(config)?;
        Ok(Self {
            cache: self.cache.clone(),
            role_settings: Arc::new(role_settings),
            ..Self::over(self.pool.clone(), accounts, verifier, config)
        })
    }

    fn over(pool: Pool, accounts: Option<Accounts>, verifier: Verifier, config: &Config) -> Self {
        Self {
            verifier: Arc::new(verifier),
            accounts: accounts.map(Arc::new),
            cookies: SessionCookies::new(config),
            pool,
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
                version_column: config.db_version_column.clone(),
            },
            explain_roles: config.explain_roles.clone(),
            tx_end: config.db_tx_end,
            extra_search_path: config.db_extra_search_path.clone(),
            description: Description::new(config),
            pre_request: config.db_pre_request.clone(),
            idempotency_table: config.db_idempotency_table.clone(),
            idempotency_role: config.db_idempotency_role.clone(),
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
            cors_origins: config.server_cors_allowed_origins.clone(),
            trace_header: config
                .server_trace_header
                .as_deref()
                .and_then(|name| HeaderName::try_from(name).ok()),
            log_level: config.log_level,
            log_query: config.log_query,
            role_settings: Arc::default(),
            cache: None,
        }
    }

    /// What the database offers.
    ///
    /// # Errors
    /// [`Error::NoSchemaCache`]: it has not been loaded yet.
    pub fn schema_cache(&self) -> Result<Arc<SchemaCache>, Error> {
        self.cache.clone().ok_or(Error::NoSchemaCache)
    }

    /// The function that runs before each request's statement, as that role, where there is one.
    pub(super) fn pre_request(&self, role: &str) -> Option<sql::Statement> {
        let function = self.pre_request.as_deref()?;
        Some(sql::pre_request(function, role))
    }

    /// The settings that the role has been given, as names and values.
    pub(super) fn role_settings(&self, role: &str) -> Vec<(&str, &str)> {
        let settings = self.role_settings.get(role);
        let settings = settings.map(Vec::as_slice).unwrap_or_default();
        settings
            .iter()
            .filter(|(name, _)| name != ISOLATION)
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect()
    }

    /// The isolation that the role's transactions begin with, where it has been given one.
    pub(super) fn role_isolation(&self, role: &str) -> Option<Isolation> {
        let mut settings = self.role_settings.get(role)?.iter();
        let (_, level) = settings.find(|(name, _)| name == ISOLATION)?;
        Some(Isolation::parse(level))
    }
}
