//! What can go wrong while migrating: each message names the file and what to do. Causes are part of
//! the messages, not sources, so that a printed chain does not say them twice.

use std::io;
use std::path::PathBuf;

use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use crate::postgres::{described, explained};

/// Why the database is not as the files say. What was not finished was rolled back.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// How it failed.
        cause: io::Error,
    },
    /// The folder named as source is not one.
    #[error("{} holds none of migrations/, sql/ and database/", folder.display())]
    NoFiles {
        /// Which.
        folder: PathBuf,
    },
    /// Refinery's naming rule.
    #[error(
        "{path}: a migration is named V<number>__<words>.sql, for example V012__add_labels.sql"
    )]
    BadMigrationName {
        /// Which file.
        path: String,
    },
    /// Two migrations of one number.
    #[error("{one} and {other} have the same number; give the later one the next free number")]
    SameVersion {
        /// One file.
        one: String,
        /// The other file.
        other: String,
    },
    /// A released migration was edited.
    #[error(
        "{path} was changed after it was applied to this database; put the old text back and \
         write the change as a new migration"
    )]
    Divergent {
        /// Which file.
        path: String,
    },
    /// A migration appeared below applied ones.
    #[error("{path} is not applied, but the later {newest} is; give it the next free number")]
    OutOfOrder {
        /// Which file.
        path: String,
        /// The newest applied migration.
        newest: String,
    },
    /// The database was migrated by a later release.
    #[error(
        "the database is newer than this program: migration {unknown} is applied there and unknown \
         here; use the rowdesk that applied it, or a later one"
    )]
    DatabaseIsNewer {
        /// Such as `V12__add_labels`.
        unknown: String,
    },
    /// A `requires:` line names nothing.
    #[error("{path}: `requires: {required}` names no file{}", hint.as_ref().map(|hint| format!("; did you mean {hint}?")).unwrap_or_default())]
    UnknownRequirement {
        /// The file with the line.
        path: String,
        /// What it names.
        required: String,
        /// A file with a similar name.
        hint: Option<String>,
    },
    /// Files that require each other.
    #[error("these files require each other in a circle:\n  {}\nmove what both need into a file of its own", path.join("\n  requires "))]
    Cycle {
        /// From a file back to itself.
        path: Vec<String>,
    },
    /// A file that would end the transaction it runs in.
    #[error(
        "{file}:{line}: {statement} does not belong here: the file runs inside a transaction with others"
    )]
    TransactionControl {
        /// Which file.
        file: String,
        /// Which line.
        line: usize,
        /// Its first word.
        statement: String,
    },
    /// Postgres refused a statement of a file.
    #[error("{file}:{line}: {}", explained(error))]
    Statement {
        /// Which file.
        file: String,
        /// Which line.
        line: usize,
        /// What Postgres says.
        error: Box<DbError>,
    },
    /// A table was used for as long as was waited.
    #[error("{table} is in use: others read or write it")]
    InUse {
        /// Which.
        table: String,
    },
    /// Any other failure, with what was being done.
    #[error("{doing}: {}", described(cause))]
    Database {
        /// What was being done.
        doing: String,
        /// How it failed.
        cause: tokio_postgres::Error,
    },
    /// Refinery failed without Postgres being the cause.
    #[error("{path}: {cause}")]
    Refinery {
        /// Which file.
        path: String,
        /// How it failed.
        cause: refinery::Error,
    },
}

impl MigrateError {
    /// Postgres' own code, where it refused.
    pub fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Statement { error, .. } => Some(error.code()),
            Self::Database { cause, .. } => cause.code(),
            _ => None,
        }
    }

    /// Whether others were in the way: trying again may help.
    pub(super) fn is_lock(&self) -> bool {
        // lock_not_available, deadlock_detected
        let locks = ["55P03", "40P01"];
        matches!(self, Self::InUse { .. })
            || self.code().is_some_and(|code| locks.contains(&code.code()))
    }

    /// For `map_err`: `doing` names what was being done.
    pub(super) fn database(doing: impl Into<String>) -> impl FnOnce(tokio_postgres::Error) -> Self {
        let doing = doing.into();
        |cause| Self::Database { doing, cause }
    }

    /// The error of a whole migration, which refinery sends as one text.
    pub(super) fn migration(path: &str, text: &str, error: &DbError) -> Self {
        Self::Statement {
            file: path.to_owned(),
            line: 1 + lines_before_error(error, text),
            error: Box::new(error.clone()),
        }
    }

    /// The error of a statement that begins on `line` of `file`.
    pub(super) fn statement(
        file: &str,
        line: usize,
        text: &str,
        cause: tokio_postgres::Error,
    ) -> Self {
        match cause.as_db_error() {
            Some(error) => Self::Statement {
                file: file.to_owned(),
                line: line + lines_before_error(error, text),
                error: Box::new(error.clone()),
            },
            None => Self::Database {
                doing: format!("running {file}:{line}"),
                cause,
            },
        }
    }
}

/// Postgres counts characters, from 1; positions in a function's body name another text.
fn lines_before_error(error: &DbError, text: &str) -> usize {
    let Some(&ErrorPosition::Original(position)) = error.position() else {
        return 0;
    };
    let before = usize::try_from(position)
        .unwrap_or_default()
        .saturating_sub(1);
    text.chars().take(before).filter(|c| *c == '\n').count()
}
