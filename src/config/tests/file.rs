//! The format of the file.

use std::path::Path;

use super::super::file::entries;

fn read(text: &str) -> Vec<(String, String)> {
    let variable = |name: &str| (name == "HOME_ROLE").then(|| "ann".to_owned());
    entries(text, Path::new("test.conf"), variable)
        .unwrap()
        .into_iter()
        .map(|entry| (entry.name, entry.value))
        .collect()
}

#[test]
fn lines_are_read_as_postgrest_reads_them() {
    for (line, name, value) in [
        (
            r#"db-uri = "postgres://user:pass@host""#,
            "db-uri",
            "postgres://user:pass@host",
        ),
        (r#"  db-uri="x" # why "#, "db-uri", "x"),
        ("db-pool = 10", "db-pool", "10"),
        ("db-pool = 10 # ten", "db-pool", "10"),
        (
            "jwt-secret-is-base64 = false",
            "jwt-secret-is-base64",
            "false",
        ),
        (r#"jwt-aud = "a # b = c""#, "jwt-aud", "a # b = c"),
        (
            r#"jwt-secret = "{ \"alg\":\"RS256\" }""#,
            "jwt-secret",
            r#"{ "alg":"RS256" }"#,
        ),
        (r#"jwt-secret = "a\\b\tc\u00e9""#, "jwt-secret", "a\\b\tcé"),
        (
            r#"jwt-role-claim-key = "$$.user[0].role""#,
            "jwt-role-claim-key",
            "$.user[0].role",
        ),
        (
            r#"db-anon-role = "x_$(HOME_ROLE)_y""#,
            "db-anon-role",
            "x_ann_y",
        ),
        (r#"app.settings.test = "é""#, "app.settings.test", "é"),
        ("db-max-rows = \"\"", "db-max-rows", ""),
        ("db-pool = 1\r", "db-pool", "1"),
    ] {
        let expected = (name.to_owned(), value.to_owned());
        assert_eq!(
            read(&format!("# commènt\n\n{line}\n")),
            [expected],
            "{line}"
        );
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    let entries = read("\u{feff}db-pool = 1");
    assert_eq!(entries, [("db-pool".to_owned(), "1".to_owned())]);
}

#[test]
fn lines_that_cannot_be_read_are_refused_with_their_number() {
    for (line, problem) in [
        ("db-pool", "expected name = value"),
        ("= 5", "expected name = value"),
        ("db pool = 5", "expected name = value"),
        ("db-anon-role = anon", "text must stand in double quotes"),
        ("db-anon-role = 'anon'", "text must stand in double quotes"),
        ("db-pool =", "text must stand in double quotes"),
        ("db-uri = \"open", "the closing double quote is missing"),
        (
            "db-uri = \"a\" b",
            "more text after the closing double quote",
        ),
        (r#"db-uri = "a\qb""#, "unknown escape"),
        (r#"db-uri = "\u12""#, "four hexadecimal digits"),
        (
            "jwt-role-claim-key = \"$.role\"",
            "write $$ for a dollar sign",
        ),
        (
            "jwt-secret = \"$(NOT_SET)\"",
            "the variable NOT_SET is not set",
        ),
    ] {
        let text = format!("db-pool = 1\n{line}\n");
        let error = entries(&text, Path::new("test.conf"), |_| None)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("test.conf, line 2: "), "{line}: {error}");
        assert!(error.contains(problem), "{line}: {error}");
    }
}
