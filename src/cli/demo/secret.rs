//! The demo's signing key: made once, kept beside the data, so that tokens outlive a restart.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context;

/// HS256 wants 32 bytes (RFC 7518, 3.2); as text there are twice as many, and they can be typed.
const BYTES: usize = 32;

/// The key in the file; made if there is none.
pub(super) fn kept(path: &Path) -> anyhow::Result<String> {
    match fs::read_to_string(path) {
        // Shorter: the process was killed while it wrote.
        Ok(key) if key.trim().len() >= 2 * BYTES => return Ok(key.trim().to_owned()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("reading {}", path.display()));
        }
        _ => {}
    }
    let key = random()?;
    let mut open = OpenOptions::new();
    let opened = open
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    opened
        .and_then(|mut file| file.write_all(format!("{key}\n").as_bytes()))
        .with_context(|| format!("writing {}", path.display()))?;
    Ok(key)
}

/// A new key.
pub(super) fn random() -> anyhow::Result<String> {
    let mut bytes = [0; BYTES];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .context("no random numbers from /dev/urandom")?;
    Ok(bytes
        .iter()
        .fold(String::new(), |key, byte| key + &format!("{byte:02x}")))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_is_kept_for_its_owner_alone() {
        let path = std::env::temp_dir().join(format!("rowdesk-key-{}", std::process::id()));
        fs::write(&path, "half").unwrap();
        fs::remove_file(&path).unwrap();
        let key = super::kept(&path).unwrap();
        assert_eq!(key.len(), 64);
        assert_eq!(super::kept(&path).unwrap(), key);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::write(&path, "half").unwrap();
        assert_ne!(super::kept(&path).unwrap(), key);
        fs::remove_file(&path).unwrap();
    }
}
