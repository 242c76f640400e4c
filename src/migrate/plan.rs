//! What a run would do: pure, from the files and what is applied.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::applied::Applied;
use super::error::MigrateError;
use super::names::Object;
use super::order::Ordered;
use super::source::{BOOTSTRAP, Source, Versioned};

/// Why a file runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The database does not know it.
    New,
    /// Its text is not the applied one.
    Changed,
    /// It requires this file, which runs.
    Requires(String),
    /// It defines this object, which the database lacks.
    Missing(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("new"),
            Self::Changed => f.write_str("changed"),
            Self::Requires(path) => write!(f, "requires {path}"),
            Self::Missing(object) => write!(f, "{object} is missing in the database"),
        }
    }
}

/// A file that would run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its path.
    pub path: String,
    /// Why.
    pub reason: Reason,
}

/// What a run would do, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The bootstrap file, if it would change something or is not known to have run.
    pub bootstrap: Option<Pending>,
    /// Versioned migrations.
    pub migrations: Vec<Pending>,
    /// Repeatable files.
    pub files: Vec<Pending>,
    /// Files that were applied and are no longer in the source. What they made is still there.
    pub leftovers: Vec<String>,
}

impl Plan {
    pub(super) fn new(
        source: &Source,
        ordered: &Ordered,
        applied: &Applied,
    ) -> Result<Self, MigrateError> {
        let chosen = chosen(ordered, applied);
        let files = chosen.into_iter().map(|(index, reason)| Pending {
            path: ordered.files[index].path.clone(),
            reason,
        });
        let leftovers = applied
            .files
            .keys()
            .filter(|path| source.file(path).is_none())
            .cloned();
        Ok(Self {
            bootstrap: bootstrap(source, applied),
            migrations: migrations(&source.migrations()?, applied)?,
            files: files.collect(),
            leftovers: leftovers.collect(),
        })
    }

    /// Everything that would run, in order.
    pub fn pending(&self) -> impl Iterator<Item = &Pending> {
        self.bootstrap
            .iter()
            .chain(&self.migrations)
            .chain(&self.files)
    }

    /// Whether the database is what the files say.
    pub fn is_clean(&self) -> bool {
        self.pending().next().is_none() && self.leftovers.is_empty()
    }
}

/// The files to run, by index, and why.
fn chosen(ordered: &Ordered, applied: &Applied) -> BTreeMap<usize, Reason> {
    let mut chosen = BTreeMap::new();
    for (index, file) in ordered.files.iter().enumerate() {
        let reason = match applied.files.get(&file.path) {
            None => Some(Reason::New),
            Some(hash) if *hash != file.hash => Some(Reason::Changed),
            Some(_) => {
                let missing = file.objects.intersection(&applied.missing).next();
                missing.map(|object: &Object| Reason::Missing(object.name.clone()))
            }
        };
        chosen.extend(reason.map(|reason| (index, reason)));
    }
    let changed: BTreeSet<usize> = chosen.keys().copied().collect();
    for (index, cause) in ordered.dependents(&changed) {
        chosen.insert(index, Reason::Requires(ordered.files[cause].path.clone()));
    }
    chosen
}

fn bootstrap(source: &Source, applied: &Applied) -> Option<Pending> {
    let text = source.file(BOOTSTRAP)?;
    let reason = match applied.files.get(BOOTSTRAP) {
        _ if !applied.is_bootstrapped => Reason::New,
        None => Reason::New,
        Some(hash) if *hash != super::order::hash(text) => Reason::Changed,
        Some(_) => return None,
    };
    Some(Pending {
        path: BOOTSTRAP.to_owned(),
        reason,
    })
}

/// Refinery would refuse the same things, in words that do not name the file.
fn migrations(known: &[Versioned], applied: &Applied) -> Result<Vec<Pending>, MigrateError> {
    let newest = applied
        .migrations
        .last_key_value()
        .map(|(version, (name, _))| (*version, name));
    for (version, (name, _)) in &applied.migrations {
        if !known.iter().any(|one| one.migration.version() == *version) {
            return Err(MigrateError::DatabaseIsNewer {
                unknown: format!("V{version}__{name}"),
            });
        }
    }
    let mut pending = Vec::new();
    for Versioned { path, migration } in known {
        match (applied.migrations.get(&migration.version()), newest) {
            (Some((name, checksum)), _)
                if name != migration.name() || *checksum != migration.checksum().to_string() =>
            {
                return Err(MigrateError::Divergent { path: path.clone() });
            }
            (Some(_), _) => {}
            (None, Some((newest, name))) if newest > migration.version() => {
                let newest = format!("V{newest}__{name}");
                return Err(MigrateError::OutOfOrder {
                    path: path.clone(),
                    newest,
                });
            }
            (None, _) => pending.push(Pending {
                path: path.clone(),
                reason: Reason::New,
            }),
        }
    }
    Ok(pending)
}
