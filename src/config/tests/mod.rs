//! The table, where values come from, and what is said of wrong ones.

mod database;
mod file;
mod load;
mod uri;

use std::collections::BTreeSet;

use super::{Config, Inputs, Loaded, RoleClaimKey, load as load_from, settings};

fn variables(variables: &[(&str, &str)]) -> Inputs {
    Inputs {
        variables: variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Inputs::default()
    }
}

fn loaded(inputs: &Inputs) -> Loaded {
    load_from(inputs).unwrap()
}

/// The chain of messages that the command line prints.
fn refusal(inputs: &Inputs) -> String {
    format!("{:#}", anyhow::Error::from(load_from(inputs).unwrap_err()))
}

/// A file that is removed with the value.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let name = format!("rowdesk-config-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn every_setting_is_listed_once_and_documented() {
    let mut names = BTreeSet::new();
    for setting in settings() {
        for name in std::iter::once(&setting.name).chain(setting.aliases) {
            assert!(names.insert(*name), "{name} twice");
        }
        assert!(
            setting.doc.ends_with('.'),
            "{}: {}",
            setting.name,
            setting.doc
        );
        assert!(
            !setting.doc.contains("  "),
            "{}: {}",
            setting.name,
            setting.doc
        );
    }
}

#[test]
fn the_shown_default_is_the_default() {
    let config = Config::default();
    for setting in settings() {
        assert_eq!(setting.show(&config), setting.default, "{}", setting.name);
    }
}

#[test]
fn paths_to_the_role_are_followed() {
    let claims = serde_json::json!({
        "role": "ann",
        "app": { "role": "bob", "roles": ["reader", "app_writer", { "name": "x" }, 7] },
        "https://example.com/role": [{ "value": "cy" }],
        "empty": [],
    });
    for (path, expected) in [
        ("$.role", Some("ann")),
        ("$.app.role", Some("bob")),
        ("$.app.roles[1]", Some("app_writer")),
        ("$.app.roles[-3]", Some("app_writer")),
        ("$['https://example.com/role'][0].value", Some("cy")),
        ("$[\"https://example.com/role\"][0].value", Some("cy")),
        ("$.app.roles[?(@ == 'reader')]", Some("reader")),
        ("$.app.roles[?@ != 'reader']", Some("app_writer")),
        ("$.app.roles[?search(@, '^app_')]", Some("app_writer")),
        ("$..value", Some("cy")),
        ("$.app.roles[9]", None),
        ("$.nothing", None),
        (".role", Some("ann")),
        (".app.role", Some("bob")),
        (".app.roles[1]", Some("app_writer")),
        (".\"https://example.com/role\"[0].value", Some("cy")),
        (".app.roles[?(@ == \"reader\")]", Some("reader")),
        (".app.roles[?(@ != \"reader\")]", Some("app_writer")),
        (".app.roles[?(@ ^== \"app_\")]", Some("app_writer")),
        (".app.roles[?(@ ==^ \"writer\")]", Some("app_writer")),
        (".app.roles[?(@ *== \"_wri\")]", Some("app_writer")),
        (".app.roles[?(@ == \"x\")]", None),
        (".app.roles[9]", None),
        (".role.deeper", None),
        (".empty[0]", None),
        (".empty[?(@ != \"a\")]", None),
    ] {
        let key = RoleClaimKey::parse(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let found = key.find(&claims).and_then(serde_json::Value::as_str);
        assert_eq!(found, expected, "{path}");
        assert_eq!(key.as_str(), path);
    }
}

#[test]
fn paths_that_mean_nothing_are_refused() {
    for path in [
        "",
        "role",
        "role.other",
        ".",
        ".role##",
        ".my_role;;domain",
        ".#$$%&$%/",
        "1234",
        "[x]",
        "[]",
        "[-1]",
        ".role[?(@ =)]",
        ".role[?(@ == \"a\")].b",
        ".role[?(@ == a)]",
        ".\"open",
        "@@.role",
        "$.my_role;;domain",
        "$.role[",
        "$role",
    ] {
        assert!(RoleClaimKey::parse(path).is_err(), "{path}");
    }
}
