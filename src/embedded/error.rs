//! What can go wrong with a private Postgres; every message says what to do about it. Causes are part
//! of the messages, not sources, so that a printed chain does not say them twice.

use std::io;
use std::path::PathBuf;

use super::binaries::{Binaries, Version};

/// Why there is no private Postgres.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No binaries, or only old ones.
    #[error(
        "no PostgreSQL {oldest} or later was found.\n\
         Looked for `postgres` and `initdb` in:\n{}{}\
         Install it:\n\
         \x20 Debian, Ubuntu:  sudo apt-get install -y postgresql\n\
         \x20 Fedora:          sudo dnf install -y postgresql-server\n\
         \x20 macOS:           brew install postgresql@17\n\
         or name the folder of its programs: --pg-bin DIR",
        list(places),
        too_old(found)
    )]
    NoBinaries {
        /// Every place that was looked at.
        places: Vec<String>,
        /// What was there, but is too old.
        found: Vec<Binaries>,
        /// The oldest major version that will do.
        oldest: u32,
    },
    /// The folder named by the caller is of no use.
    #[error("{dir} holds no PostgreSQL programs that run: {reason}", dir = .dir.display())]
    BadBinaries {
        /// The folder.
        dir: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Started as root on a machine without an account to step down to.
    #[error(
        "PostgreSQL refuses to run as root, and /etc/passwd has neither `postgres` nor `nobody` \
         to run it as; start rowdesk as an ordinary user"
    )]
    NoAccount,
    /// Another process holds the folder's lock.
    #[error(
        "{dir} is in use by another rowdesk{}; stop that one, or name another folder: --data-dir DIR",
        .pid.map(|pid| format!(" (process {pid})")).unwrap_or_default(), dir = .dir.display()
    )]
    InUse {
        /// The folder.
        dir: PathBuf,
        /// Who holds it, as far as the lock file says.
        pid: Option<u32>,
    },
    /// The folder has content that rowdesk did not put there.
    #[error(
        "{dir} is not empty and was not made by rowdesk, so it is left alone; name another \
         folder: --data-dir DIR", dir = .dir.display()
    )]
    NotOurs {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder or something in it cannot be written.
    #[error("cannot {action} {path}: {cause}; name a folder that you can write: --data-dir DIR", path = .path.display())]
    Folder {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// How it failed.
        cause: io::Error,
    },
    /// The data was made by another major version.
    #[error(
        "the data in {dir} was made by PostgreSQL {made_by}, but here is only {}; install \
         PostgreSQL {made_by}, name its programs with --pg-bin DIR, or start over with --reset \
         (this deletes the data)",
        .here.iter().map(Version::to_string).collect::<Vec<_>>().join(", "), dir = .dir.display()
    )]
    OtherVersion {
        /// The data folder.
        dir: PathBuf,
        /// What `PG_VERSION` says.
        made_by: String,
        /// The versions that were found.
        here: Vec<Version>,
    },
    /// A server of a killed run does not go away.
    #[error(
        "PostgreSQL (process {pid}) is left over from a killed run and does not stop; end it, then start again"
    )]
    Orphan {
        /// The process.
        pid: i32,
    },
    /// A program could not be started at all.
    #[error("cannot run {program}{}: {cause}", .account.as_ref().map(|name| format!(" as {name}")).unwrap_or_default(), program = .program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// The account it should run as, when not the caller's own.
        account: Option<String>,
        /// How it failed.
        cause: io::Error,
    },
    /// `initdb` failed.
    #[error("initdb could not make a new cluster in {dir}:\n{output}", dir = .dir.display())]
    InitDb {
        /// Where.
        dir: PathBuf,
        /// What it said.
        output: String,
    },
    /// The server ended, or did not answer in time.
    #[error("PostgreSQL {what}; the end of its log ({log}):\n{tail}", log = .log.display())]
    NotReady {
        /// What happened instead.
        what: String,
        /// The log file.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
}

fn list(places: &[String]) -> String {
    places
        .iter()
        .fold(String::new(), |list, place| list + "  " + place + "\n")
}

fn too_old(found: &[Binaries]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let lines = found
        .iter()
        .map(|one| format!("{} is {}", one.dir().display(), one.version()));
    format!("Found, but too old:\n{}", list(&lines.collect::<Vec<_>>()))
}
