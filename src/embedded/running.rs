//! A server that runs, and ends with us.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use super::error::EmbeddedError;
use super::folder::Folder;
use super::pidfile::PidFile;
use super::socket;
use super::spawn::as_account;

/// Recovery after a kill replays at most `max_wal_size`: far less than this.
const READY_WITHIN: Duration = Duration::from_mins(2);
/// A fast shutdown writes a checkpoint; what takes longer is stuck.
const STOPPED_WITHIN: Duration = Duration::from_secs(30);
const LOG_TAIL_BYTES: u64 = 4_000;

/// The child, until it has been reaped: as long as it is there, its number is nobody else's.
type Unreaped = Arc<Mutex<Option<Child>>>;

/// A server that took connections when this value was made. Dropping it stops the server.
#[derive(Debug)]
pub struct Running {
    child: Unreaped,
    pid: Pid,
    keeper: Option<JoinHandle<()>>,
    socket: PathBuf,
    folder: Folder,
}

impl Running {
    pub(super) fn start(
        mut command: Command,
        folder: Folder,
        socket: PathBuf,
    ) -> Result<Self, EmbeddedError> {
        let log = folder.log();
        let open = || -> io::Result<(File, File)> {
            let file = File::create(&log)?;
            Ok((file.try_clone()?, file))
        };
        let (out, err) = open().map_err(|cause| EmbeddedError::Folder {
            action: "write",
            path: log.clone(),
            cause,
        })?;
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err);
        as_account(&mut command, folder.account(), Some(Signal::INT));
        let (child, pid, keeper) = keep(command).map_err(|(program, cause)| {
            let account = folder.account().map(|account| account.name.clone());
            EmbeddedError::Spawn {
                program,
                account,
                cause,
            }
        })?;
        let running = Self {
            child,
            pid,
            keeper: Some(keeper),
            socket,
            folder,
        };
        running.wait_until_ready()?;
        Ok(running)
    }

    /// The connection string of a user for a database, as tokio-postgres and `psql` read it.
    pub fn uri(&self, user: &str, database: &str) -> String {
        socket::connection_string(&self.socket, user, database)
    }

    /// The folder of the data.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Whether the server still runs: it may have been killed from outside.
    pub fn is_alive(&self) -> bool {
        self.child
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Stops the server: running statements are cancelled, what was committed is written.
    pub fn stop(self) {
        drop(self);
    }

    fn wait_until_ready(&self) -> Result<(), EmbeddedError> {
        let until = Instant::now() + READY_WITHIN;
        let data = self.folder.data();
        let what = loop {
            // The server's own word, as pg_ctl takes it: the socket takes connections earlier, but
            // answers them with "the database system is starting up".
            if PidFile::read(&data).is_some_and(|file| file.is_ready && file.pid == self.pid) {
                return Ok(());
            }
            if !self.is_alive() {
                break "ended before it was ready".to_owned();
            }
            if Instant::now() > until {
                break format!("was not ready within {} seconds", READY_WITHIN.as_secs());
            }
            sleep(Duration::from_millis(5));
        };
        let log = self.folder.log();
        let tail = tail(&log).unwrap_or_else(|error| format!("(not readable: {error})"));
        Err(EmbeddedError::NotReady { what, log, tail })
    }

    fn signal(&self, signal: Signal) {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if child.is_some() {
            // Ended in between is what we want.
            let _ = kill_process(self.pid, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fast, immediate, and never to leave a process behind.
        for signal in [Signal::INT, Signal::QUIT, Signal::KILL] {
            self.signal(signal);
            let until = Instant::now() + STOPPED_WITHIN;
            while self.is_alive() && Instant::now() < until {
                sleep(Duration::from_millis(2));
            }
            if !self.is_alive() {
                break;
            }
        }
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
        let _ = fs::remove_dir(&self.socket);
    }
}

/// The connection string of the server that another process runs on this folder; `None`: none runs.
pub fn running_uri(
    dir: &Path,
    user: &str,
    database: &str,
) -> Result<Option<String>, EmbeddedError> {
    let data = super::folder::data_in(&Folder::locate(dir)?);
    let file = PidFile::read(&data).filter(|file| file.is_ready && file.is_alive(&data));
    Ok(file.map(|file| socket::connection_string(&file.socket_dir, user, database)))
}

/// Starts the server from a thread that lives as long as it does: the kernel sends the death
/// signal when the starting THREAD ends, and a test's or a runtime's thread ends early.
fn keep(command: Command) -> Result<(Unreaped, Pid, JoinHandle<()>), (PathBuf, io::Error)> {
    let program = PathBuf::from(command.get_program());
    let child = Unreaped::default();
    let (tell, told) = sync_channel(1);
    let kept = Arc::clone(&child);
    let keeper = thread::Builder::new()
        .name("postgres-keeper".to_owned())
        .spawn(move || keep_until_it_ends(command, &kept, &tell));
    let failed = |cause| (program.clone(), cause);
    let keeper = keeper.map_err(failed)?;
    let started = told
        .recv()
        .unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()));
    Ok((child, started.map_err(failed)?, keeper))
}

fn keep_until_it_ends(
    mut command: Command,
    kept: &Mutex<Option<Child>>,
    tell: &SyncSender<io::Result<Pid>>,
) {
    let pid = match command.spawn() {
        Ok(child) => {
            let pid = Pid::from_child(&child);
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
            pid
        }
        Err(error) => {
            let _ = tell.send(Err(error));
            return;
        }
    };
    let _ = tell.send(Ok(pid));
    // Waits without reaping, so that the number stays taken until nobody can signal it any more.
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while matches!(
        waitid(WaitId::Pid(pid), options),
        Err(rustix::io::Errno::INTR)
    ) {}
    let mut child = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let _: Option<io::Result<ExitStatus>> = child.take().map(|mut child| child.wait());
}

fn tail(log: &Path) -> io::Result<String> {
    let mut file = File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}
