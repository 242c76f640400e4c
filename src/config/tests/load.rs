//! Which source wins, and how values are read.

use super::{File, loaded, refusal, variables};
use crate::config::{Inputs, LogLevel, NoticeLevel, RequestPath, Secret, Source, Verbosity};

fn flag(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn flags_win_over_variables_and_those_over_the_file() {
    let file = File::new(
        "order",
        "db-pool = 1\nserver-port = 1\ndb-anon-role = \"from_file\"\n",
    );
    let mut inputs = variables(&[
        ("ROWDESK_SERVER_PORT", "3"),
        ("PGRST_SERVER_PORT", "2"),
        ("PGRST_DB_POOL", "2"),
    ]);
    inputs.file = Some(file.0.clone());
    inputs.flags = vec![flag("server-port", "4")];
    let with_flag = loaded(&inputs);
    assert_eq!(with_flag.config.server_port, 4);
    assert_eq!(with_flag.config.db_pool, 2);
    assert_eq!(with_flag.config.db_anon_role.as_deref(), Some("from_file"));
    let source = |name| {
        let found = with_flag
            .sources
            .iter()
            .find(|(setting, _)| setting.name == name);
        found.map(|(_, source)| source.clone())
    };
    assert_eq!(source("server-port"), Some(Source::Flag));
    assert_eq!(
        source("db-pool"),
        Some(Source::Environment("PGRST_DB_POOL".to_owned()))
    );
    let line = Source::File {
        path: file.0.clone(),
        line: 3,
    };
    assert_eq!(source("db-anon-role"), Some(line));
    assert_eq!(source("log-level"), Some(Source::Default));

    inputs.flags.clear();
    assert_eq!(loaded(&inputs).config.server_port, 3);
    inputs.variables.remove("ROWDESK_SERVER_PORT");
    assert_eq!(loaded(&inputs).config.server_port, 2);
    inputs.variables.clear();
    assert_eq!(loaded(&inputs).config.server_port, 1);
    inputs.file = None;
    assert_eq!(loaded(&inputs).config.server_port, 3000);
}

#[test]
fn values_of_every_kind_are_read() {
    let config = loaded(&variables(&[
        ("PGRST_DB_SCHEMAS", "multi,   tenant,setup"),
        ("PGRST_DB_EXTRA_SEARCH_PATH", ""),
        ("PGRST_DB_MAX_ROWS", "1000"),
        ("PGRST_DB_POOL_ACQUISITION_TIMEOUT", "30"),
        ("PGRST_DB_PREPARED_STATEMENTS", "FALSE"),
        ("PGRST_JWT_SECRET", "reallyreallyreallyreallyverysafe"),
        ("PGRST_JWT_SECRET_IS_BASE64", "\"true\""),
        ("PGRST_JWT_AUD", "https://example.com/a?b#c"),
        ("PGRST_JWT_ROLE_CLAIM_KEY", "$.app.role"),
        ("ROWDESK_JWT_ROLES", "agent, client"),
        ("PGRST_SERVER_HOST", "*6"),
        ("PGRST_SERVER_PORT", "0"),
        ("PGRST_LOG_LEVEL", "crit"),
        ("PGRST_CLIENT_ERROR_VERBOSITY", "minimal"),
        ("ROWDESK_REQUEST_PATH", "naive"),
        ("PGRST_APP_SETTINGS_Some_Key", "value"),
    ]))
    .config;
    assert_eq!(config.db_schemas, ["multi", "tenant", "setup"]);
    assert!(config.db_extra_search_path.is_empty());
    assert_eq!(config.db_max_rows, Some(1000));
    assert_eq!(config.db_pool_acquisition_timeout.as_secs(), 30);
    assert!(!config.db_prepared_statements);
    assert_eq!(
        config.jwt_secret,
        Some(Secret::new("reallyreallyreallyreallyverysafe"))
    );
    assert!(config.jwt_secret_is_base64);
    assert_eq!(config.jwt_aud.as_deref(), Some("https://example.com/a?b#c"));
    assert_eq!(config.jwt_role_claim_key.as_str(), "$.app.role");
    assert_eq!(config.jwt_roles, ["agent", "client"]);
    assert_eq!(config.server_host, "*6");
    assert_eq!(config.server_port, 0);
    assert_eq!(config.log_level, LogLevel::Crit);
    assert_eq!(config.client_error_verbosity, Verbosity::Minimal);
    assert_eq!(config.request_path, RequestPath::Naive);
    let own = ("app.settings.some_key".to_owned(), Secret::new("value"));
    assert_eq!(config.app_settings, [own]);
}

#[test]
fn names_of_older_releases_are_read() {
    let config = loaded(&variables(&[
        ("PGRST_DB_SCHEMA", "old"),
        ("PGRST_MAX_ROWS", "5"),
        ("PGRST_ROLE_CLAIM_KEY", ".old"),
        ("PGRST_SECRET_IS_BASE64", "1"),
    ]))
    .config;
    assert_eq!(config.db_schemas, ["old"]);
    assert_eq!(config.db_max_rows, Some(5));
    assert_eq!(config.jwt_role_claim_key.as_str(), ".old");
    assert!(config.jwt_secret_is_base64);
    let both = loaded(&variables(&[
        ("PGRST_DB_SCHEMA", "old"),
        ("PGRST_DB_SCHEMAS", "new"),
    ]));
    assert_eq!(both.config.db_schemas, ["new"]);
}

#[test]
fn an_empty_value_switches_off_what_the_file_says() {
    let file = File::new("empty", "db-anon-role = \"anon\"\ndb-pool = 5\n");
    let mut inputs = variables(&[("PGRST_DB_ANON_ROLE", ""), ("PGRST_DB_POOL", "")]);
    inputs.file = Some(file.0.clone());
    let config = loaded(&inputs).config;
    assert_eq!(config.db_anon_role, None);
    assert_eq!(config.db_pool, 10);
}

#[test]
fn wrong_values_are_refused_with_where_they_came_from() {
    for (name, value, expected) in [
        (
            "PGRST_DB_POOL",
            "0",
            "db-pool (variable PGRST_DB_POOL) is \"0\", expected a whole number, at least 1",
        ),
        ("PGRST_DB_POOL", "-1", "a whole number, at least 1"),
        ("PGRST_DB_POOL", "1e3", "a whole number"),
        ("PGRST_DB_MAX_ROWS", "many", "a whole number, at least 0"),
        ("PGRST_SERVER_PORT", "65536", "a port from 0 to 65535"),
        (
            "PGRST_DB_POOL_ACQUISITION_TIMEOUT",
            "10s",
            "a whole number of seconds",
        ),
        ("PGRST_DB_PREPARED_STATEMENTS", "maybe", "true or false"),
        (
            "PGRST_LOG_LEVEL",
            "loud",
            "one of crit, error, warn, info, debug",
        ),
        (
            "PGRST_CLIENT_ERROR_VERBOSITY",
            "Verbose",
            "one of verbose, minimal",
        ),
        ("ROWDESK_REQUEST_PATH", "fast", "one of pipelined, naive"),
        (
            "PGRST_DB_SCHEMAS",
            "api, pg_catalog",
            "schemas other than pg_catalog",
        ),
        (
            "PGRST_DB_SCHEMAS",
            "information_schema",
            "schemas other than information_schema",
        ),
        ("PGRST_DB_SCHEMAS", " , ", "at least one schema"),
        (
            "PGRST_JWT_AUD",
            "not a scheme:x",
            "a string without colons or a valid URI",
        ),
        (
            "PGRST_JWT_AUD",
            "http://%{}",
            "a string without colons or a valid URI",
        ),
        ("PGRST_JWT_ROLE_CLAIM_KEY", "role", "a JSON Path"),
        ("PGRST_DB_URI", "tmp_db", "a PostgreSQL connection string"),
        (
            "PGRST_DB_URI",
            "postgres://a@h/d?nonsense=1",
            "unknown option `nonsense`",
        ),
        (
            "ROWDESK_ADMIN_DB_URI",
            "host",
            "admin-db-uri (variable ROWDESK_ADMIN_DB_URI) is ***",
        ),
    ] {
        let message = refusal(&variables(&[(name, value)]));
        assert!(message.contains(expected), "{name}={value}: {message}");
    }
}

#[test]
fn secrets_are_never_shown() {
    let inputs = variables(&[
        ("PGRST_DB_URI", "postgres://ann:hunter2@db/x?port=nonsense"),
        ("PGRST_JWT_SECRET", "hunter2hunter2hunter2hunter2hunter2"),
        ("PGRST_APP_SETTINGS_KEY", "hunter2"),
    ]);
    assert!(!refusal(&inputs).contains("hunter2"));
    let mut inputs = inputs;
    inputs.variables.insert(
        "PGRST_DB_URI".to_owned(),
        "postgres://ann:hunter2@db/x".to_owned(),
    );
    let loaded = loaded(&inputs);
    for (setting, _) in &loaded.sources {
        assert!(
            !setting.show(&loaded.config).contains("hunter2"),
            "{}",
            setting.name
        );
    }
    let secret = loaded.config.jwt_secret.clone().unwrap();
    assert_eq!(format!("{secret} {secret:?}"), "*** Secret(***)");
    assert!(!format!("{:?}", loaded.config.app_settings).contains("hunter2"));
    assert!(!format!("{:?}", loaded.config).contains("hunter2"));
}

#[test]
fn at_sign_values_are_read_from_files() {
    let secret = File::new(
        "secret",
        [b'a'; 40]
            .iter()
            .chain(b"\xff\n\n")
            .copied()
            .collect::<Vec<_>>(),
    );
    let uri = File::new("uri", "postgres://ann@db/desk\n");
    let config = loaded(&variables(&[
        ("PGRST_JWT_SECRET", &format!("@{}", secret.0.display())),
        ("PGRST_DB_URI", &format!("@{}", uri.0.display())),
        ("ROWDESK_ADMIN_DB_URI", &format!("@{}", uri.0.display())),
    ]))
    .config;
    let secret = config.jwt_secret.unwrap();
    assert!(
        secret.expose().ends_with(b"a\xff\n"),
        "one line break is dropped"
    );
    assert_eq!(config.db_uri, "postgres://ann@db/desk");
    assert_eq!(
        config.admin_db_uri.as_deref(),
        Some("postgres://ann@db/desk")
    );

    let message = refusal(&variables(&[("PGRST_JWT_SECRET", "@/does/not/exist")]));
    assert!(
        message.starts_with("cannot read /does/not/exist (jwt-secret): "),
        "{message}"
    );
    let inputs = Inputs {
        file: Some("/does/not/exist".into()),
        ..Inputs::default()
    };
    let message = refusal(&inputs);
    assert!(message.starts_with("cannot read /does/not/exist (the configuration file): "));
}

#[test]
fn misspelt_names_are_said_aloud() {
    let file = File::new(
        "unknown",
        "db-shemas = \"x\"\nnot-existing = \"y\"\nneither-this = \"z\"\n",
    );
    let mut inputs = variables(&[
        ("ROWDESK_DB_ANNON_ROLE", "anon"),
        ("ROWDESK_SOMETHING_ELSE", "1"),
        ("PGRST_NOT_OURS", "x"),
        ("PGRST_JWT_SECRT", "x"),
        ("OTHER_DB_URI", "x"),
    ]);
    inputs.file = Some(file.0.clone());
    let notices = loaded(&inputs).notices;
    let of = |level| -> Vec<_> {
        notices
            .iter()
            .filter(|n| n.level == level)
            .map(|n| n.text.as_str())
            .collect()
    };
    assert_eq!(
        of(NoticeLevel::Warn),
        [
            "line 1 of the configuration file sets db-shemas, which nothing reads. \
             Did you mean db-schemas?",
            "the environment sets PGRST_JWT_SECRT, which nothing reads. \
             Did you mean ROWDESK_JWT_SECRET?",
            "the environment sets ROWDESK_DB_ANNON_ROLE, which nothing reads. \
             Did you mean ROWDESK_DB_ANON_ROLE?",
            "the environment sets ROWDESK_SOMETHING_ELSE, which nothing reads",
        ]
    );
    assert_eq!(of(NoticeLevel::Debug).len(), 3);
}

#[test]
fn the_older_language_of_paths_is_read_and_said_aloud() {
    let notices = |path| loaded(&variables(&[("PGRST_JWT_ROLE_CLAIM_KEY", path)])).notices;
    assert_eq!(notices("$.role"), []);
    let said = notices(".claims.role");
    assert!(
        said[0]
            .text
            .starts_with("jwt-role-claim-key is .claims.role, in the older language")
    );
    assert_eq!((said.len(), said[0].level), (1, NoticeLevel::Warn));
}
