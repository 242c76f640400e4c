//! `publishable-key` and `secret-key`: texts that stand for a role, as `@supabase/supabase-js` sends them
//! (`createClient(url, key)`).

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Claims, Role};
use crate::config::{Config, ConfigError, Secret};

/// Nobody guesses as much.
const MIN_SECRET_BYTES: usize = 32;

/// The two keys, as hashes: how long a comparison takes tells nothing of them.
#[derive(Debug)]
pub(super) struct FixedKeys {
    publishable: Option<[u8; 32]>,
    secret: Option<([u8; 32], Role, Arc<Claims>)>,
}

/// Whom a key stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bearer {
    /// Everybody has it.
    Anybody,
    Secret(Role, Arc<Claims>),
}

impl FixedKeys {
    /// # Errors
    /// [`ConfigError::ApiKey`]: a key that protects nothing, or that stands for nobody.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let refused = |problem: &str| {
            Err(ConfigError::ApiKey {
                problem: problem.to_owned(),
            })
        };
        let hashed = |key: &Secret| hash(key.expose().trim_ascii());
        let publishable = config.publishable_key.as_ref().map(hashed);
        let secret = match (&config.secret_key, &config.secret_key_role) {
            (None, _) => None,
            (Some(_), None) => {
                return refused("secret-key needs secret-key-role, the role that it stands for");
            }
            (Some(key), _) if key.expose().trim_ascii().len() < MIN_SECRET_BYTES => {
                return refused("secret-key must be at least 32 bytes long");
            }
            (Some(_), Some(role)) if config.auth_role.as_deref() == Some(role) => {
                return refused("secret-key-role is auth-role, which signs people in");
            }
            (Some(key), Some(role)) => {
                let role = Role {
                    name: Arc::from(role.as_str()),
                    is_anonymous: false,
                };
                let claims = Arc::new(Claims::of_role(Some(&role.name)));
                Some((hashed(key), role, claims))
            }
        };
        if let (Some(one), Some((other, ..))) = (&publishable, &secret)
            && one == other
        {
            return refused(
                "publishable-key and secret-key are the same, and everybody knows the first",
            );
        }
        Ok(Self {
            publishable,
            secret,
        })
    }

    /// Whom this text stands for; `None`: it is none of the keys.
    pub fn bearer(&self, text: &[u8]) -> Option<Bearer> {
        if self.publishable.is_none() && self.secret.is_none() {
            return None;
        }
        let sent = hash(text);
        if self.publishable == Some(sent) {
            return Some(Bearer::Anybody);
        }
        let (key, role, claims) = self.secret.as_ref()?;
        (*key == sent).then(|| Bearer::Secret(role.clone(), Arc::clone(claims)))
    }
}

fn hash(text: &[u8]) -> [u8; 32] {
    Sha256::digest(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "sb_secret_0123456789abcdef0123456789";

    fn config(publishable: Option<&str>, secret: Option<&str>, role: Option<&str>) -> Config {
        Config {
            publishable_key: publishable.map(Secret::new),
            secret_key: secret.map(Secret::new),
            secret_key_role: role.map(str::to_owned),
            auth_role: Some("porter".to_owned()),
            ..Config::default()
        }
    }

    #[test]
    fn each_key_stands_for_its_role_and_nothing_else_for_any() {
        let keys = FixedKeys::new(&config(Some("pub"), Some(SECRET), Some("robot"))).unwrap();
        assert_eq!(keys.bearer(b"pub"), Some(Bearer::Anybody));
        let Some(Bearer::Secret(role, claims)) = keys.bearer(SECRET.as_bytes()) else {
            panic!("not known");
        };
        assert_eq!(&*role.name, "robot");
        assert!(!role.is_anonymous);
        assert_eq!(claims.json, r#"{"role":"robot"}"#);
        for other in ["", "pu", "pub ", "sb_secret_", "robot"] {
            assert_eq!(keys.bearer(other.as_bytes()), None, "{other}");
        }
        let none = FixedKeys::new(&config(None, None, Some("robot"))).unwrap();
        assert_eq!(none.bearer(b""), None);
    }

    #[test]
    fn keys_that_protect_nothing_are_refused() {
        for (given, expected) in [
            (config(None, Some(SECRET), None), "needs secret-key-role"),
            (
                config(None, Some("short"), Some("robot")),
                "at least 32 bytes",
            ),
            (config(None, Some(SECRET), Some("porter")), "is auth-role"),
            (
                config(Some(SECRET), Some(SECRET), Some("robot")),
                "are the same",
            ),
        ] {
            let problem = FixedKeys::new(&given).unwrap_err().to_string();
            assert!(problem.contains(expected), "{problem}");
            assert!(!problem.contains(SECRET));
        }
    }
}
