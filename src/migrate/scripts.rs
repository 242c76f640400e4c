//! All files in the order in which a new database would run them.

use super::error::MigrateError;
use super::order::Ordered;
use super::source::{BOOTSTRAP, Source};

/// A file and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Such as `sql/views/reports.monthly.sql`.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// The bootstrap file, the migrations by their numbers, the repeatable files behind what they require.
pub fn scripts(source: &Source) -> Result<Vec<Script>, MigrateError> {
    let bootstrap = source.file(BOOTSTRAP).map(|text| Script {
        path: BOOTSTRAP.to_owned(),
        text: text.to_owned(),
    });
    let migrations = source.migrations()?.into_iter().map(|versioned| Script {
        text: source.file(&versioned.path).unwrap_or_default().to_owned(),
        path: versioned.path,
    });
    let repeatable = Ordered::new(source)?.files.into_iter().map(|file| Script {
        path: file.path,
        text: file.text,
    });
    Ok(bootstrap
        .into_iter()
        .chain(migrations)
        .chain(repeatable)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::scripts;
    use crate::migrate::Source;

    #[test]
    fn files_come_as_a_new_database_would_run_them() {
        let source: Source = [
            ("sql/functions/a.f.sql", "select 1"),
            ("migrations/V002__b.sql", ""),
            ("migrations/V001__a.sql", ""),
            ("database/bootstrap.sql", ""),
            ("database/seed/seed.sql", ""),
        ]
        .into_iter()
        .collect();
        let paths: Vec<_> = scripts(&source)
            .unwrap()
            .into_iter()
            .map(|script| script.path)
            .collect();
        assert_eq!(
            paths,
            [
                "database/bootstrap.sql",
                "migrations/V001__a.sql",
                "migrations/V002__b.sql",
                "sql/functions/a.f.sql"
            ]
        );
    }
}
