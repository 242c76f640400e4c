//! The database and what requests do in it.

use super::PLAIN;
use crate::config::value::{self, Expected};
use crate::config::{Config, Job, Kind, Secrecy, Setting, TransactionEnd, redacted_uri};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "db-uri",
        in_database: false,
        needs_restart: true,
        kind: Kind::Uri,
        default: "postgresql://",
        secrecy: Secrecy::Password,
        doc: "The database, as a URI (postgres://user:password@host:port/database) or as keywords \
              (host=… user=…). What it leaves open is taken from libpq's variables: PGHOST, PGPORT, \
              PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE, PGSSLROOTCERT, … `@file` reads it from a file. Its user is the login role: the server \
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
        needs_restart: true,
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
        name: "db-pre-request",
        aliases: &["pre-request"],
        doc: "A function without parameters, schema.name or a name in the search_path, to call before \
              each request's statement, under the caller's role. It can raise an error, change \
              settings or the role, and set headers of the answer.",
        write: |config, text| {
            config.db_pre_request = value::optional(text);
            Ok(())
        },
        read: |config| config.db_pre_request.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "db-hoisted-tx-settings",
        kind: Kind::List,
        default: "statement_timeout,plan_filter.statement_cost_limit,default_transaction_isolation",
        doc: "Settings in a function's set clauses that hold for the whole transaction of its call, \
              not only inside of it.",
        write: |config, text| {
            config.db_hoisted_tx_settings = value::list(text);
            Ok(())
        },
        read: |config| config.db_hoisted_tx_settings.join(","),
        ..PLAIN
    },
    Setting {
        name: "db-idempotency-table",
        from_postgrest: false,
        doc: "A table, schema.name, that keeps what writes with an Idempotency-Key did, for a day, so that \
              they happen once however often they are sent. Without it the header says nothing. \
              docs/operation.md has its columns.",
        write: |config, text| {
            config.db_idempotency_table = value::optional(text);
            Ok(())
        },
        read: |config| config.db_idempotency_table.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "db-idempotency-role",
        from_postgrest: false,
        doc: "The role that may use that table, if the login itself may not.",
        write: |config, text| {
            config.db_idempotency_role = value::optional(text);
            Ok(())
        },
        read: |config| config.db_idempotency_role.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "db-version-column",
        from_postgrest: false,
        doc: "The column by which versions of a row are told apart, of every relation that has it and whose \
              column is a timestamp, an integer or a UUID: one row is answered with an ETag, and If-Match \
              and filters on it refuse what is no longer so with 412. Something in the database must \
              change it with each update. docs/writing.md says more.",
        write: |config, text| {
            config.db_version_column = value::optional(text);
            Ok(())
        },
        read: |config| config.db_version_column.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "db-jobs",
        needs_restart: true,
        kind: Kind::List,
        from_postgrest: false,
        doc: "Functions to call again and again: schema.name every SECONDS, with commas between. Each takes \
              an integer, how much it may do at most, and returns how much it did; as long as that is as \
              much, it is called again at once. docs/operation.md says more.",
        write: |config, text| {
            config.db_jobs = Job::parse_all(text)?;
            Ok(())
        },
        read: |config| {
            let jobs: Vec<String> = config.db_jobs.iter().map(Job::to_string).collect();
            jobs.join(",")
        },
        ..PLAIN
    },
    Setting {
        name: "db-jobs-role",
        needs_restart: true,
        from_postgrest: false,
        doc: "The role that calls them, if the login itself may not.",
        write: |config, text| {
            config.db_jobs_role = value::optional(text);
            Ok(())
        },
        read: |config| config.db_jobs_role.clone().unwrap_or_default(),
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
        in_database: false,
        needs_restart: true,
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
        in_database: false,
        needs_restart: true,
        kind: Kind::Seconds,
        default: "10",
        doc: "How long a request waits for a connection before it is told to come back (503).",
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
        name: "db-aggregates-enabled",
        kind: Kind::Boolean,
        default: "false",
        doc: "Allow aggregate functions in select: amount.sum(), count() and others (docs/reading.md). \
              They read all rows that a request may see, so give roles a statement_timeout before.",
        write: |config, text| {
            config.db_aggregates_enabled = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.db_aggregates_enabled.to_string(),
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
        name: "db-tx-end",
        kind: Kind::Choice(TransactionEnd::NAMES),
        default: "commit",
        doc: "How transactions end: commit or rollback, always, or unless a request says otherwise \
              with Prefer: tx=rollback or tx=commit (…-allow-override). Rolled back, a request is \
              answered as if it had been committed: for tests and dry runs.",
        write: |config, text| {
            config.db_tx_end = TransactionEnd::parse(text)?;
            Ok(())
        },
        read: |config| config.db_tx_end.name().to_owned(),
        ..PLAIN
    },
    Setting {
        name: "db-plan-enabled",
        kind: Kind::Boolean,
        default: "false",
        doc: "Answer requests for application/vnd.pgrst.plan with the execution plan. It tells of the \
              database's insides, policies among them: for tests.",
        write: |config, text| {
            config.db_plan_enabled = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.db_plan_enabled.to_string(),
        ..PLAIN
    },
    Setting {
        name: "explain-roles",
        kind: Kind::List,
        from_postgrest: false,
        doc: "Roles whose requests for application/vnd.rowdesk.explain+json are answered with how they would be \
              carried out: statements, policies with their conditions, execution plan, times \
              (docs/policy-tools.md). A plan tells of rows that policies hide, such as how many a filter \
              removed: name roles that may know. To all others the media type is one that there is not.",
        write: |config, text| {
            config.explain_roles = value::list(text);
            Ok(())
        },
        read: |config| config.explain_roles.join(","),
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
