//! The tools for policies (docs/policy-tools.md), as a DBA uses them: through the program.

mod live;
mod matrix;
mod scenes;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::process::program::{run, text};

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A folder of one test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn empty() -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("rowdesk-policies-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// With the project's own SQL files.
    pub fn of_the_project() -> Self {
        let folder = Self::empty();
        for name in ["database", "migrations", "sql"] {
            copy(
                &Path::new(env!("CARGO_MANIFEST_DIR")).join(name),
                &folder.0.join(name),
            );
        }
        folder
    }

    pub fn path(&self) -> &str {
        self.0.to_str().expect("text")
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path.to_str().expect("text").to_owned()
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("a file")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let to = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("a copy");
        }
    }
}

/// `rowdesk policies …`: exit code, output, errors.
pub fn policies(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = run(&[&["policies"], arguments].concat());
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}
