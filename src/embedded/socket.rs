//! Where the server's socket lies, and how a client is told.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::EmbeddedError;
use super::folder::{give_to, short_hash};

/// The kernel's limit for a socket's path is 107 bytes on Linux and 103 on macOS.
const LONGEST_PATH: usize = 103;

/// The port only names the file: each server has a folder of its own and no TCP.
pub(super) fn file_in(dir: &Path) -> PathBuf {
    dir.join(".s.PGSQL.5432")
}

/// Makes the folder of the socket, for the server's account alone: who can reach the socket is
/// trusted to be anyone. `preferred`, or one below /tmp where that would not do.
pub(super) fn prepare(
    preferred: &Path,
    account: Option<&Account>,
) -> Result<PathBuf, EmbeddedError> {
    if is_usable(preferred) {
        return match private_dir(preferred, account) {
            Ok(()) => Ok(preferred.to_owned()),
            Err(cause) => Err(failed(preferred, cause)),
        };
    }
    let base = format!("/tmp/rowdesk-{}", short_hash(preferred));
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    // A stranger may have taken the name, /tmp being everyone's: then try another.
    for attempt in 0..10 {
        let dir = PathBuf::from(if attempt == 0 {
            base.clone()
        } else {
            format!("{base}-{attempt}")
        });
        match private_dir(&dir, account) {
            Ok(()) => return Ok(dir),
            Err(error) => last = error,
        }
    }
    Err(failed(Path::new(&base), last))
}

/// The connection string for `user` and `database`, as tokio-postgres and libpq read it.
///
/// `host='/tmp/x' port=5432 user='postgres' dbname='postgres'`
pub(super) fn connection_string(dir: &Path, user: &str, database: &str) -> String {
    let mut text = String::new();
    let host = dir.to_string_lossy();
    for (key, value) in [
        ("host", host.as_ref()),
        ("port", "5432"),
        ("user", user),
        ("dbname", database),
    ] {
        let value = value.replace('\\', "\\\\").replace('\'', "\\'");
        let space = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{space}{key}='{value}'");
    }
    text
}

/// Both Postgres and tokio-postgres read a comma as the start of the next folder.
fn is_usable(dir: &Path) -> bool {
    file_in(dir).as_os_str().len() <= LONGEST_PATH
        && dir
            .to_str()
            .is_some_and(|text| !text.contains([',', '"', '\n']) && text.trim() == text)
}

fn private_dir(dir: &Path, account: Option<&Account>) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        other => other?,
    }
    // Not followed: a link in /tmp may lead anywhere.
    let found = fs::symlink_metadata(dir)?;
    let me = rustix::process::geteuid().as_raw();
    let owner = account.map_or(me, |account| account.uid);
    if !found.is_dir() || (found.uid() != me && found.uid() != owner) {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists));
    }
    fs::set_permissions(dir, Permissions::from_mode(0o700))?;
    give_to(dir, account)
}

fn failed(dir: &Path, cause: io::Error) -> EmbeddedError {
    EmbeddedError::Folder {
        action: "make the socket's folder",
        path: dir.to_owned(),
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::{connection_string, is_usable};
    use std::path::Path;

    #[test]
    fn a_socket_keeps_out_of_long_and_ambiguous_paths() {
        assert!(is_usable(Path::new(
            "/home/me/with a space/.rowdesk/socket"
        )));
        assert!(!is_usable(Path::new(&format!("/{}", "x".repeat(100)))));
        assert!(!is_usable(Path::new("/a,b")));
    }

    #[test]
    fn a_connection_string_survives_quotes() {
        let text = connection_string(Path::new("/it's"), "u", "d");
        let config: tokio_postgres::Config = text.parse().unwrap();
        assert_eq!(config.get_user(), Some("u"));
        assert_eq!(
            config.get_hosts(),
            [tokio_postgres::config::Host::Unix("/it's".into())]
        );
    }
}
