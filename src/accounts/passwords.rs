//! Argon2id, off the threads that serve requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tracing::error;

use super::AccountError;
use crate::config::Config;

/// Of stored hashes: 256 MiB, far beyond what anybody recommends.
const MAX_MEMORY: u32 = 256 * 1024;
const MAX_PASSES: u32 = 32;
const MAX_LANES: u32 = 32;
/// How many may wait for each core, at some 20 ms each: a second.
const WAITING_PER_CORE: usize = 50;

/// Verifies passwords, as many at once as there are cores, each with the memory that the parameters say (19 MiB
/// unless set, in two passes: OWASP's).
pub struct Passwords {
    /// Today's: hashes of others are made anew.
    params: Params,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
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
            params: Params::DEFAULT,
            running: Arc::new(Semaphore::new(cores)),
            admitted: Arc::new(Semaphore::new(cores * (1 + WAITING_PER_CORE))),
            computed: Arc::default(),
        }
    }
}

impl Passwords {
    /// The same with the parameters of the settings: what runs and waits now still counts.
    ///
    /// # Errors
    /// What argon2id does not take.
    pub fn with(&self, config: &Config) -> Result<Self, String> {
        let (memory, passes, lanes) = (
            config.auth_argon2_memory,
            config.auth_argon2_passes,
            config.auth_argon2_lanes,
        );
        let params = Params::new(memory, passes, lanes, None)
            .ok()
            .filter(is_bearable);
        let params = params.ok_or_else(|| {
            format!(
                "argon2id takes no {memory} KiB in {passes} passes and {lanes} lanes: 8 KiB a lane are the least, \
                 {MAX_MEMORY} KiB, {MAX_PASSES} passes and {MAX_LANES} lanes the most"
            )
        })?;
        Ok(Self {
            params,
            running: Arc::clone(&self.running),
            admitted: Arc::clone(&self.admitted),
            computed: Arc::clone(&self.computed),
        })
    }

    /// Verifies a password against a PHC string, or against nobody's: that takes as long, and is wrong.
    ///
    /// # Errors
    /// [`AccountError::Busy`].
    pub async fn verify(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<Verdict, AccountError> {
        let argon2 = self.argon2();
        self.compute(move |computed| {
            computed.fetch_add(1, Ordering::Relaxed);
            verify(&argon2, password.as_bytes(), hash.as_deref())
        })
        .await
    }

    /// The PHC string of a new password.
    ///
    /// # Errors
    /// [`AccountError::Busy`], [`AccountError::Contract`].
    pub async fn hash(&self, password: String) -> Result<String, AccountError> {
        let argon2 = self.argon2();
        let hash = self.compute(move |computed| {
            computed.fetch_add(1, Ordering::Relaxed);
            let hash = argon2.hash_password(password.as_bytes());
            hash.map(|hash: PasswordHash| hash.to_string())
        });
        hash.await?
            .map_err(|error| AccountError::Contract(error.to_string()))
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }

    /// What takes a core and its memory for a while, off the threads that serve requests.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AtomicU64) -> T + Send + 'static,
    ) -> Result<T, AccountError> {
        let _admitted = self
            .admitted
            .try_acquire()
            .map_err(|_| AccountError::Busy)?;
        let running = Arc::clone(&self.running).acquire_owned();
        let running = running.await.map_err(|_| AccountError::Busy)?;
        let computed = Arc::clone(&self.computed);
        let done = spawn_blocking(move || {
            // Moved here: a caller that hangs up does not make room before the work is done.
            let _running = running;
            work(&computed)
        });
        done.await.map_err(|_| AccountError::Busy)
    }

    /// How many passwords have been hashed to verify them.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }
}

/// One way for all: also where there is no hash, or none that can be read, one is computed.
fn verify(argon2: &Argon2<'_>, password: &[u8], hash: Option<&str>) -> Verdict {
    let stored = hash.and_then(readable);
    let nobodys = nobodys_hash(argon2.params());
    let is_right = argon2
        .verify_password(password, stored.as_ref().unwrap_or(&nobodys))
        .is_ok();
    match stored {
        Some(stored) if is_right => Verdict::Right {
            rehashed: (!is_of(&stored, argon2.params()))
                .then(|| argon2.hash_password(password).ok())
                .flatten()
                .map(|hash: PasswordHash| hash.to_string()),
        },
        _ => Verdict::Wrong,
    }
}

/// Stands in where there is no account or no password. Of today's parameters, so that it takes as long as
/// a real one; of a password that nobody knows, and it would not help to know it.
fn nobodys_hash(params: &Params) -> PasswordHash {
    let hash = format!(
        "$argon2id$v=19$m={},t={},p={}$bm9ib2R5J3MgcGFzc3dvcmQ$c29tZSB0aGlydHktdHdvIGJ5dGVzLCBubyBoYXNoIC4",
        params.m_cost(),
        params.t_cost(),
        params.p_cost()
    );
    PasswordHash::new(&hash).expect("a PHC string, as a test says")
}

fn readable(hash: &str) -> Option<PasswordHash> {
    let stored = PasswordHash::new(hash).ok().filter(|stored| {
        stored.algorithm == ARGON2ID_IDENT
            && stored.salt.is_some()
            && stored.hash.is_some()
            && Params::try_from(stored).is_ok_and(|params| is_bearable(&params))
    });
    if stored.is_none() {
        error!(
            "a password hash is no argon2id PHC string, or asks for too much: nobody can sign in with it"
        );
    }
    stored
}

/// Anybody may have a hash computed by trying to sign in: one that somebody has brought along must not cost the machine.
fn is_bearable(params: &Params) -> bool {
    params.m_cost() <= MAX_MEMORY && params.t_cost() <= MAX_PASSES && params.p_cost() <= MAX_LANES
}

fn is_of(hash: &PasswordHash, today: &Params) -> bool {
    Params::try_from(hash).is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost())
            == (today.m_cost(), today.t_cost(), today.p_cost())
    })
}

#[cfg(test)]
mod tests {
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
            (
                "open sesame",
                Some(hash.replace("m=19456", "m=4194304")),
                Verdict::Wrong,
            ),
        ] {
            let found = passwords.verify(password.to_owned(), hash.clone()).await;
            assert_eq!(found.unwrap(), expected, "{password} {hash:?}");
            computed += 1;
            assert_eq!(passwords.computed(), computed);
        }
    }

    #[test]
    fn nobodys_hash_takes_as_long_as_anybodys() {
        for today in [Params::DEFAULT, Params::new(64, 3, 2, None).unwrap()] {
            let hash = nobodys_hash(&today).to_string();
            assert!(is_of(&readable(&hash).expect("a PHC string"), &today));
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
    async fn the_settings_say_how_hard_a_hash_is() {
        let config = Config {
            auth_argon2_memory: 128,
            auth_argon2_passes: 3,
            auth_argon2_lanes: 2,
            ..Config::default()
        };
        let passwords = Passwords::default().with(&config).unwrap();
        let hash = passwords.hash("open sesame".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=128,t=3,p=2$"), "{hash}");
        let strong = hashed("open sesame", Params::DEFAULT);
        let verdict = passwords.verify("open sesame".to_owned(), Some(strong));
        assert!(matches!(
            verdict.await.unwrap(),
            Verdict::Right { rehashed: Some(_) }
        ));
        let starved = Config {
            auth_argon2_memory: 8,
            ..config
        };
        let refused = Passwords::default().with(&starved).err();
        assert!(refused.is_some_and(|problem| problem.contains("8 KiB in 3 passes and 2 lanes")));
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_told_at_once() {
        let passwords = Passwords {
            admitted: Arc::new(Semaphore::new(0)),
            ..Passwords::default()
        };
        let refused = passwords.verify("x".to_owned(), None).await;
        assert!(matches!(refused, Err(AccountError::Busy)));
        assert_eq!(passwords.computed(), 0);
    }
}
