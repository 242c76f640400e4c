//! Keys from a URL: a JSON Web Key Set (RFC 7517, section 5) that whoever issues the tokens publishes there,
//! and changes now and then.
//!
//! The set is fetched when the server starts, when it has grown old, and when a token was signed with none of
//! its keys, but that not often: anybody can send such a token. If it cannot be fetched, the last one stays.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use thiserror::Error;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tracing::{error, info};

use super::keys::Keys;
use crate::config::{Config, ConfigError, redacted_uri};

/// A server that takes longer has no answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Sets have some kilobytes.
const MAX_BYTES: usize = 256 * 1024;
/// Tokens with unknown keys cause a look at the URL at most so often.
const COOLDOWN: Duration = Duration::from_secs(10);
/// Waiting time before a fetch that failed is tried again, doubled each time.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// Why the last set stays.
#[derive(Debug, Error)]
pub enum FetchError {
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("the answer has the status {0}, expected 200")]
    Status(StatusCode),
    #[error("the answer has more than {MAX_BYTES} bytes")]
    Size,
    #[error("the answer {0}")]
    Keys(String),
}

/// The keys at a URL, as they were when it was last looked at.
#[derive(Debug)]
pub(super) struct FetchedKeys {
    url: String,
    max_age: Duration,
    client: Client,
    current: ArcSwap<Fetched>,
    /// When the URL was last looked at. Held meanwhile: there is one look at a time.
    looked_at: Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Fetched {
    /// Counts the sets that there have been; 0: none yet.
    generation: u64,
    text: Vec<u8>,
    keys: Keys,
}

impl FetchedKeys {
    /// The keys at `jwt-jwks-url`, kept fresh as long as anybody holds them. `None`: there is no such URL.
    pub fn new(config: &Config) -> Result<Option<Arc<Self>>, ConfigError> {
        let Some(url) = config.jwt_jwks_url.clone() else {
            return Ok(None);
        };
        // What is not at the URL itself is not what the operator chose to trust.
        let client = Client::builder().timeout(TIMEOUT).redirect(Policy::none());
        let client = client.build().map_err(|error| ConfigError::JwksUrl {
            problem: error.to_string(),
        })?;
        let keys = Arc::new(Self {
            url,
            max_age: config.jwt_jwks_max_age,
            client,
            current: ArcSwap::default(),
            looked_at: Mutex::new(None),
        });
        // Without a runtime nobody sends tokens.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(keep_fresh(Arc::downgrade(&keys), keys.max_age));
        }
        Ok(Some(keys))
    }

    /// Whether they are what these settings ask for.
    pub fn fit(&self, config: &Config) -> bool {
        config.jwt_jwks_url.as_ref() == Some(&self.url) && config.jwt_jwks_max_age == self.max_age
    }

    /// Counts the sets that there have been.
    pub fn generation(&self) -> u64 {
        self.current.load().generation
    }

    /// Calls `use_keys` with the keys of this moment.
    pub fn with<T>(&self, use_keys: impl FnOnce(&Keys) -> T) -> T {
        use_keys(&self.current.load().keys)
    }

    /// Looks at the URL if nobody has yet.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn fetch_first(&self) -> Result<(), FetchError> {
        let mut looked_at = self.looked_at.lock().await;
        if self.generation() > 0 {
            return Ok(());
        }
        *looked_at = Some(Instant::now());
        self.fetch().await
    }

    /// Looks at the URL because a token fits none of the keys of that generation. True: there are others now.
    pub async fn replace(&self, generation: u64) -> bool {
        let mut looked_at = self.looked_at.lock().await;
        let cooldown = COOLDOWN.min(self.max_age / 4);
        let is_recent = looked_at.is_some_and(|at| at.elapsed() < cooldown);
        if self.generation() == generation && !is_recent {
            *looked_at = Some(Instant::now());
            self.fetch_logged().await;
        }
        self.generation() != generation
    }

    async fn fetch_logged(&self) -> bool {
        let fetched = self.fetch().await;
        if let Err(error) = &fetched {
            let url = redacted_uri(&self.url);
            let cause = std::error::Error::source(error).map(ToString::to_string);
            error!(url, %error, cause, "cannot fetch the keys of tokens: the last ones stay");
        }
        fetched.is_ok()
    }

    async fn fetch(&self) -> Result<(), FetchError> {
        let response = self.client.get(&self.url).send().await;
        let text = text_of(response.map_err(reqwest::Error::without_url)?).await?;
        let last = self.current.load();
        if last.generation > 0 && last.text == text {
            return Ok(());
        }
        let keys = Keys::published(&text).map_err(FetchError::Keys)?;
        let generation = last.generation + 1;
        info!(keys = keys.len(), "fetched the keys of tokens");
        self.current.store(Arc::new(Fetched {
            generation,
            text,
            keys,
        }));
        Ok(())
    }
}

async fn text_of(mut response: Response) -> Result<Vec<u8>, FetchError> {
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status(response.status()));
    }
    let mut text = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(reqwest::Error::without_url)?
    {
        text.extend_from_slice(&chunk);
        if text.len() > MAX_BYTES {
            return Err(FetchError::Size);
        }
    }
    Ok(text)
}

/// Looks at the URL now and then, until nobody holds the keys.
async fn keep_fresh(keys: Weak<FetchedKeys>, max_age: Duration) {
    let mut pause = FIRST_RETRY;
    while let Some(keys) = keys.upgrade() {
        let mut looked_at = keys.looked_at.lock().await;
        let age = looked_at.map_or(max_age, |at| at.elapsed());
        let is_old = age >= max_age || keys.generation() == 0;
        let is_fresh = !is_old || {
            *looked_at = Some(Instant::now());
            keys.fetch_logged().await
        };
        drop(looked_at);
        drop(keys);
        if is_fresh {
            pause = FIRST_RETRY;
            tokio::time::sleep(if is_old {
                max_age
            } else {
                max_age.saturating_sub(age)
            })
            .await;
        } else {
            tokio::time::sleep(pause.min(max_age)).await;
            pause = (pause * 2).min(max_age);
        }
    }
}
