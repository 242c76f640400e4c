//! The rules of the house that a compiler does not check (docs/architecture.md).

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms to its left that it may use. `error` wraps them all; `http` and `cli`
/// see everything.
const ROOMS: &[(&str, &[&str])] = &[
    ("request", &["error"]),
    ("schema_cache", &[]),
    ("plan", &["error", "request", "schema_cache"]),
    ("sql", &["plan", "request", "schema_cache"]),
    ("postgres", &[]),
    ("session", &["postgres", "schema_cache", "sql"]),
    ("response", &["error", "request"]),
    (
        "explain",
        &["plan", "request", "schema_cache", "session", "sql"],
    ),
    ("openapi", &["schema_cache"]),
    ("auth", &["config", "error"]),
    (
        "accounts",
        &["auth", "config", "error", "schema_cache", "session", "sql"],
    ),
    ("config", &["postgres"]),
    ("jobs", &["config", "session"]),
    ("embedded", &[]),
    ("migrate", &["postgres"]),
    ("check", &["migrate"]),
    (
        "policies",
        &[
            "migrate",
            "openapi",
            "plan",
            "postgres",
            "request",
            "schema_cache",
            "sql",
        ],
    ),
];

/// Rooms without async, clock, pool and configuration.
const PURE: &[&str] = &["request", "plan", "sql", "response", "openapi"];

fn sources(room: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(room);
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push((path.clone(), fs::read_to_string(&path).expect("text")));
            }
        }
    }
    assert!(!found.is_empty(), "{room} is empty");
    found
}

#[test]
fn domain_names_stay_out_of_the_generic_server() {
    for (path, text) in sources("src") {
        let name = path.to_string_lossy().into_owned();
        if name.contains("src/cli/demo") || name.contains("src/cli/seed") {
            continue;
        }
        for word in ["ticket", "client_id", "team_member", "desk_"] {
            // `rowdesk_` is our own name
            let found = text
                .match_indices(word)
                .filter_map(|(at, _)| text.get(..at))
                .any(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric()));
            assert!(!found, "{name} says {word}");
        }
    }
}

#[test]
fn rooms_use_only_rooms_to_their_left() {
    for (room, may_use) in ROOMS {
        for (path, text) in sources(&format!("src/{room}")) {
            for used in text.split("crate::").skip(1) {
                let used = used
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .next()
                    .unwrap_or_default();
                let known = ROOMS.iter().any(|(name, _)| *name == used)
                    || ["error", "http", "cli"].contains(&used);
                assert!(
                    !known || used == *room || may_use.contains(&used),
                    "{} uses {used}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn pure_rooms_know_neither_clock_nor_network() {
    for room in PURE {
        for (path, text) in sources(&format!("src/{room}")) {
            if path.to_string_lossy().ends_with("tests.rs") {
                continue;
            }
            for word in ["async ", "std::time", "tokio::", "Config"] {
                assert!(!text.contains(word), "{} says {word}", path.display());
            }
        }
    }
}

#[test]
fn no_source_file_is_a_house_of_its_own() {
    for (path, text) in sources("src") {
        let lines = text.lines().count();
        assert!(lines <= 600, "{} has {lines} lines", path.display());
    }
}
