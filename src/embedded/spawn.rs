//! Starting a child as another account, bound to our own life. The one place with `unsafe`.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::process::Signal;

use super::account::Account;

/// Runs `command` as `account` (`None`: as ourselves) and, where the system can, sends it
/// `last_signal` when the THREAD that starts it ends, however that happens.
///
/// The environment is emptied: `PGDATA`, `PGPORT`, `TZ`, `LC_*` and the like would otherwise
/// change what the same folder holds.
#[expect(
    unsafe_code,
    reason = "the kernel forgets the death signal when the uid changes, so it can only be set \
              between fork and exec, and std offers no safe way to run code there"
)]
pub(super) fn as_account(
    command: &mut Command,
    account: Option<&Account>,
    last_signal: Option<Signal>,
) {
    command.env_clear().env("LC_ALL", "C");
    for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    if let Some(account) = account {
        // std drops root's supplementary groups (setgroups) before it changes the uid.
        command.uid(account.uid).gid(account.gid);
    }
    // A group of its own: Ctrl-C in a terminal goes to the whole foreground group, and we want to
    // finish our requests before Postgres goes.
    command.process_group(0);
    let Some(signal) = last_signal else { return };
    let parent = std::process::id();
    // SAFETY: between fork and exec only async-signal-safe calls are allowed. `bind_to_parent`
    // makes two plain system calls and builds an error without allocating.
    unsafe {
        command.pre_exec(move || bind_to_parent(parent, signal));
    }
}

#[cfg(target_os = "linux")]
fn bind_to_parent(parent: u32, signal: Signal) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(signal))?;
    // The parent may have died before the line above: then no signal will ever come.
    let now = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
    if now == Some(parent) {
        Ok(())
    } else {
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Linux")]
fn bind_to_parent(_parent: u32, _signal: Signal) -> io::Result<()> {
    // No such thing here: a server that outlives us is found and stopped by the next start.
    Ok(())
}
