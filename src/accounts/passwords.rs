//! Argon2id, off the threads that serve requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{ARGON2ID_IDENT, Argon2, Params};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tracing::error;

use super::AccountError;

/// How many may wait for each core, at some 20 ms each: a second.
const WAITING_PER_CORE: usize = 50;
/// Any: nothing is kept of what is hashed with it.
const SALT_OF_NOBODY: &[u8] = b"nobody's password";

/// Verifies passwords, as many at once as there are cores, each with 19 MiB of memory (the crate's
/// default parameters, which are OWASP's).
pub struct Passwords {
    running: Arc<Semaphore>,
    admitted: Semaphore,
    computed: Arc<AtomicU64>,
}

/// What a password is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right {
        /// A new hash (PHC string), where the old one was made with other parameters than today's.
        rehashed: Option<String>,
    },
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            running: Arc::new(Semaphore::new(cores)),
            admitted: Semaphore::new(cores * (1 + WAITING_PER_CORE)),
            computed: Arc::default(),
        }
    }
}

impl Passwords {
    /// Verifies a password against a PHC string, or against nobody's: that takes as long, and is wrong.
    ///
    /// # Errors
    /// [`AccountError::Busy`].
    pub async fn verify(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<Verdict, AccountError> {
        let _admitted = self
            .admitted
            .try_acquire()
            .map_err(|_| AccountError::Busy)?;
        let running = Arc::clone(&self.running).acquire_owned();
        let running = running.await.map_err(|_| AccountError::Busy)?;
        let computed = Arc::clone(&self.computed);
        let verdict = spawn_blocking(move || {
            // Moved here: a caller that hangs up does not make room before the work is done.
            let _running = running;
            computed.fetch_add(1, Ordering::Relaxed);
            verify(password.as_bytes(), hash.as_deref())
        });
        verdict.await.map_err(|_| AccountError::Busy)
    }

    /// How many passwords have been hashed to verify them.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }
}

fn verify(password: &[u8], hash: Option<&str>) -> Verdict {
    let argon2 = Argon2::default();
    let stored = hash.and_then(|hash| match PasswordHash::new(hash) {
        Ok(stored) if stored.algorithm == ARGON2ID_IDENT => Some(stored),
        _ => {
            error!("an account's password hash is not an argon2id PHC string: nobody can sign in with it");
            None
        }
    });
    let Some(stored) = stored else {
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        let _ = argon2.hash_password_into(password, SALT_OF_NOBODY, &mut out);
        return Verdict::Wrong;
    };
    if argon2.verify_password(password, &stored).is_err() {
        return Verdict::Wrong;
    }
    let rehashed = (!is_of_today(&stored))
        .then(|| argon2.hash_password(password).ok())
        .flatten()
        .map(|hash: PasswordHash| hash.to_string());
    Verdict::Right { rehashed }
}

fn is_of_today(hash: &PasswordHash) -> bool {
    Params::try_from(hash).is_ok_and(|params| {
        let today = Params::DEFAULT;
        (params.m_cost(), params.t_cost(), params.p_cost())
            == (today.m_cost(), today.t_cost(), today.p_cost())
    })
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Version};

    use super::*;

    fn hashed(password: &str, params: Params) -> String {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash: PasswordHash = argon2.hash_password(password.as_bytes()).unwrap();
        hash.to_string()
    }

    fn right(rehashed: Option<String>) -> Verdict {
        Verdict::Right { rehashed }
    }

    #[tokio::test]
    async fn whoever_tries_a_hash_is_computed() {
        let passwords = Passwords::default();
        let hash = hashed("open sesame", Params::default());
        let mut computed = 0;
        for (password, hash, expected) in [
            ("open sesame", Some(hash.clone()), right(None)),
            ("open Sesame", Some(hash.clone()), Verdict::Wrong),
            ("", Some(hash.clone()), Verdict::Wrong),
            ("open sesame", None, Verdict::Wrong),
            ("open sesame", Some(String::new()), Verdict::Wrong),
            (
                "open sesame",
                Some("open sesame".to_owned()),
                Verdict::Wrong,
            ),
            (
                "open sesame",
                Some("$argon2id$v=19$m=8".to_owned()),
                Verdict::Wrong,
            ),
        ] {
            let found = passwords.verify(password.to_owned(), hash.clone()).await;
            assert_eq!(found.unwrap(), expected, "{password} {hash:?}");
            computed += 1;
            assert_eq!(passwords.computed(), computed);
        }
    }

    #[tokio::test]
    async fn a_hash_of_weaker_parameters_is_made_anew() {
        let passwords = Passwords::default();
        let weak = hashed("open sesame", Params::new(64, 1, 1, None).unwrap());
        let verdict = passwords.verify("open sesame".to_owned(), Some(weak.clone()));
        let Verdict::Right {
            rehashed: Some(strong),
        } = verdict.await.unwrap()
        else {
            panic!("not made anew");
        };
        assert!(
            strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{strong}"
        );
        for (password, expected) in [("open sesame", right(None)), ("other", Verdict::Wrong)] {
            let found = passwords
                .verify(password.to_owned(), Some(strong.clone()))
                .await;
            assert_eq!(found.unwrap(), expected);
        }
        let found = passwords.verify("other".to_owned(), Some(weak)).await;
        assert_eq!(found.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_told_at_once() {
        let passwords = Passwords {
            admitted: Semaphore::new(0),
            ..Passwords::default()
        };
        let refused = passwords.verify("x".to_owned(), None).await;
        assert!(matches!(refused, Err(AccountError::Busy)));
        assert_eq!(passwords.computed(), 0);
    }
}
