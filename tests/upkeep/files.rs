//! The project's SQL files, changed as somebody would who extends them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rowdesk::migrate::Source;

/// Path → text.
pub struct Files(BTreeMap<String, String>);

impl Files {
    pub fn of_the_project() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = BTreeMap::new();
        for folder in [
            "database",
            "migrations",
            "sql/functions",
            "sql/policies",
            "sql/views",
        ] {
            for entry in fs::read_dir(root.join(folder)).unwrap() {
                let entry = entry.unwrap().path();
                if entry.extension().is_some_and(|ending| ending == "sql") {
                    let path = entry.strip_prefix(root).unwrap().to_str().unwrap();
                    files.insert(path.to_owned(), fs::read_to_string(&entry).unwrap());
                }
            }
        }
        Self(files)
    }

    pub fn source(&self) -> Source {
        let files = self.0.iter();
        files
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect()
    }

    /// Replaces what stands there exactly once.
    pub fn replace(&mut self, path: &str, old: &str, new: &str) {
        let text = self
            .0
            .get_mut(path)
            .unwrap_or_else(|| panic!("there is no {path}"));
        assert_eq!(text.matches(old).count(), 1, "{path}: {old}");
        *text = text.replace(old, new);
    }

    /// Makes the changes of a page: fenced blocks of SQL whose first line names a new file, and
    /// differences below the name of a file.
    pub fn change_as(&mut self, page: &str) {
        let mut changes = 0;
        for block in page.split("\n```").skip(1).step_by(2) {
            let (language, text) = block.split_once('\n').unwrap();
            let (name, rest) = text.split_once('\n').unwrap();
            match language {
                "sql" => {
                    let path = name.strip_prefix("-- ").unwrap();
                    let before = self.0.insert(path.to_owned(), format!("{text}\n"));
                    assert!(before.is_none(), "{path} is no new file");
                }
                "diff" => {
                    let path = name.strip_prefix("--- ").unwrap();
                    self.replace(path, &side(rest, '-'), &side(rest, '+'));
                }
                other => panic!("{other}: {text}"),
            }
            changes += 1;
        }
        assert!(changes > 0, "{page}");
    }
}

/// One side of a difference.
fn side(difference: &str, sign: char) -> String {
    let lines = difference.lines().filter_map(|line| {
        let text = line.strip_prefix(' ').or_else(|| line.strip_prefix(sign));
        text.map(|text| [text, "\n"].concat())
    });
    lines.collect()
}
