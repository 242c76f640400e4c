//! What the database says, and the settings that PostgREST has for running a server.

use super::super::{Source, example, settings};
use super::{File, Inputs, loaded, refusal, variables};

/// With what the database says.
fn saying(mut inputs: Inputs, said: &[(&str, &str)]) -> Inputs {
    inputs.database = said
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    inputs
}

#[test]
fn the_database_wins_over_environment_and_file_but_not_over_flags() {
    let said = [
        ("pgrst.db_schemas", "of_database"),
        ("pgrst.db_max_rows", "7"),
        ("pgrst.db_anon_role", "of_database"),
        // Given, and given as nothing: the default.
        ("pgrst.jwt_aud", ""),
        // Not the database's to say.
        ("pgrst.server_port", "1"),
        ("pgrst.require_filter", "true"),
    ];
    let file = File::new(
        "database",
        "db-schemas = \"of_file\"\ndb-max-rows = 8\njwt-aud = \"of_file\"\n\
         db-pre-request = \"of_file\"\n",
    );
    let variables = variables(&[
        ("PGRST_DB_ANON_ROLE", "of_env"),
        ("PGRST_DB_PRE_REQUEST", "of_env"),
    ]);
    let mut inputs = saying(variables, &said);
    inputs.file = Some(file.0.clone());
    inputs.flags = vec![("db-max-rows".to_owned(), "9".to_owned())];
    let loaded = loaded(&inputs);
    let config = &loaded.config;
    assert_eq!(config.db_schemas, ["of_database"]);
    assert_eq!(config.db_anon_role.as_deref(), Some("of_database"));
    assert_eq!(config.db_max_rows, Some(9));
    assert_eq!(config.jwt_aud, None);
    assert_eq!(config.db_pre_request.as_deref(), Some("of_env"));
    assert_eq!(config.server_port, 3000);
    assert!(!config.require_filter);
    let from = |name: &str| {
        let found = loaded.sources.iter().find(|(one, _)| one.name == name);
        found.map(|(_, source)| source.clone())
    };
    assert_eq!(from("db-schemas"), Some(Source::Database));
    assert_eq!(from("db-max-rows"), Some(Source::Flag));
    assert_eq!(from("db-pool"), Some(Source::Default));
}

#[test]
fn what_the_database_says_must_be_a_value() {
    let said = saying(Inputs::default(), &[("pgrst.db_max_rows", "many")]);
    assert_eq!(
        refusal(&said),
        "db-max-rows (database) is \"many\", expected a whole number, at least 0"
    );
}

#[test]
fn names_in_the_database_are_those_of_postgrest() {
    let names: Vec<_> = settings()
        .filter_map(super::super::Setting::database_name)
        .collect();
    for name in [
        "pgrst.db_schemas",
        "pgrst.jwt_secret",
        "pgrst.db_pre_config",
        "pgrst.server_cors_allowed_origins",
        "pgrst.server_trace_header",
        "pgrst.db_pre_request",
        "pgrst.server_timing_enabled",
    ] {
        assert!(names.iter().any(|one| one == name), "{name}");
    }
    for name in [
        "pgrst.db_uri",
        "pgrst.db_pool",
        "pgrst.db_config",
        "pgrst.log_level",
        "pgrst.admin_server_port",
        "pgrst.server_unix_socket",
        "pgrst.auth_role",
        "pgrst.jwt_roles",
    ] {
        assert!(!names.iter().any(|one| one == name), "{name}");
    }
}

#[test]
fn values_that_cannot_be_are_refused() {
    for (name, value, words) in [
        ("PGRST_SERVER_UNIX_SOCKET_MODE", "888", "octal file mode"),
        ("PGRST_SERVER_UNIX_SOCKET_MODE", "599", "octal file mode"),
        ("PGRST_ADMIN_SERVER_UNIX_SOCKET_MODE", "1000", "octal"),
        ("PGRST_ADMIN_SERVER_PORT", "70000", "a port"),
        ("PGRST_ADMIN_SERVER_PORT", "3000", "cannot be the same"),
        ("PGRST_SERVER_TRACE_HEADER", "X Request", "a header"),
        ("PGRST_DB_CHANNEL_ENABLED", "maybe", "true or false"),
        ("PGRST_DB_POOL_MAX_IDLETIME", "soon", "seconds"),
        ("ROWDESK_LOG_FORMAT", "xml", "text, json"),
    ] {
        let message = refusal(&variables(&[(name, value)]));
        assert!(message.contains(words), "{name}: {message}");
    }
    let long = "x".repeat(64);
    let message = refusal(&variables(&[("PGRST_DB_CHANNEL", &long)]));
    assert!(message.contains("at most 63 bytes"), "{message}");
}

#[test]
fn older_names_are_still_read() {
    let inputs = variables(&[
        ("PGRST_DB_POOL_TIMEOUT", "5"),
        ("PGRST_SERVER_UNIX_SOCKET_MODE", "777"),
    ]);
    let config = loaded(&inputs).config;
    assert_eq!(config.db_pool_max_idletime.as_secs(), 5);
    assert_eq!(config.server_unix_socket_mode, 0o777);
}

#[test]
fn the_example_and_the_listing_are_files_that_can_be_used() {
    let inputs = |file: &File| Inputs {
        file: Some(file.0.clone()),
        ..Inputs::default()
    };
    let file = File::new("example", example());
    let first = loaded(&inputs(&file));
    assert!(first.notices.is_empty(), "{:?}", first.notices);
    let listing = first.config.listing();
    let file = File::new("listing", &listing);
    assert_eq!(loaded(&inputs(&file)).config.listing(), listing);
    let secret = variables(&[("PGRST_JWT_SECRET", "a secret of more than thirty-two bytes")]);
    let listing = loaded(&secret).config.listing();
    assert!(listing.contains("jwt-secret = \"***\""), "{listing}");
}
