//! Accounts: who may sign in.

use super::PLAIN;
use crate::config::value;
use crate::config::{Kind, Setting};

pub(super) const SETTINGS: &[Setting] = &[
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
];
