//! The table of settings: from it come flags, file keys, variables, `--help`, `rowdesk config` and
//! the documentation. Its order is that of the documentation.

use super::setting::{Kind, Secrecy, Setting};
use super::value::{self, Expected};
use super::{Config, LogLevel, RequestPath, RoleClaimKey, Secret, Verbosity, redacted_uri};

/// The setting of that name or alias.
pub fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS
        .iter()
        .find(|setting| setting.name == name || setting.aliases.contains(&name))
}

const PLAIN: Setting = Setting {
    name: "",
    aliases: &[],
    kind: Kind::Text,
    default: "",
    secrecy: Secrecy::Open,
    from_postgrest: true,
    doc: "",
    write: |_, _| Ok(()),
    read: |_| String::new(),
};

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "db-uri",
        kind: Kind::Uri,
        default: "postgresql://",
        secrecy: Secrecy::Password,
        doc: "The database, as a URI (postgres://user:password@host:port/database) or as keywords \
              (host=… user=…). What it leaves open is taken from PGHOST, PGPORT, PGUSER, PGPASSWORD \
              and PGDATABASE. `@file` reads it from a file. Its user is the login role: the server \
              becomes the caller's role from there, so give it no rights of its own.",
        write: |config, text| {
            text.clone_into(&mut config.db_uri);
            Ok(())
        },
        read: |config| redacted_uri(&config.db_uri),
        ..PLAIN
    },
    Setting {
        name: "admin-db-uri",
        kind: Kind::Uri,
        secrecy: Secrecy::Password,
        from_postgrest: false,
        doc: "The same database with a user that owns its objects, for the commands that change \
              them (migrate, seed). The server itself never uses it.",
        write: |config, text| {
            config.admin_db_uri = value::optional(text);
            Ok(())
        },
        read: |config| {
            config
                .admin_db_uri
                .as_deref()
                .map_or_else(String::new, redacted_uri)
        },
        ..PLAIN
    },
    Setting {
        name: "db-schemas",
        aliases: &["db-schema"],
        kind: Kind::List,
        default: "public",
        doc: "The schemas that clients see. The first one is used where a request names none.",
        write: write_schemas,
        read: |config| config.db_schemas.join(","),
        ..PLAIN
    },
    Setting {
        name: "db-extra-search-path",
        kind: Kind::List,
        default: "public",
        doc: "Schemas added to the search_path of every request, for extensions. Clients do not see \
              them. May be empty.",
        write: |config, text| {
            config.db_extra_search_path = value::list(text);
            Ok(())
        },
        read: |config| config.db_extra_search_path.join(","),
        ..PLAIN
    },
    Setting {
        name: "db-anon-role",
        doc: "The role of requests without a token, or with one that names no role. Without it, \
              such requests are refused.",
        write: |config, text| {
            config.db_anon_role = value::optional(text);
            Ok(())
        },
        read: |config| config.db_anon_role.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "db-pool",
        kind: Kind::Number,
        default: "10",
        doc: "The most connections to keep open. More than four or five a core of the database make \
              it slower.",
        write: |config, text| {
            config.db_pool = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.db_pool.to_string(),
        ..PLAIN
    },
    Setting {
        name: "db-pool-acquisition-timeout",
        kind: Kind::Seconds,
        default: "10",
        doc: "How long a request waits for a connection before it is answered with 504.",
        write: |config, text| {
            config.db_pool_acquisition_timeout = value::seconds(text)?;
            Ok(())
        },
        read: |config| config.db_pool_acquisition_timeout.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "db-max-rows",
        aliases: &["max-rows"],
        kind: Kind::Number,
        doc: "The most rows that one response may have. Without it there is no limit.",
        write: |config, text| {
            config.db_max_rows = match text {
                "" => None,
                text => Some(value::number(text, 0)?),
            };
            Ok(())
        },
        read: |config| {
            config
                .db_max_rows
                .map_or_else(String::new, |rows| rows.to_string())
        },
        ..PLAIN
    },
    Setting {
        name: "db-prepared-statements",
        kind: Kind::Boolean,
        default: "true",
        doc: "Prepare statements once and run them by name. Only for a connection pooler in \
              transaction mode (PgBouncer) is false right; it costs about half the throughput.",
        write: |config, text| {
            config.db_prepared_statements = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.db_prepared_statements.to_string(),
        ..PLAIN
    },
    Setting {
        name: "db-allow-bypassing-login",
        kind: Kind::Boolean,
        default: "false",
        from_postgrest: false,
        doc: "Serve although the user of db-uri is a superuser or has BYPASSRLS. Such a login is above \
              every policy, and one mistake away from showing everything: the server refuses to start \
              with it, unless this is true; then it warns.",
        write: |config, text| {
            config.db_allow_bypassing_login = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.db_allow_bypassing_login.to_string(),
        ..PLAIN
    },
    Setting {
        name: "jwt-secret",
        secrecy: Secrecy::Secret,
        doc: "What tokens are verified with: a text of at least 32 bytes (HS256, HS384, HS512), a \
              JSON Web Key or a JSON Web Key Set. `@file` reads it from a file, which keeps it out \
              of the list of processes. Without it, every token is refused.",
        write: |config, text| {
            config.jwt_secret = value::optional(text).map(Secret::new);
            Ok(())
        },
        read: |config| {
            config
                .jwt_secret
                .as_ref()
                .map_or_else(String::new, Secret::to_string)
        },
        ..PLAIN
    },
    Setting {
        name: "jwt-secret-is-base64",
        aliases: &["secret-is-base64"],
        kind: Kind::Boolean,
        default: "false",
        doc: "The secret is written in base64, of either alphabet.",
        write: |config, text| {
            config.jwt_secret_is_base64 = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.jwt_secret_is_base64.to_string(),
        ..PLAIN
    },
    Setting {
        name: "jwt-aud",
        doc: "The audience that this server is. A token for another one is refused; a token for \
              nobody in particular is not.",
        write: write_audience,
        read: |config| config.jwt_aud.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "jwt-role-claim-key",
        aliases: &["role-claim-key"],
        default: "$.role",
        doc: "Where a token names its role: a JSON Path (RFC 9535) such as $.role, $['my claim'].key \
              or $.roles[?search(@, '^app_')], or PostgREST's older .role. In a file, write $$ \
              for $.",
        write: |config, text| {
            config.jwt_role_claim_key = RoleClaimKey::parse(text)?;
            Ok(())
        },
        read: |config| config.jwt_role_claim_key.as_str().to_owned(),
        ..PLAIN
    },
    Setting {
        name: "jwt-cache-max-entries",
        kind: Kind::Number,
        default: "1000",
        doc: "How many verified tokens are remembered; 0 verifies each anew. Times and audience are \
              checked again for every request.",
        write: |config, text| {
            config.jwt_cache_max_entries = value::number(text, 0)?;
            Ok(())
        },
        read: |config| config.jwt_cache_max_entries.to_string(),
        ..PLAIN
    },
    Setting {
        name: "jwt-roles",
        kind: Kind::List,
        from_postgrest: false,
        doc: "The roles that tokens may name, beside db-anon-role. Without it: every role that the \
              login role may become.",
        write: |config, text| {
            config.jwt_roles = value::list(text);
            Ok(())
        },
        read: |config| config.jwt_roles.join(","),
        ..PLAIN
    },
    Setting {
        name: "jwt-clock-skew",
        kind: Kind::Seconds,
        default: "30",
        from_postgrest: false,
        doc: "How far the clock of a token's issuer may be off. PostgREST always allows 30 seconds.",
        write: |config, text| {
            config.jwt_clock_skew = value::seconds(text)?;
            Ok(())
        },
        read: |config| config.jwt_clock_skew.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-role",
        from_postgrest: false,
        doc: "The role that may call the functions by which people sign in, and nothing else. It \
              switches /auth/v1 on. The login role becomes it for these calls alone: a token that \
              names it is refused. Signing in needs a symmetric jwt-secret.",
        write: |config, text| {
            config.auth_role = value::optional(text);
            Ok(())
        },
        read: |config| config.auth_role.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "auth-schema",
        default: "auth",
        from_postgrest: false,
        doc: "The schema of the functions by which people sign in. It must not be one of db-schemas.",
        write: |config, text| {
            text.trim().clone_into(&mut config.auth_schema);
            Ok(())
        },
        read: |config| config.auth_schema.clone(),
        ..PLAIN
    },
    Setting {
        name: "auth-token-lifetime",
        kind: Kind::Seconds,
        default: "900",
        from_postgrest: false,
        doc: "How long an access token is good for. Until then it works, whatever becomes of the \
              account.",
        write: |config, text| {
            config.auth_token_lifetime = value::database_seconds(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_token_lifetime.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-session-lifetime",
        kind: Kind::Seconds,
        default: "2592000",
        from_postgrest: false,
        doc: "How long a refresh token is good for, 30 days unless set. Each refresh starts this \
              time anew.",
        write: |config, text| {
            config.auth_session_lifetime = value::database_seconds(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_session_lifetime.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-refresh-reuse-interval",
        kind: Kind::Seconds,
        default: "10",
        from_postgrest: false,
        doc: "How long a used refresh token may be sent again, for tabs of a browser that refresh at \
              once. After that it ends its session.",
        write: |config, text| {
            config.auth_refresh_reuse_interval = value::database_seconds(text, 0)?;
            Ok(())
        },
        read: |config| config.auth_refresh_reuse_interval.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-attempts-per-account",
        kind: Kind::Number,
        default: "10",
        from_postgrest: false,
        doc: "How many failed sign-ins with the same email there may be within auth-attempts-window, \
              whether or not there is such an account. The next is answered with 429.",
        write: |config, text| {
            config.auth_attempts_per_account = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_attempts_per_account.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-attempts-per-address",
        kind: Kind::Number,
        default: "100",
        from_postgrest: false,
        doc: "How many failed sign-ins there may be from the same address within \
              auth-attempts-window. Of IPv6, 64 bits are an address.",
        write: |config, text| {
            config.auth_attempts_per_address = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_attempts_per_address.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-attempts-window",
        kind: Kind::Seconds,
        default: "900",
        from_postgrest: false,
        doc: "The time in which failed sign-ins are forgotten, one after the other.",
        write: |config, text| {
            config.auth_attempts_window = value::database_seconds(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_attempts_window.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "server-host",
        default: "!4",
        doc: "The address to listen on: a name or an address, or * (all), !4 (all of IPv4), !6 (all \
              of IPv6), *4 and *6 (all, the given family preferred).",
        write: |config, text| {
            text.trim().clone_into(&mut config.server_host);
            Ok(())
        },
        read: |config| config.server_host.clone(),
        ..PLAIN
    },
    Setting {
        name: "server-port",
        kind: Kind::Number,
        default: "3000",
        doc: "The port to listen on. 0 takes any free one.",
        write: |config, text| {
            config.server_port = text
                .trim()
                .parse()
                .map_err(|_| "a port from 0 to 65535".to_owned())?;
            Ok(())
        },
        read: |config| config.server_port.to_string(),
        ..PLAIN
    },
    Setting {
        name: "server-max-body-bytes",
        kind: Kind::Bytes,
        default: "10485760",
        from_postgrest: false,
        doc: "The largest request body. A larger one is answered with 413.",
        write: |config, text| {
            config.server_max_body_bytes = value::number(text, 0)?;
            Ok(())
        },
        read: |config| config.server_max_body_bytes.to_string(),
        ..PLAIN
    },
    Setting {
        name: "server-max-url-bytes",
        kind: Kind::Bytes,
        default: "60000",
        from_postgrest: false,
        doc: "The longest path and query string of a request. Beyond 65,534 bytes HTTP's own limit \
              answers, without a body that says so.",
        write: |config, text| {
            config.server_max_url_bytes = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.server_max_url_bytes.to_string(),
        ..PLAIN
    },
    Setting {
        name: "server-trusted-proxies",
        kind: Kind::List,
        from_postgrest: false,
        doc: "Addresses and networks (10.0.0.0/8) of proxies in front of this server. What they add to \
              X-Forwarded-For is the caller's address; anybody else's header is ignored.",
        write: |config, text| {
            config.server_trusted_proxies = value::networks(text)?;
            Ok(())
        },
        read: |config| {
            let networks: Vec<_> = config
                .server_trusted_proxies
                .iter()
                .map(ToString::to_string)
                .collect();
            networks.join(",")
        },
        ..PLAIN
    },
    Setting {
        name: "log-level",
        kind: Kind::Choice(LogLevel::NAMES),
        default: "error",
        doc: "How much is logged (to stderr): crit and error log what failed in the server, warn \
              also what may fail soon, info what the server does, debug also every refused request.",
        write: |config, text| {
            config.log_level = LogLevel::parse(text)?;
            Ok(())
        },
        read: |config| config.log_level.name().to_owned(),
        ..PLAIN
    },
    Setting {
        name: "client-error-verbosity",
        kind: Kind::Choice(Verbosity::NAMES),
        default: "verbose",
        doc: "What clients see of an error: verbose shows code, message, details and hint, minimal \
              only code and message.",
        write: |config, text| {
            config.client_error_verbosity = Verbosity::parse(text)?;
            Ok(())
        },
        read: |config| config.client_error_verbosity.name().to_owned(),
        ..PLAIN
    },
    Setting {
        name: "request-path",
        kind: Kind::Choice(RequestPath::NAMES),
        default: "pipelined",
        from_postgrest: false,
        doc: "How a request's statements travel to Postgres: pipelined in one round trip, or naive, \
              one after the other and never prepared, which exists for benchmarks to compare with.",
        write: |config, text| {
            config.request_path = RequestPath::parse(text)?;
            Ok(())
        },
        read: |config| config.request_path.name().to_owned(),
        ..PLAIN
    },
];

fn write_schemas(config: &mut Config, text: &str) -> Result<(), Expected> {
    let schemas = value::list(text);
    // Exposing these would hand out every name and, by their functions, much more.
    let system = ["pg_catalog", "information_schema"];
    if let Some(schema) = schemas.iter().find(|s| system.contains(&s.as_str())) {
        return Err(format!("schemas other than {schema}"));
    }
    if schemas.is_empty() {
        return Err("at least one schema".to_owned());
    }
    config.db_schemas = schemas;
    Ok(())
}

/// RFC 7519, section 2, `StringOrURI`: text with a colon must be a URI.
fn write_audience(config: &mut Config, text: &str) -> Result<(), Expected> {
    if let Some((scheme, rest)) = text.split_once(':') {
        let scheme_is_valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        let rest_is_valid = rest
            .chars()
            .all(|c| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c));
        if !(scheme_is_valid && rest_is_valid) {
            return Err("a string without colons or a valid URI".to_owned());
        }
    }
    config.jwt_aud = value::optional(text);
    Ok(())
}
