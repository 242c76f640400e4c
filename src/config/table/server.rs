//! The server: where it listens, what it takes and what it says.

use super::PLAIN;
use crate::config::value;
use crate::config::{Kind, LogLevel, RequestPath, Setting, Verbosity};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "server-host",
        in_database: false,
        needs_restart: true,
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
        in_database: false,
        needs_restart: true,
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
        name: "server-max-answer-bytes",
        kind: Kind::Bytes,
        default: "268435456",
        from_postgrest: false,
        doc: "The largest answer that is made of rows. A larger one is refused with 400 (RD109) before it \
              leaves the database, and what the request changed is rolled back. PostgreSQL itself makes \
              none beyond 1 GB. Empty for no limit of our own.",
        write: |config, text| {
            config.server_max_answer_bytes = match text {
                "" => None,
                text => Some(value::number(text, 1)?),
            };
            Ok(())
        },
        read: |config| {
            let limit = config.server_max_answer_bytes;
            limit.map_or_else(String::new, |bytes| bytes.to_string())
        },
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
        name: "server-timing-enabled",
        kind: Kind::Boolean,
        default: "false",
        doc: "Tell in a Server-Timing header how many milliseconds each stage of a request took: jwt, \
              parse, plan, transaction, response. Browsers show them beside the request. Errors have \
              none.",
        write: |config, text| {
            config.server_timing_enabled = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.server_timing_enabled.to_string(),
        ..PLAIN
    },
    Setting {
        name: "strict-json-types",
        kind: Kind::Boolean,
        default: "false",
        from_postgrest: false,
        doc: "Refuse JSON that is written to a column of another kind: a string, a fraction or a \
              boolean to an integer, a string to a boolean or a float, a number to a text, a time or \
              a UUID; and strings longer than their column. Without it Postgres reads whatever it can, \
              \"5\" as 5. numeric takes strings, which keep every digit; JSON, array and composite \
              columns take anything.",
        write: |config, text| {
            config.strict_json_types = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.strict_json_types.to_string(),
        ..PLAIN
    },
    Setting {
        name: "require-filter",
        kind: Kind::Boolean,
        default: "false",
        from_postgrest: false,
        doc: "Refuse PATCH and DELETE without a filter: a forgotten one changes every row. Who means \
              every row says so with a filter that all of them pass, such as id=not.is.null.",
        write: |config, text| {
            config.require_filter = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.require_filter.to_string(),
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
        name: "url-use-legacy-target-names",
        kind: Kind::Boolean,
        default: "true",
        doc: "Let filters, orders and limits of an embedded resource name its relation although the \
              select gives it an alias: select=alias:target(*)&target.order=id. The answer has a \
              Warning header then. If false, only the alias names it.",
        write: |config, text| {
            config.url_use_legacy_target_names = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.url_use_legacy_target_names.to_string(),
        ..PLAIN
    },
    Setting {
        name: "log-level",
        in_database: false,
        kind: Kind::Choice(LogLevel::NAMES),
        default: "error",
        doc: "How much is logged (to stderr): crit logs start, reload and recovery alone, error also what failed in the server, warn \
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
