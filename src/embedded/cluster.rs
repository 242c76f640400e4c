//! The cluster in a folder: made once by `initdb`, used by servers of the same major version.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use super::binaries::Binaries;
use super::error::EmbeddedError;
use super::folder::{Folder, give_to};
use super::pidfile::{self, PidFile};
use super::running::Running;
use super::socket;
use super::spawn::as_account;

/// The settings of the server, with the reason for each.
const SETTINGS: &str = include_str!("../../database/embedded.conf");

/// A data folder that is complete, of the version of `binaries`, and that no server uses.
#[derive(Debug)]
pub struct Cluster {
    folder: Folder,
    binaries: Binaries,
    settings: Vec<(String, String)>,
}

impl Cluster {
    /// Makes the data folder unless it is there; chooses the binaries that fit it.
    pub fn prepare(folder: Folder, binaries: &[Binaries]) -> Result<Self, EmbeddedError> {
        let data = folder.data();
        let binaries = match fs::read_to_string(data.join("PG_VERSION")) {
            Ok(made_by) => fitting(binaries, made_by.trim(), &data)?.clone(),
            Err(_) => newest(binaries)?.clone(),
        };
        stop_leftover(&data)?;
        if !data.exists() {
            initdb(&folder, &binaries)?;
        }
        Ok(Self {
            folder,
            binaries,
            settings: Vec::new(),
        })
    }

    /// Sets one of Postgres' settings for this start.
    #[must_use]
    pub fn with_setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The binaries that fit the data.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// The folder that the cluster lies in.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Starts the server and waits until it takes connections.
    pub fn start(self) -> Result<Running, EmbeddedError> {
        let settings = self.folder.settings();
        // Written at each start, so that a newer rowdesk brings its settings along.
        fs::write(&settings, SETTINGS)
            .and_then(|()| fs::set_permissions(&settings, io_mode(0o644)))
            .map_err(|cause| failed("write", &settings, cause))?;
        let socket = socket::prepare(&self.folder.socket(), self.folder.account())?;
        let mut command = Command::new(self.binaries.program("postgres"));
        command.arg("-D").arg(self.folder.data());
        command.arg("-c").arg(assignment("config_file", &settings));
        command
            .arg("-c")
            .arg(assignment("unix_socket_directories", &socket));
        for (name, value) in &self.settings {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        Running::start(command, self.folder, socket)
    }
}

/// Stops the server of a killed run. Only the holder of the folder's lock may call this: so nobody
/// is left to whom that server could belong.
pub(super) fn stop_leftover(data: &Path) -> Result<(), EmbeddedError> {
    let Some(file) = PidFile::read(data) else {
        return Ok(());
    };
    for (signal, patience) in [(Signal::INT, 20), (Signal::QUIT, 10)] {
        if !file.is_alive(data) {
            break;
        }
        // Gone in between is as good as stopped.
        let _ = kill_process(file.pid, signal);
        let until = Instant::now() + Duration::from_secs(patience);
        while file.is_alive(data) && Instant::now() < until {
            sleep(Duration::from_millis(10));
        }
    }
    if file.is_alive(data) {
        return Err(EmbeddedError::Orphan {
            pid: file.pid.as_raw_nonzero().get(),
        });
    }
    if !cfg!(target_os = "linux") {
        // "Not alive" is only a guess here, and Postgres looks for itself.
        return Ok(());
    }
    // Its number may be another process' by now, and then Postgres would refuse to start.
    match fs::remove_file(pidfile::path(data)) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(failed("delete", &pidfile::path(data), cause))
        }
        _ => Ok(()),
    }
}

fn initdb(folder: &Folder, binaries: &Binaries) -> Result<(), EmbeddedError> {
    let mut output = String::new();
    // Not every C library has C.UTF-8 (older glibc, macOS); C sorts alike and knows fewer letters.
    for locale in ["C.UTF-8", "C"] {
        let dir = fresh(folder)?;
        match run_initdb(&dir, locale, folder, binaries)? {
            // The rename is what says "complete": a run that was killed leaves only the other name.
            Ok(()) => {
                let data = folder.data();
                return fs::rename(&dir, &data).map_err(|cause| failed("make", &data, cause));
            }
            Err(said) => output = said,
        }
        if !output.contains("locale") {
            break;
        }
    }
    Err(EmbeddedError::InitDb {
        dir: folder.data(),
        output: output.trim().to_owned(),
    })
}

fn fresh(folder: &Folder) -> Result<PathBuf, EmbeddedError> {
    let dir = folder.unfinished();
    let made = match fs::remove_dir_all(&dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => DirBuilder::new()
            .mode(0o700)
            .create(&dir)
            .and_then(|()| give_to(&dir, folder.account())),
    };
    made.map_err(|cause| failed("make", &dir, cause))?;
    Ok(dir)
}

fn run_initdb(
    dir: &Path,
    locale: &str,
    folder: &Folder,
    binaries: &Binaries,
) -> Result<Result<(), String>, EmbeddedError> {
    let program = binaries.program("initdb");
    let mut command = Command::new(&program);
    command
        .arg("-D")
        .arg(dir)
        .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
    command
        .arg(format!("--locale={locale}"))
        .current_dir("/")
        .stdin(Stdio::null());
    as_account(&mut command, folder.account(), Some(Signal::TERM));
    let output = command.output().map_err(|cause| EmbeddedError::Spawn {
        program,
        account: folder.account().map(|account| account.name.clone()),
        cause,
    })?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    Ok(Err([output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat()))
}

fn fitting<'a>(
    binaries: &'a [Binaries],
    made_by: &str,
    data: &Path,
) -> Result<&'a Binaries, EmbeddedError> {
    let fits = |binaries: &&Binaries| binaries.version().major.to_string() == made_by;
    binaries
        .iter()
        .find(fits)
        .ok_or_else(|| EmbeddedError::OtherVersion {
            dir: data.to_owned(),
            made_by: made_by.to_owned(),
            here: binaries.iter().map(Binaries::version).collect(),
        })
}

fn newest(binaries: &[Binaries]) -> Result<&Binaries, EmbeddedError> {
    let none = || EmbeddedError::NoBinaries {
        places: Vec::new(),
        found: Vec::new(),
        oldest: 0,
    };
    binaries
        .iter()
        .max_by_key(|binaries| binaries.version())
        .ok_or_else(none)
}

fn assignment(name: &str, value: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(format!("{name}="));
    text.push(value);
    text
}

fn io_mode(mode: u32) -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(mode)
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
    use super::fitting;
    use crate::embedded::Binaries;
    use std::path::Path;

    #[test]
    fn data_of_another_version_names_both_and_the_way_out() {
        let here = Binaries::find(None).unwrap();
        let error = fitting(&here, "9", Path::new("/data"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("made by PostgreSQL 9, but here is only"),
            "{error}"
        );
        assert!(error.contains("--reset"), "{error}");
    }
}
