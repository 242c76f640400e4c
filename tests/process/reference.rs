//! The generated pages of the documentation are what the program prints.

use std::fs;
use std::path::Path;

use super::program::{run, text};

#[test]
fn the_pages_of_settings_errors_and_rules_are_up_to_date() {
    for (table, page) in [
        ("settings", "docs/configuration.md"),
        ("errors", "docs/errors.md"),
        ("rules", "docs/policy-rules.md"),
    ] {
        let output = run(&["reference", table]);
        assert_eq!(output.status.code(), Some(0), "{table}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let committed = fs::read_to_string(&path).expect(page);
        assert!(
            committed == text(&output.stdout),
            "{page} is out of date: run `just docs`"
        );
    }
}

#[test]
fn every_code_and_setting_says_what_it_means() {
    let errors = text(&run(&["reference", "errors"]).stdout);
    for row in errors.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, _, status, meaning, _] = cells.as_slice() else {
            unreachable!("a row of three cells: {row}")
        };
        assert!(status.parse::<u16>().is_ok(), "{row}");
        assert!(!meaning.is_empty(), "{row}");
    }
    let settings = text(&run(&["reference", "settings"]).stdout);
    for setting in settings.split("\n## ").skip(1) {
        let paragraph = setting.split("\n\n").nth(1).unwrap_or_default();
        assert!(paragraph.len() > 20, "{setting}");
    }
}
