//! `postmaster.pid`: what Postgres says about itself in its data folder.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Pid;

/// What the lines of the file say (PostgreSQL, `src/include/utils/pidfile.h`).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    /// Line 1.
    pub pid: Pid,
    /// Line 5: where its socket is.
    pub socket_dir: PathBuf,
    /// Line 8: it takes connections.
    pub is_ready: bool,
}

impl PidFile {
    /// `None`: absent, or not written completely yet.
    pub fn read(data: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(path(data)).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = Pid::from_raw(lines.next()?.trim().parse().ok()?)?;
        let socket_dir = PathBuf::from(lines.nth(3).unwrap_or_default());
        // Padded with blanks, because Postgres overwrites it in place.
        let is_ready = lines.nth(2).is_some_and(|status| status.trim() == "ready");
        Some(Self {
            pid,
            socket_dir,
            is_ready,
        })
    }

    /// Whether the process that wrote the file still lives: a number alone may be anyone's by now,
    /// above all in a container, where numbers are small and repeat.
    pub fn is_alive(&self, data: &Path) -> bool {
        if rustix::process::test_kill_process(self.pid).is_err() {
            return false;
        }
        if cfg!(target_os = "linux") {
            // A postmaster's working directory is its data folder.
            let cwd = fs::read_link(format!("/proc/{}/cwd", self.pid.as_raw_nonzero()));
            cwd.is_ok_and(|cwd| data.canonicalize().is_ok_and(|data| cwd == data))
        } else {
            let socket = super::socket::file_in(&self.socket_dir);
            std::os::unix::net::UnixStream::connect(socket).is_ok()
        }
    }
}

pub(super) fn path(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}

#[cfg(test)]
mod tests {
    use super::PidFile;

    #[test]
    fn the_file_is_read_at_each_stage_of_its_writing() {
        let whole = "4711\n/d\n1700000000\n5432\n/d/socket\n\n  1234 5\nready   \n";
        let file = PidFile::parse(whole).unwrap();
        assert_eq!(file.pid.as_raw_nonzero().get(), 4711);
        assert_eq!(file.socket_dir.to_str(), Some("/d/socket"));
        assert!(file.is_ready);
        assert!(
            !PidFile::parse(&whole.replace("ready", "starting"))
                .unwrap()
                .is_ready
        );
        assert!(!PidFile::parse("4711\n/d\n").unwrap().is_ready);
        assert_eq!(PidFile::parse(""), None);
    }
}
