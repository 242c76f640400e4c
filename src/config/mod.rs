//! Every setting once: what it is called, where its value comes from, what it means.
//!
//! Names, variables, file format and defaults are PostgREST's (`docs/references/configuration.rst`),
//! so that an existing deployment can swap the binary. This room knows files and variables, but
//! neither HTTP nor Postgres beyond the syntax of its connection strings.

mod error;
mod file;
mod job;
mod libpq;
mod listing;
mod load;
mod notice;
mod proxy_uri;
mod role_claim_key;
mod setting;
mod table;
mod value;

pub use error::ConfigError;
pub use job::Job;
pub use libpq::redacted_uri;
pub use listing::{example, written};
pub use load::{Inputs, Loaded, Source, load};
pub use notice::{Notice, NoticeLevel};
pub use proxy_uri::ProxyUri;
pub use role_claim_key::RoleClaimKey;
pub use setting::{Kind, Secrecy, Setting};
pub use table::{setting, settings};
pub use value::{
    LogFormat, LogLevel, OpenApiMode, RequestPath, Secret, Signup, TransactionEnd, Verbosity,
};

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

/// The effective settings. Every value has been checked; a field is named as its setting is, with
/// underscores, and documented in [`settings`].
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a setting that is on or off is a boolean"
)]
pub struct Config {
    /// A connection string that [`tokio_postgres::Config`] can read, already completed from the
    /// `PG…` variables. May hold a password: show it with [`redacted_uri`] only.
    pub db_uri: String,
    /// Like `db_uri`, for commands that own the database.
    pub admin_db_uri: Option<String>,
    /// Never empty. The first one is the default schema.
    pub db_schemas: Vec<String>,
    /// May be empty.
    pub db_extra_search_path: Vec<String>,
    pub db_pre_request: Option<String>,
    pub db_hoisted_tx_settings: Vec<String>,
    pub db_idempotency_table: Option<String>,
    pub db_idempotency_role: Option<String>,
    pub db_version_column: Option<String>,
    pub db_jobs: Vec<Job>,
    pub db_jobs_role: Option<String>,
    pub db_anon_role: Option<String>,
    /// At least 1.
    pub db_pool: usize,
    pub db_pool_acquisition_timeout: Duration,
    pub db_pool_max_idletime: Duration,
    pub db_pool_max_lifetime: Duration,
    pub db_pool_automatic_recovery: bool,
    /// Settings are read from the database as well.
    pub db_config: bool,
    pub db_pre_config: Option<String>,
    /// At most 63 bytes.
    pub db_channel: String,
    pub db_channel_enabled: bool,
    pub db_max_rows: Option<u64>,
    pub db_aggregates_enabled: bool,
    pub db_prepared_statements: bool,
    pub db_tx_end: TransactionEnd,
    /// Tell execution plans to whoever asks.
    pub db_plan_enabled: bool,
    /// Whose requests may be explained over HTTP. Empty: nobody's.
    pub explain_roles: Vec<String>,
    /// Serve even if the login role is above the policies.
    pub db_allow_bypassing_login: bool,
    /// As configured (an `@file` has been read): text, base64, a JWK or a JWK set.
    pub jwt_secret: Option<Secret>,
    pub jwt_secret_is_base64: bool,
    /// An `https` or `http` URL. May hold a password.
    pub jwt_jwks_url: Option<String>,
    /// Not zero.
    pub jwt_jwks_max_age: Duration,
    pub jwt_aud: Option<String>,
    pub jwt_iss: Option<String>,
    pub jwt_exp_required: bool,
    pub jwt_role_claim_key: RoleClaimKey,
    /// 0 switches the cache off.
    pub jwt_cache_max_entries: usize,
    /// Empty: every role that the login role may become.
    pub jwt_roles: Vec<String>,
    pub jwt_clock_skew: Duration,
    /// What everybody may send, and stands for `db_anon_role`.
    pub publishable_key: Option<Secret>,
    /// What stands for `secret_key_role`.
    pub secret_key: Option<Secret>,
    pub secret_key_role: Option<String>,
    /// Private keys that sign tokens.
    pub auth_keys_file: Option<PathBuf>,
    /// The role that signs people in; without it, nobody signs in here.
    pub auth_role: Option<String>,
    pub auth_schema: String,
    /// Sessions may be kept in cookies.
    pub auth_cookies: bool,
    /// At least one second.
    pub auth_token_lifetime: Duration,
    /// At least one second.
    pub auth_session_lifetime: Duration,
    pub auth_refresh_reuse_interval: Duration,
    /// At least 1.
    pub auth_attempts_per_account: i32,
    /// At least 1.
    pub auth_attempts_per_address: i32,
    /// At least one second.
    pub auth_attempts_window: Duration,
    pub signup: Signup,
    pub auth_password_min_length: usize,
    /// KiB.
    pub auth_argon2_memory: u32,
    pub auth_argon2_passes: u32,
    pub auth_argon2_lanes: u32,
    /// At least one second.
    pub auth_link_lifetime: Duration,
    /// At least one second.
    pub auth_invite_lifetime: Duration,
    /// At least 1.
    pub auth_mails_per_account: i32,
    /// At least 1.
    pub auth_mails_per_address: i32,
    /// Empty: where the server listens.
    pub auth_url: String,
    /// Empty: as `auth_url`.
    pub site_url: String,
    pub auth_redirect_urls: Vec<String>,
    /// Without it mails stay where they are. May hold a password.
    pub mail_url: Option<Secret>,
    pub mail_from: String,
    /// An address, or one of PostgREST's `*`, `*4`, `!4`, `*6`, `!6`.
    pub server_host: String,
    /// 0: any free port.
    pub server_port: u16,
    pub server_reuseport: bool,
    /// Instead of a port.
    pub server_unix_socket: Option<PathBuf>,
    pub server_unix_socket_mode: u32,
    /// Empty: every origin.
    pub server_cors_allowed_origins: Vec<String>,
    /// A valid name.
    pub server_trace_header: Option<String>,
    /// `None`: as `server_host`.
    pub admin_server_host: Option<String>,
    /// Without it and without a socket, there is no admin server.
    pub admin_server_port: Option<u16>,
    pub admin_server_unix_socket: Option<PathBuf>,
    pub admin_server_unix_socket_mode: u32,
    /// Of the rows' part of an answer, before it leaves the database.
    pub server_max_answer_bytes: Option<u32>,
    pub server_max_body_bytes: usize,
    pub server_max_url_bytes: usize,
    pub server_timing_enabled: bool,
    pub strict_json_types: bool,
    pub require_filter: bool,
    /// Whose `X-Forwarded-For` is believed. Empty: nobody's.
    pub server_trusted_proxies: Vec<IpNet>,
    pub url_use_legacy_target_names: bool,
    pub log_level: LogLevel,
    pub log_format: LogFormat,
    pub log_query: bool,
    pub client_error_verbosity: Verbosity,
    pub request_path: RequestPath,
    pub openapi_mode: OpenApiMode,
    pub openapi_security_active: bool,
    /// Where clients find the API, if not where the server listens.
    pub openapi_server_proxy_uri: Option<ProxyUri>,
    /// The function that answers at the root, with its schema where one was written.
    pub db_root_spec: Option<String>,
    /// `app.settings.…` with their full names, sorted, for `set_config`. Values may be secrets.
    pub app_settings: Vec<(String, Secret)>,
}

impl Default for Config {
    /// PostgREST's defaults, taken from [`settings`].
    #[expect(clippy::too_many_lines, reason = "a line each setting")]
    fn default() -> Self {
        let mut config = Self {
            db_uri: String::new(),
            admin_db_uri: None,
            db_schemas: Vec::new(),
            db_extra_search_path: Vec::new(),
            db_pre_request: None,
            db_hoisted_tx_settings: Vec::new(),
            db_idempotency_table: None,
            db_idempotency_role: None,
            db_version_column: None,
            db_jobs: Vec::new(),
            db_jobs_role: None,
            db_anon_role: None,
            db_pool: 0,
            db_pool_acquisition_timeout: Duration::ZERO,
            db_pool_max_idletime: Duration::ZERO,
            db_pool_max_lifetime: Duration::ZERO,
            db_pool_automatic_recovery: false,
            db_config: false,
            db_pre_config: None,
            db_channel: String::new(),
            db_channel_enabled: false,
            db_max_rows: None,
            db_aggregates_enabled: false,
            db_prepared_statements: false,
            db_tx_end: TransactionEnd::Commit,
            db_plan_enabled: false,
            explain_roles: Vec::new(),
            db_allow_bypassing_login: false,
            jwt_secret: None,
            jwt_secret_is_base64: false,
            jwt_jwks_url: None,
            jwt_jwks_max_age: Duration::ZERO,
            jwt_aud: None,
            jwt_iss: None,
            jwt_exp_required: false,
            jwt_role_claim_key: RoleClaimKey::default(),
            jwt_cache_max_entries: 0,
            jwt_roles: Vec::new(),
            jwt_clock_skew: Duration::ZERO,
            publishable_key: None,
            secret_key: None,
            secret_key_role: None,
            auth_keys_file: None,
            auth_role: None,
            auth_schema: String::new(),
            auth_cookies: false,
            auth_token_lifetime: Duration::ZERO,
            auth_session_lifetime: Duration::ZERO,
            auth_refresh_reuse_interval: Duration::ZERO,
            auth_attempts_per_account: 0,
            auth_attempts_per_address: 0,
            auth_attempts_window: Duration::ZERO,
            signup: Signup::Closed,
            auth_password_min_length: 0,
            auth_argon2_memory: 0,
            auth_argon2_passes: 0,
            auth_argon2_lanes: 0,
            auth_link_lifetime: Duration::ZERO,
            auth_invite_lifetime: Duration::ZERO,
            auth_mails_per_account: 0,
            auth_mails_per_address: 0,
            auth_url: String::new(),
            site_url: String::new(),
            auth_redirect_urls: Vec::new(),
            mail_url: None,
            mail_from: String::new(),
            server_host: String::new(),
            server_port: 0,
            server_reuseport: false,
            server_unix_socket: None,
            server_unix_socket_mode: 0,
            server_cors_allowed_origins: Vec::new(),
            server_trace_header: None,
            admin_server_host: None,
            admin_server_port: None,
            admin_server_unix_socket: None,
            admin_server_unix_socket_mode: 0,
            server_max_answer_bytes: None,
            server_max_body_bytes: 0,
            server_max_url_bytes: 0,
            server_timing_enabled: false,
            strict_json_types: false,
            require_filter: false,
            server_trusted_proxies: Vec::new(),
            url_use_legacy_target_names: false,
            log_level: LogLevel::Error,
            log_format: LogFormat::Text,
            log_query: false,
            client_error_verbosity: Verbosity::Verbose,
            request_path: RequestPath::Pipelined,
            openapi_mode: OpenApiMode::FollowPrivileges,
            openapi_security_active: false,
            openapi_server_proxy_uri: None,
            db_root_spec: None,
            app_settings: Vec::new(),
        };
        for setting in settings() {
            (setting.write)(&mut config, setting.default)
                .expect("the defaults of the table are valid values");
        }
        config
    }
}

impl fmt::Debug for Config {
    /// Through the table, which knows what must be masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for setting in settings() {
            map.entry(&setting.name, &setting.show(self));
        }
        map.entry(&"app.settings", &self.app_settings).finish()
    }
}

#[cfg(test)]
mod tests;
