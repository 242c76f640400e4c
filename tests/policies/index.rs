//! The page that says which test shows what, held against the tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../../docs/security.md");

/// Every test as the page names it: its file or folder, and its name.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            tests(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("text");
            let stem = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let folder = path.parent().and_then(Path::file_name).expect("a folder");
            let folder = folder.to_string_lossy().into_owned();
            for after in text.split("test]").skip(1) {
                let Some((_, name)) = after.split_once("fn ") else {
                    continue;
                };
                let name = name.split('(').next().expect("a name");
                found.insert(format!("{stem}::{name}"));
                found.insert(format!("{folder}::{name}"));
            }
        }
    }
}

#[test]
fn every_test_that_the_page_on_security_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    for folder in ["tests", "src"] {
        tests(&root.join(folder), &mut known);
    }
    let quoted = PAGE.split('`').skip(1).step_by(2);
    let named: BTreeSet<_> = quoted.filter(|word| word.contains("::")).collect();
    let gone: Vec<_> = named
        .iter()
        .filter(|name| !known.contains(**name))
        .collect();
    assert!(gone.is_empty(), "{gone:#?}");
    assert!(named.len() > 80, "{}", named.len());
    for number in 1..=18 {
        assert!(
            PAGE.contains(&format!("\n| {number} | ")),
            "{number} is missing"
        );
    }
}
