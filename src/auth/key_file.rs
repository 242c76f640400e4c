//! `auth-keys-file`: the private keys that sign tokens with ES256, as a JSON Web Key Set (RFC 7517).
//!
//! The first signs. The second will, after the next rotation: it is published long before, so that whoever keeps
//! our keys knows it by then. The third did before: tokens that it signed hold until they expire.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tracing::warn;

use super::keys::Keys;

/// What the file may be for its owner alone.
const OWNERS: u32 = 0o600;

/// The keys of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFile {
    keys: Vec<PrivateKey>,
}

/// A private key on P-256 (RFC 7518, section 6.2).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PrivateKey {
    kty: String,
    crv: String,
    kid: String,
    x: String,
    y: String,
    d: String,
}

/// Without the secret part.
impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrivateKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// What signs tokens.
pub(super) struct CurrentKey {
    pub kid: String,
    pub algorithm: Algorithm,
    pub key: EncodingKey,
    /// What only its holder knows.
    pub secret: Vec<u8>,
}

impl KeyFile {
    /// The keys of a file, which is made where there is none. Of several servers that make it at once, one does, and
    /// the others read that.
    ///
    /// # Errors
    /// What is wrong with the file, or keeps it from being made.
    pub fn open(path: &Path) -> Result<Self, String> {
        match fs::read(path) {
            Ok(bytes) => {
                if is_open_to_others(path) {
                    warn!(
                        "{}: others may read the keys that sign tokens: chmod 600",
                        path.display()
                    );
                }
                Self::parse(&bytes).map_err(|problem| told(path, problem))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let made = Self {
                    keys: vec![PrivateKey::random()?, PrivateKey::random()?],
                };
                match made.write(path, |draft| fs::hard_link(draft, path)) {
                    Ok(()) => Self::open(path),
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => Self::open(path),
                    Err(error) => Err(told(path, format!("cannot be made: {error}"))),
                }
            }
            Err(error) => Err(told(path, format!("cannot be read: {error}"))),
        }
    }

    /// Lets the second key sign from now on, and adds a new one to come after it. What signed before verifies until
    /// the next rotation. Servers see it when they reload their settings.
    ///
    /// # Errors
    /// As [`KeyFile::open`], of a file that is there.
    pub fn rotate(path: &Path) -> Result<Self, String> {
        let bytes =
            fs::read(path).map_err(|error| told(path, format!("cannot be read: {error}")))?;
        let mut before = Self::parse(&bytes)
            .map_err(|problem| told(path, problem))?
            .keys
            .into_iter();
        let current = before.next();
        let next = before.next().map_or_else(PrivateKey::random, Ok)?;
        let mut keys = vec![next, PrivateKey::random()?];
        keys.extend(current);
        let rotated = Self { keys };
        rotated
            .write(path, |draft| fs::rename(draft, path))
            .map_err(|error| told(path, format!("cannot be written: {error}")))?;
        Ok(rotated)
    }

    /// Replaces all keys, for whoever fears that others have them: tokens that were signed before are refused from the
    /// next reload on.
    ///
    /// # Errors
    /// As [`KeyFile::rotate`].
    pub fn replace(path: &Path) -> Result<Self, String> {
        let replaced = Self {
            keys: vec![PrivateKey::random()?, PrivateKey::random()?],
        };
        replaced
            .write(path, |draft| fs::rename(draft, path))
            .map_err(|error| told(path, format!("cannot be written: {error}")))?;
        Ok(replaced)
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let file: Self = serde_json::from_slice(bytes).map_err(|_| {
            // What serde says of it may repeat a part of a key.
            "is no JSON Web Key Set of private keys on P-256: {\"keys\": [{kty, crv, kid, x, y, d}, …]}"
                .to_owned()
        })?;
        if file.keys.is_empty() {
            return Err("has no key; delete it, and one is made".to_owned());
        }
        for key in &file.keys {
            key.pair()?;
        }
        Ok(file)
    }

    /// Whole or not at all: a draft beside it, which `put` puts in its place. Its name nobody knows before: in a folder
    /// that is shared, processes have the same numbers, and others may lay out links.
    fn write(&self, path: &Path, put: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{:016x}", u64::from_ne_bytes(bytes)));
        let draft = PathBuf::from(name);
        let written = (|| {
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(OWNERS)
                .open(&draft)?;
            // Whose it was it stays, whoever rotates: a server that may not read it does not start.
            if let Ok(before) = fs::metadata(path) {
                fchown(&file, Some(before.uid()), Some(before.gid()))?;
            }
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            put(&draft)
        })();
        let _ = fs::remove_file(&draft);
        written
    }

    /// The names of the keys: what signs, what will, what did.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.kid.as_str())
    }

    /// What everybody may know: a JSON Web Key Set of public keys.
    #[must_use]
    pub fn published(&self) -> Value {
        let keys: Vec<Value> = self.keys.iter().map(PrivateKey::published).collect();
        json!({ "keys": keys })
    }

    pub(super) fn verifying(&self) -> Result<Keys, String> {
        Keys::published(self.published().to_string().as_bytes())
    }

    pub(super) fn current(&self) -> Result<CurrentKey, String> {
        let key = self.keys.first().ok_or("there is no key")?;
        let document = key.pair()?.to_pkcs8v1().map_err(|_| key.unusable())?;
        Ok(CurrentKey {
            kid: key.kid.clone(),
            algorithm: Algorithm::ES256,
            key: EncodingKey::from_ec_der(document.as_ref()),
            secret: key.d.clone().into_bytes(),
        })
    }
}

impl PrivateKey {
    fn random() -> Result<Self, String> {
        let failed = |_: aws_lc_rs::error::Unspecified| "no key could be made".to_owned();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?;
        let d: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().map_err(failed)?;
        // An uncompressed point: 4, x, y (SEC 1, section 2.3.3).
        let (x, y) = pair
            .public_key()
            .as_ref()
            .get(1..)
            .and_then(|point| point.split_at_checked(32))
            .ok_or("no key could be made")?;
        let mut key = Self {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            kid: String::new(),
            x: URL_SAFE_NO_PAD.encode(x),
            y: URL_SAFE_NO_PAD.encode(y),
            d: URL_SAFE_NO_PAD.encode(d.as_ref()),
        };
        // RFC 7638: a name that follows from the key.
        let jwk = Jwk::deserialize(key.published()).map_err(|error| error.to_string())?;
        key.kid = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(|error| error.to_string())?;
        Ok(key)
    }

    fn published(&self) -> Value {
        json!({
            "kty": self.kty,
            "crv": self.crv,
            "kid": self.kid,
            "x": self.x,
            "y": self.y,
            "alg": "ES256",
            "use": "sig",
            "key_ops": ["verify"],
        })
    }

    fn pair(&self) -> Result<EcdsaKeyPair, String> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let point = [vec![4], bytes(&self.x), bytes(&self.y)].concat();
        if self.kty != "EC" || self.crv != "P-256" {
            return Err(self.unusable());
        }
        EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &bytes(&self.d),
            &point,
        )
        .map_err(|_| self.unusable())
    }

    fn unusable(&self) -> String {
        format!("key {}: is no private key on P-256", self.kid)
    }
}

fn is_open_to_others(path: &Path) -> bool {
    let mode = fs::metadata(path).map(|metadata| metadata.permissions().mode());
    mode.is_ok_and(|mode| mode & 0o077 != 0)
}

fn told(path: &Path, problem: impl std::fmt::Display) -> String {
    format!("{}: {problem}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("rowdesk-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_file_is_made_once_and_for_its_owner_alone() {
        let folder = folder("keys-made");
        let path = folder.join("keys.json");
        let made = KeyFile::open(&path).unwrap();
        assert_eq!(made, KeyFile::open(&path).unwrap());
        assert!(!is_open_to_others(&path));
        assert_eq!(made.kids().count(), 2);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert!(!made.published().to_string().contains("\"d\""));
        assert!(!format!("{made:?}").contains(&made.keys[0].d));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn rotation_lets_the_next_key_sign_and_keeps_the_last() {
        let folder = folder("keys-rotated");
        let path = folder.join("keys.json");
        let first = KeyFile::open(&path).unwrap();
        let second = KeyFile::rotate(&path).unwrap();
        assert_eq!(second, KeyFile::open(&path).unwrap());
        let third = KeyFile::rotate(&path).unwrap();
        let kids = |file: &KeyFile| file.kids().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(kids(&second)[0], kids(&first)[1]);
        assert_eq!(kids(&second)[2], kids(&first)[0]);
        assert_eq!(kids(&third)[0], kids(&second)[1]);
        assert_eq!(kids(&third)[2], kids(&second)[0]);
        assert_eq!(kids(&third).len(), 3);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_no_key_is_told_without_its_parts() {
        let key = PrivateKey::random().unwrap();
        let other = PrivateKey::random().unwrap();
        let mixed = PrivateKey {
            d: other.d,
            ..key.clone()
        };
        for (text, expected) in [
            (String::new(), "is no JSON Web Key Set"),
            ("{\"keys\":[]}".to_owned(), "has no key"),
            (
                json!({ "keys": [{ "d": key.d }] }).to_string(),
                "is no JSON Web Key Set",
            ),
            (
                json!({ "keys": [mixed] }).to_string(),
                "is no private key on P-256",
            ),
        ] {
            let problem = KeyFile::parse(text.as_bytes()).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
            assert!(!problem.contains(&key.d), "{problem}");
        }
    }
}
