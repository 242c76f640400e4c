//! Where the SQL files come from: compiled in, or a folder of the same layout.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use include_dir::{Dir, include_dir};
use refinery::Migration;

use super::error::MigrateError;
use super::header;

static FOLDERS: [(&str, &Dir<'_>); 3] = [
    ("database", &include_dir!("$CARGO_MANIFEST_DIR/database")),
    (
        "migrations",
        &include_dir!("$CARGO_MANIFEST_DIR/migrations"),
    ),
    ("sql", &include_dir!("$CARGO_MANIFEST_DIR/sql")),
];

/// The file that the admin login runs before everything else.
pub(super) const BOOTSTRAP: &str = "database/bootstrap.sql";
const MIGRATIONS: &str = "migrations/";
/// The repeatable files, in the order in which they come unless one needs another.
pub(super) const REPEATABLE: [&str; 3] = [FUNCTIONS, "sql/views/", POLICIES];
/// What nobody waits for when it is replaced.
pub(super) const FUNCTIONS: &str = "sql/functions/";
/// The rights of each table, in a file of its name.
pub(super) const POLICIES: &str = "sql/policies/";

/// All SQL files by their path, such as `sql/views/reports.monthly.sql`.
#[derive(Debug, Clone, Default)]
pub struct Source {
    files: BTreeMap<String, String>,
}

/// A migration and the file it stands in.
#[derive(Debug, Clone)]
pub(super) struct Versioned {
    pub path: String,
    pub migration: Migration,
}

impl Source {
    /// The files that this program was built with.
    pub fn embedded() -> Self {
        let mut files = BTreeMap::new();
        for (name, folder) in FOLDERS {
            collect_embedded(name, folder, &mut files);
        }
        Self { files }
    }

    /// The files of a folder that holds `migrations/`, `sql/` and `database/`.
    pub fn read(folder: &Path) -> Result<Self, MigrateError> {
        let mut files = BTreeMap::new();
        for (name, _) in FOLDERS {
            collect(&folder.join(name), name, &mut files)?;
        }
        if files.is_empty() {
            return Err(MigrateError::NoFiles {
                folder: folder.to_owned(),
            });
        }
        Ok(Self { files })
    }

    /// The text of a file.
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether the file is one of those that are applied once.
    pub fn is_migration(&self, path: &str) -> bool {
        path.starts_with(MIGRATIONS)
    }

    /// What the header lines `-- key: …` of a file say.
    pub fn header<'a>(&'a self, path: &str, key: &'a str) -> impl Iterator<Item = &'a str> {
        let text = self.file(path).unwrap_or_default();
        header::lines(text, key)
    }

    /// The role that owns everything: `-- owner: …` in the bootstrap file. Without it, the admin.
    pub fn owner(&self) -> Option<&str> {
        header::values(self.file(BOOTSTRAP)?, "owner").next()
    }

    /// The schema of the history and the ledger: `-- history: …` in the bootstrap file.
    pub(super) fn history(&self) -> &str {
        let named = self
            .file(BOOTSTRAP)
            .and_then(|text| header::values(text, "history").next());
        named.unwrap_or("public")
    }

    /// The table of the repeatable files that were applied.
    pub fn ledger(&self) -> String {
        format!("{}.repeatable_files", self.history())
    }

    /// The repeatable files: path and text.
    pub(super) fn repeatable(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_repeatable = |path: &str| REPEATABLE.iter().any(|folder| path.starts_with(folder));
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .filter(move |(path, _)| is_repeatable(path))
    }

    /// The migrations in the order of their versions.
    pub(super) fn migrations(&self) -> Result<Vec<Versioned>, MigrateError> {
        let mut found: Vec<Versioned> = Vec::new();
        for (path, text) in &self.files {
            let Some(name) = path.strip_prefix(MIGRATIONS) else {
                continue;
            };
            let stem = name.trim_end_matches(".sql");
            let bad = || MigrateError::BadMigrationName { path: path.clone() };
            if !stem.starts_with('V') {
                return Err(bad());
            }
            let migration = Migration::unapplied(stem, text).map_err(|_| bad())?;
            found.push(Versioned {
                path: path.clone(),
                migration,
            });
        }
        found.sort_by_key(|versioned| versioned.migration.version());
        for (one, next) in found.iter().zip(found.iter().skip(1)) {
            if one.migration.version() == next.migration.version() {
                let (one, other) = (one.path.clone(), next.path.clone());
                return Err(MigrateError::SameVersion { one, other });
            }
        }
        Ok(found)
    }
}

impl<P: Into<String>, T: Into<String>> FromIterator<(P, T)> for Source {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Self {
        let files = files
            .into_iter()
            .map(|(path, text)| (path.into(), text.into()))
            .collect();
        Self { files }
    }
}

/// Some editors begin a file with a byte order mark, which PostgreSQL takes for a name. It is no part of the text, so
/// it counts for no hash, either.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn is_sql(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sql")
}

fn collect_embedded(name: &str, folder: &Dir<'_>, files: &mut BTreeMap<String, String>) {
    for file in folder.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8())
            && is_sql(file.path())
        {
            files.insert(format!("{name}/{path}"), without_mark(text).to_owned());
        }
    }
    for folder in folder.dirs() {
        collect_embedded(name, folder, files);
    }
}

fn collect(
    folder: &Path,
    name: &str,
    files: &mut BTreeMap<String, String>,
) -> Result<(), MigrateError> {
    let failed = |path: &Path, cause| MigrateError::Read {
        path: path.to_owned(),
        cause,
    };
    let entries = match folder.read_dir() {
        // A project without views has no folder for them.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|error| failed(folder, error))?,
    };
    for entry in entries {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let name = format!("{name}/{file_name}");
        if path.is_dir() {
            collect(&path, &name, files)?;
        } else if is_sql(&path) {
            let text = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
            files.insert(name, without_mark(&text).to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn migrations_come_by_number_not_by_name() {
        let source: Source = [
            ("migrations/V10__b.sql", ""),
            ("migrations/V009__a.sql", ""),
        ]
        .into_iter()
        .collect();
        let paths: Vec<_> = source
            .migrations()
            .unwrap()
            .into_iter()
            .map(|found| found.path)
            .collect();
        assert_eq!(paths, ["migrations/V009__a.sql", "migrations/V10__b.sql"]);
    }

    #[test]
    fn a_name_that_refinery_cannot_read_is_an_error() {
        for path in [
            "migrations/001_tables.sql",
            "migrations/U1__x.sql",
            "migrations/V1_x.sql",
        ] {
            let source: Source = [(path, "")].into_iter().collect();
            let error = source.migrations().unwrap_err().to_string();
            assert!(error.starts_with(path), "{error}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let folder = std::env::temp_dir().join(format!("rowdesk-mark-{}", std::process::id()));
        let migrations = folder.join("migrations");
        std::fs::create_dir_all(&migrations).unwrap();
        std::fs::write(migrations.join("V001__a.sql"), "\u{feff}select 1;").unwrap();
        let source = Source::read(&folder).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(source.file("migrations/V001__a.sql"), Some("select 1;"));
    }

    #[test]
    fn owner_and_history_stand_in_the_bootstrap_header() {
        let text = "-- Roles.\n-- owner: bakery_owner\n-- history: oven\nselect 1;";
        let source: Source = [("database/bootstrap.sql", text)].into_iter().collect();
        assert_eq!(
            (source.owner(), source.history()),
            (Some("bakery_owner"), "oven")
        );
        assert_eq!(
            (Source::default().owner(), Source::default().history()),
            (None, "public")
        );
    }
}
