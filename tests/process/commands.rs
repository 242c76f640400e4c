//! The commands that need no database, and settings that cannot be used.

use std::fs;

use super::program::{program, run, text};

const SECRET: &str = "a secret of more than thirty-two bytes";

#[test]
fn help_names_the_commands_and_settings() {
    let short = run(&["--help"]);
    assert_eq!(short.status.code(), Some(0));
    let long = text(&short.stdout);
    for word in [
        "serve",
        "token",
        "config",
        "--db-uri",
        "--jwt-secret",
        "PGRST_DB_URI",
    ] {
        assert!(long.contains(word), "{word}: {long}");
    }
    let version = run(&["--version"]);
    let expected = format!("rowdesk {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(text(&version.stdout), expected);
}

#[test]
fn what_is_misspelt_is_refused_with_code_2() {
    for arguments in [
        &["serv"] as &[_],
        &["serve", "--server-prt", "1"],
        &["token"],
        &[],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let missing = "/nonexistent/rowdesk.conf";
    for (arguments, words) in [
        (
            &["--server-port", "abc"] as &[_],
            &["server-port", "abc"] as &[_],
        ),
        (&["--server-port", "99999"], &["server-port"]),
        (&["--db-pool", "0"], &["db-pool"]),
        (&["--db-pool=-1"], &["db-pool"]),
        (&["--log-level", "loud"], &["log-level", "loud"]),
        (&["--jwt-role-claim-key", "role"], &["jwt-role-claim-key"]),
        (&["--jwt-secret", "short"], &["jwt-secret"]),
        (&["--jwt-secret", "{\"kty\": \"oct\"}"], &["jwt-secret"]),
        (
            &["--db-schemas", "pg_catalog"],
            &["db-schemas", "pg_catalog"],
        ),
        (&["--db-uri", "nonsense"], &["db-uri"]),
        (&["--config", missing], &[missing]),
    ] {
        let mut all = vec!["serve"];
        for (name, value) in [
            ("--server-port", "0"),
            ("--db-uri", "host=/nonexistent user=nobody"),
        ] {
            if !arguments.contains(&name) {
                all.extend([name, value]);
            }
        }
        all.extend(arguments);
        let output = run(&all);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        for word in words {
            assert!(stderr.contains(word), "{word}: {stderr}");
        }
        assert!(!stderr.contains("panicked"), "{stderr}");
        assert!(stderr.lines().count() <= 3, "{stderr}");
    }
}

#[test]
fn config_shows_every_setting_and_no_secret() {
    let folder = std::env::temp_dir().join(format!("rowdesk-config-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("rowdesk.conf");
    let content = format!(
        "db-uri = \"postgres://ann:hidden@db/desk\"\njwt-secret = \"{SECRET}\"\n\
         app.settings.key = \"very hidden\"\ndb-max-rows = 7\n"
    );
    fs::write(&file, content).unwrap();
    let output = program(&[
        "config",
        "--db-pool",
        "3",
        "--config",
        &file.to_string_lossy(),
    ])
    .env("PGRST_SERVER_PORT", "4000")
    .output()
    .unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let stdout = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for hidden in ["hidden", SECRET] {
        assert!(!stdout.contains(hidden), "{stdout}");
    }
    for (name, value, source) in [
        ("db-pool", "3", "flag"),
        ("db-max-rows", "7", "rowdesk.conf, line 4"),
        ("server-port", "4000", "PGRST_SERVER_PORT"),
        ("db-uri", "\"postgres://ann:***@db/desk\"", "line 1"),
        ("log-level", "\"error\"", "default"),
    ] {
        let start = format!("{name} = {value} ");
        let line = stdout.lines().find(|line| line.starts_with(&start));
        let line = line.unwrap_or_else(|| unreachable!("{start}: {stdout}"));
        assert!(line.contains(source), "{line}");
    }
    for setting in rowdesk::config::settings() {
        assert!(
            stdout.contains(&format!("{} = ", setting.name)),
            "{}",
            setting.name
        );
    }
}

#[test]
fn token_prints_a_token_that_the_server_believes() {
    let output = program(&[
        "token",
        "--role",
        "ann",
        "--claim",
        "id=5",
        "--claim",
        "name=Ann B",
    ])
    .env("PGRST_JWT_SECRET", SECRET)
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let config = rowdesk::config::Config {
        jwt_secret: Some(rowdesk::config::Secret::new(SECRET)),
        ..rowdesk::config::Config::default()
    };
    let verifier = rowdesk::auth::Verifier::new(&config).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let token = text(&output.stdout);
    let claims = verifier
        .verify(token.trim_end(), now.unwrap().as_secs())
        .unwrap();
    let claims: serde_json::Value = serde_json::from_str(&claims.json).unwrap();
    assert_eq!(claims["role"], "ann");
    assert_eq!(claims["id"], 5);
    assert_eq!(claims["name"], "Ann B");

    let folder = std::env::temp_dir();
    let without = program(&["token", "--role", "ann"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert_eq!(without.status.code(), Some(1));
    assert!(text(&without.stderr).contains("jwt-secret"));
    assert_eq!(text(&without.stdout), "");
}
