//! Which account the server runs as.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::EmbeddedError;
use super::spawn::as_account;

/// An account of the machine that root steps down to, because Postgres refuses to run as root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its user id.
    pub uid: u32,
    /// Its group id.
    pub gid: u32,
}

impl Account {
    /// The account to run the server as; `None`: the caller's own.
    pub fn for_server() -> Result<Option<Self>, EmbeddedError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        // A bare uid will not do: initdb and postgres look their user's name up.
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        match named(&passwd, "postgres").or_else(|| named(&passwd, "nobody")) {
            Some(account) => Ok(Some(account)),
            None => Err(EmbeddedError::NoAccount),
        }
    }

    /// Whether this account can get into `dir`. Tried, not computed from mode bits: access lists,
    /// mounts and user namespaces have a say too.
    pub(super) fn reaches(&self, dir: &Path) -> bool {
        // The change of directory comes after the change of account, so it fails for the account.
        let mut command = Command::new("/bin/sh");
        command.args(["-c", ":"]).current_dir(dir);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        as_account(&mut command, Some(self), None);
        command.status().is_ok_and(|status| status.success())
    }
}

fn named(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account {
            name: name.to_owned(),
            uid,
            gid,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn passwd_is_read_by_name_only() {
        let passwd = "root:x:0:0::/root:/bin/sh\n# a comment\nnobody:x:65534:65533::/:/bin/false\n";
        let nobody = named(passwd, "nobody").unwrap();
        assert_eq!((nobody.uid, nobody.gid), (65534, 65533));
        assert_eq!(named(passwd, "postgres"), None);
    }
}
