//! The folder that holds a private Postgres: whose it is, who uses it now, what lies in it.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;
use sha2::{Digest as _, Sha256};

use super::account::Account;
use super::error::EmbeddedError;

/// Marks a folder as ours; nothing is ever deleted in a folder without it.
const MARKER: &str = "rowdesk-folder";
const MARKER_TEXT: &str = "Made by rowdesk, which deletes its files here when told to --reset.\n";
/// Held (flock) for as long as a process uses the folder; the kernel lets go of it after kill -9.
const LOCK: &str = "lock";
/// Where the data is, in a folder that could not hold it.
const LOCATION: &str = "location";
/// For folders that the server's account cannot reach, as those below /root.
const ELSEWHERE: &str = "/var/lib/rowdesk";

/// A folder that is ours, is locked by this process, and can be reached by the server's account.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    moved_from: Option<PathBuf>,
    account: Option<Account>,
    _lock: File,
}

impl Folder {
    /// Where the folder named `dir` really is, for a process that only wants to look.
    pub fn locate(dir: &Path) -> Result<PathBuf, EmbeddedError> {
        place(dir, Account::for_server()?.as_ref())
    }

    /// Makes the folder unless it exists, and locks it.
    pub fn claim(dir: &Path) -> Result<Self, EmbeddedError> {
        let account = Account::for_server()?;
        let path = place(dir, account.as_ref())?;
        let moved_from = (path != absolute(dir)?).then(|| dir.to_owned());
        make(&path, account.as_ref())?;
        if let Some(asked) = &moved_from {
            leave_note(asked, &path);
        }
        let lock = lock(&path)?;
        Ok(Self {
            path,
            moved_from,
            account,
            _lock: lock,
        })
    }

    /// Deletes what rowdesk put into the folder, and nothing else.
    pub fn reset(&self) -> Result<(), EmbeddedError> {
        super::cluster::stop_leftover(&self.data())?;
        for path in [
            self.data(),
            self.unfinished(),
            self.socket(),
            self.log(),
            self.settings(),
            self.secret(),
            self.keys(),
        ] {
            let removed = match fs::symlink_metadata(&path) {
                Ok(found) if found.is_dir() => fs::remove_dir_all(&path),
                Ok(_) => fs::remove_file(&path),
                Err(_) => Ok(()),
            };
            removed.map_err(|cause| failed("delete", &path, cause))?;
        }
        Ok(())
    }

    /// Its absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that was asked for, when the server's account cannot reach that one.
    pub fn moved_from(&self) -> Option<&Path> {
        self.moved_from.as_deref()
    }

    /// The account that the server runs as; `None`: our own.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// A file for the key of whoever serves this data; deleted by [`Folder::reset`].
    pub fn secret(&self) -> PathBuf {
        self.path.join("jwt-secret")
    }

    /// A file for the keys that sign its tokens; deleted by [`Folder::reset`].
    pub fn keys(&self) -> PathBuf {
        keys_in(&self.path)
    }

    /// Postgres' data folder.
    pub(super) fn data(&self) -> PathBuf {
        data_in(&self.path)
    }

    /// The data folder while `initdb` works on it.
    pub(super) fn unfinished(&self) -> PathBuf {
        self.path.join("postgres.unfinished")
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.path.join("socket")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }

    pub(super) fn settings(&self) -> PathBuf {
        self.path.join("postgres.conf")
    }
}

/// Where the demo that has this folder keeps the keys that sign its tokens.
pub fn keys_in(folder: &Path) -> PathBuf {
    folder.join("keys.json")
}

pub(super) fn data_in(folder: &Path) -> PathBuf {
    folder.join("postgres")
}

/// Makes `path` belong to the server's account.
pub(super) fn give_to(path: &Path, account: Option<&Account>) -> io::Result<()> {
    match account {
        Some(account) => std::os::unix::fs::chown(path, Some(account.uid), Some(account.gid)),
        None => Ok(()),
    }
}

/// Eight hexadecimal digits that stand for a path.
pub(super) fn short_hash(path: &Path) -> String {
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let number = hash
        .iter()
        .take(4)
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{number:08x}")
}

fn place(dir: &Path, account: Option<&Account>) -> Result<PathBuf, EmbeddedError> {
    let path = absolute(dir)?;
    let Some(account) = account else {
        return Ok(path);
    };
    // The folder itself we can open; what lies above it belongs to others.
    let above = path.ancestors().skip(1).find(|above| above.is_dir());
    if above.is_none_or(|above| account.reaches(above)) {
        Ok(path)
    } else {
        Ok(Path::new(ELSEWHERE).join(short_hash(&path)))
    }
}

fn absolute(dir: &Path) -> Result<PathBuf, EmbeddedError> {
    // Links above are resolved, so that the same folder always has the same hash.
    let path = std::path::absolute(dir).map_err(|cause| failed("find", dir, cause))?;
    let resolved = match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(resolved), ..) => Some(resolved),
        (_, Some(parent), Some(name)) => parent.canonicalize().ok().map(|parent| parent.join(name)),
        _ => None,
    };
    Ok(resolved.unwrap_or(path))
}

fn make(path: &Path, account: Option<&Account>) -> Result<(), EmbeddedError> {
    if let Some(parent) = path.parent() {
        // 0755 whatever the umask: the server's account must get through.
        let made = DirBuilder::new().recursive(true).mode(0o755).create(parent);
        made.map_err(|cause| failed("make", parent, cause))?;
    }
    let marker = path.join(MARKER);
    if !marker.is_file() {
        match path.read_dir().map(|mut entries| entries.next().is_none()) {
            Ok(true) => {}
            Ok(false) => {
                return Err(EmbeddedError::NotOurs {
                    dir: path.to_owned(),
                });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir(path).map_err(|cause| failed("make", path, cause))?;
            }
            Err(cause) => return Err(failed("read", path, cause)),
        }
        // First of all: from here on the folder is recognisably ours, however early we are killed.
        fs::write(&marker, MARKER_TEXT).map_err(|cause| failed("write in", path, cause))?;
    }
    let mode = if account.is_some() { 0o755 } else { 0o700 };
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(|cause| failed("change the mode of", path, cause))
}

/// Says in the folder that was asked for where the data is, for people and for programs that run
/// as somebody else. Nothing depends on it.
fn leave_note(asked: &Path, path: &Path) {
    let is_ours = fs::create_dir(asked).is_ok() || asked.join(MARKER).is_file();
    if is_ours && fs::write(asked.join(MARKER), MARKER_TEXT).is_ok() {
        let _ = fs::write(asked.join(LOCATION), format!("{}\n", path.display()));
    }
}

fn lock(path: &Path) -> Result<File, EmbeddedError> {
    let name = path.join(LOCK);
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o644)
        .open(&name);
    let mut file = opened.map_err(|cause| failed("write", &name, cause))?;
    if rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut text = String::new();
        let _ = file.read_to_string(&mut text);
        return Err(EmbeddedError::InUse {
            dir: path.to_owned(),
            pid: text.trim().parse().ok(),
        });
    }
    // The number is for the message above only; what counts is the lock.
    let pid = format!("{}\n", std::process::id());
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(pid.as_bytes()))
        .map_err(|cause| failed("write", &name, cause))?;
    Ok(file)
}

fn failed(action: &'static str, path: &Path, cause: io::Error) -> EmbeddedError {
    EmbeddedError::Folder {
        action,
        path: path.to_owned(),
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::Folder;
    use crate::embedded::EmbeddedError;
    use std::fs;
    use std::path::PathBuf;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("rowdesk-unit-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        dir
    }

    #[test]
    fn a_folder_is_claimed_by_one_at_a_time() {
        let dir = scratch("lock");
        let first = Folder::claim(&dir).unwrap();
        let Err(EmbeddedError::InUse { pid, .. }) = Folder::claim(&dir) else {
            panic!("claimed twice")
        };
        assert_eq!(pid, Some(std::process::id()));
        drop(first);
        Folder::claim(&dir).unwrap();
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_folder_of_someone_else_is_never_touched() {
        let dir = scratch("foreign");
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("thesis.txt"), "years").unwrap();
        assert!(matches!(
            Folder::claim(&dir),
            Err(EmbeddedError::NotOurs { .. })
        ));
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn reset_deletes_only_what_rowdesk_made() {
        let dir = scratch("reset");
        let folder = Folder::claim(&dir).unwrap();
        fs::create_dir(folder.data()).unwrap();
        fs::write(dir.join("notes.txt"), "mine").unwrap();
        folder.reset().unwrap();
        assert!(!folder.data().exists());
        assert!(dir.join("notes.txt").exists());
        fs::remove_dir_all(dir).unwrap();
    }
}
