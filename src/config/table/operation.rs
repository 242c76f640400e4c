//! Running the server: where settings come from, how it is told of changes, how it holds connections,
//! what it logs.

use super::PLAIN;
use crate::config::value::{self, Expected};
use crate::config::{Config, Kind, LogFormat, Setting};

/// Postgres keeps so many bytes of a channel's name.
const MAX_NAME_BYTES: usize = 63;

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "db-config",
        in_database: false,
        kind: Kind::Boolean,
        default: "true",
        doc: "Read settings from the database as well: pgrst.… settings of the login role and of \
              db-pre-config, and the settings of the roles that requests run as.",
        write: |config, text| {
            config.db_config = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.db_config.to_string(),
        ..PLAIN
    },
    Setting {
        name: "db-pre-config",
        doc: "A function without parameters, schema.name, that makes settings by \
              set_config('pgrst.db_schemas', 'api', true). The login role calls it.",
        write: |config, text| {
            config.db_pre_config = value::optional(text.trim());
            Ok(())
        },
        read: |config| config.db_pre_config.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "db-channel",
        in_database: false,
        default: "pgrst",
        doc: "The channel on which NOTIFY asks for a reload: 'reload schema', 'reload config', or \
              nothing for both.",
        write: write_channel,
        read: |config| config.db_channel.clone(),
        ..PLAIN
    },
    Setting {
        name: "db-channel-enabled",
        in_database: false,
        kind: Kind::Boolean,
        default: "true",
        doc: "Listen on db-channel, on a connection beside the pool. Behind a pooler in transaction \
              mode, false is right.",
        write: |config, text| {
            config.db_channel_enabled = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.db_channel_enabled.to_string(),
        ..PLAIN
    },
    Setting {
        name: "db-pool-max-idletime",
        in_database: false,
        aliases: &["db-pool-timeout"],
        kind: Kind::Seconds,
        default: "30",
        needs_restart: true,
        doc: "A connection that has not been used for so long is closed.",
        write: |config, text| {
            config.db_pool_max_idletime = value::seconds(text)?;
            Ok(())
        },
        read: |config| config.db_pool_max_idletime.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "db-pool-max-lifetime",
        in_database: false,
        kind: Kind::Seconds,
        default: "1800",
        needs_restart: true,
        doc: "A connection that is so old is closed when no request uses it.",
        write: |config, text| {
            config.db_pool_max_lifetime = value::seconds(text)?;
            Ok(())
        },
        read: |config| config.db_pool_max_lifetime.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "db-pool-automatic-recovery",
        in_database: false,
        kind: Kind::Boolean,
        default: "true",
        doc: "Try again, for ever, when the database cannot be reached. If false, the server ends \
              instead, for something else to start it again.",
        write: |config, text| {
            config.db_pool_automatic_recovery = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.db_pool_automatic_recovery.to_string(),
        ..PLAIN
    },
    Setting {
        name: "log-query",
        in_database: false,
        kind: Kind::Boolean,
        default: "false",
        doc: "Log the SQL of the requests that log-level logs. Values stand apart from it, as \
              parameters, and are not logged.",
        write: |config, text| {
            config.log_query = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.log_query.to_string(),
        ..PLAIN
    },
    Setting {
        name: "log-format",
        kind: Kind::Choice(LogFormat::NAMES),
        default: "text",
        from_postgrest: false,
        needs_restart: true,
        doc: "How requests (on stdout) and what the server does (on stderr) are logged: text, requests \
              in the form of Apache's combined log; or json, an object a line.",
        write: |config, text| {
            config.log_format = LogFormat::parse(text)?;
            Ok(())
        },
        read: |config| config.log_format.name().to_owned(),
        ..PLAIN
    },
];

fn write_channel(config: &mut Config, text: &str) -> Result<(), Expected> {
    if text.is_empty() || text.len() > MAX_NAME_BYTES {
        return Err(format!("a name of at most {MAX_NAME_BYTES} bytes"));
    }
    text.clone_into(&mut config.db_channel);
    Ok(())
}
