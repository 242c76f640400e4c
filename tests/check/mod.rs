//! `rowdesk check`: its rules against a real catalog, and the program as whoever runs the database uses it.

mod examples;
mod exclusions;
mod foreign;
mod own;
mod planted;
mod unsaid;

use serde_json::Value;

use crate::process::program::{run, text};

/// What the program says, and how it ends.
struct Checked {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Checked {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect(&self.stderr)
    }
}

fn check(arguments: &[&str]) -> Checked {
    let output = run(&[&["check"], arguments].concat());
    Checked {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// A folder of this test.
fn folder(name: &str) -> String {
    format!("{}/tests/check/{name}", env!("CARGO_MANIFEST_DIR"))
}
