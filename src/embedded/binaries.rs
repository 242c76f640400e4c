//! Finding PostgreSQL's programs.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::EmbeddedError;

/// The oldest major version that the SQL of this project runs on.
const OLDEST_MAJOR: u32 = 15;

/// Where packages put the programs; `*` stands for one path component or part of it.
const PLACES: &[&str] = &[
    "/usr/lib/postgresql/*/bin",          // Debian, Ubuntu, Gentoo
    "/usr/pgsql-*/bin",                   // Fedora, RHEL (PGDG)
    "/usr/lib/postgresql*/bin",           // openSUSE
    "/usr/libexec/postgresql*",           // Alpine
    "/usr/local/pgsql/bin",               // built from source
    "/opt/homebrew/opt/postgresql@*/bin", // Homebrew, Apple silicon
    "/usr/local/opt/postgresql@*/bin",    // Homebrew, Intel
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin", // Homebrew, Linux
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// A version of PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// `17` of 17.2: data folders are bound to it.
    pub major: u32,
    /// `2` of 17.2; 0 for development versions.
    pub minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A folder with `postgres` and `initdb` of one version, both of which start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    dir: PathBuf,
    version: Version,
}

impl Binaries {
    /// Every installation that will do, newest first and never empty; only `explicit`, if given.
    pub fn find(explicit: Option<&Path>) -> Result<Vec<Self>, EmbeddedError> {
        if let Some(dir) = explicit {
            return Self::explicit(dir).map(|binaries| vec![binaries]);
        }
        let mut places = vec![
            "the folders of PATH".to_owned(),
            "`pg_config --bindir`".to_owned(),
        ];
        places.extend(PLACES.iter().map(|place| (*place).to_owned()));
        let found = Self::in_dirs(candidates());
        let (mut usable, too_old): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|binaries| binaries.version.major >= OLDEST_MAJOR);
        if usable.is_empty() {
            return Err(EmbeddedError::NoBinaries {
                places,
                found: too_old,
                oldest: OLDEST_MAJOR,
            });
        }
        usable.sort_by_key(|binaries| std::cmp::Reverse(binaries.version));
        Ok(usable)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The version that `postgres --version` names.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The path of one program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn explicit(dir: &Path) -> Result<Self, EmbeddedError> {
        let bad = |reason: String| EmbeddedError::BadBinaries {
            dir: dir.to_owned(),
            reason,
        };
        let version = version_in(dir).map_err(&bad)?;
        if version.major < OLDEST_MAJOR {
            return Err(bad(format!(
                "it is {version}, and {OLDEST_MAJOR} or later is needed"
            )));
        }
        Ok(Self {
            dir: dir.to_owned(),
            version,
        })
    }

    fn in_dirs(dirs: Vec<PathBuf>) -> Vec<Self> {
        // /bin is /usr/bin, and /usr/local/bin may hold links: one program is one installation.
        let mut seen = BTreeSet::new();
        dirs.into_iter()
            .filter(|dir| {
                dir.join("postgres")
                    .canonicalize()
                    .is_ok_and(|real| seen.insert(real))
            })
            .filter_map(|dir| {
                let version = version_in(&dir).ok()?;
                Some(Self { dir, version })
            })
            .collect()
    }
}

fn candidates() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path)
        .filter(|dir| dir.is_absolute())
        .collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output()
        && output.status.success()
    {
        dirs.push(PathBuf::from(
            String::from_utf8_lossy(&output.stdout).trim(),
        ));
    }
    dirs.extend(PLACES.iter().flat_map(|place| expand(Path::new(place))));
    dirs
}

/// The existing folders that a pattern stands for.
fn expand(pattern: &Path) -> Vec<PathBuf> {
    let mut paths = vec![PathBuf::new()];
    for component in pattern.components() {
        let component = component.as_os_str();
        let Some((before, after)) = component.to_str().and_then(|text| text.split_once('*')) else {
            for path in &mut paths {
                path.push(component);
            }
            continue;
        };
        paths = paths
            .iter()
            .filter_map(|path| path.read_dir().ok())
            .flat_map(|entries| entries.filter_map(Result::ok))
            .filter(|entry| {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                name.len() >= before.len() + after.len()
                    && name.starts_with(before)
                    && name.ends_with(after)
            })
            .map(|entry| entry.path())
            .collect();
    }
    paths.retain(|path| path.is_dir());
    paths.sort();
    paths
}

fn version_in(dir: &Path) -> Result<Version, String> {
    for program in ["postgres", "initdb"] {
        if !dir.join(program).is_file() {
            return Err(format!("there is no {program}"));
        }
    }
    let output = Command::new(dir.join("postgres"))
        .arg("--version")
        .output()
        .map_err(|error| format!("postgres does not start: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    parse_version(&text).ok_or_else(|| {
        format!(
            "`postgres --version` says {text:?} {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// `postgres (PostgreSQL) 17.2 (Debian 17.2-1)` → 17.2; `18beta1`, `19devel` → 18.0, 19.0.
fn parse_version(text: &str) -> Option<Version> {
    let number = text.strip_prefix("postgres (")?.split_once(") ")?.1;
    let (major, rest) = leading_number(number)?;
    let minor = rest
        .strip_prefix('.')
        .and_then(leading_number)
        .map_or(0, |(minor, _)| minor);
    Some(Version { major, minor })
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::{Binaries, Version, expand, parse_version};
    use std::path::Path;

    #[test]
    fn versions_are_read_from_every_kind_of_build() {
        for (text, major, minor) in [
            (
                "postgres (PostgreSQL) 15.12 (Debian 15.12-0+deb12u2)\n",
                15,
                12,
            ),
            ("postgres (PostgreSQL) 18beta1\n", 18, 0),
            ("postgres (PostgreSQL) 19devel\n", 19, 0),
            ("postgres (EnterpriseDB) 16.4\n", 16, 4),
        ] {
            assert_eq!(
                parse_version(text),
                Some(Version { major, minor }),
                "{text}"
            );
        }
        assert_eq!(parse_version("bash: postgres: not found"), None);
    }

    #[test]
    fn a_pattern_finds_nothing_where_nothing_is() {
        assert!(expand(Path::new("/nowhere/*/bin")).is_empty());
        assert_eq!(expand(Path::new("/")), [Path::new("/")]);
    }

    #[test]
    fn a_named_folder_without_postgres_is_an_error_that_says_so() {
        let error = Binaries::find(Some(Path::new("/")))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "/ holds no PostgreSQL programs that run: there is no postgres"
        );
    }
}
