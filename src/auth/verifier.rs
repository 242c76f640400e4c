//! Verifies tokens, and remembers those it has verified.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Lifecycle, UnitWeighter};

use super::claims::Rules;
use super::fetched_keys::{FetchError, FetchedKeys};
use super::fixed_keys::{Bearer, FixedKeys};
use super::key_file::KeyFile;
use super::keys::{Keys, secret_bytes};
use super::token::{MAX_TOKEN_BYTES, Token};
use super::{Claims, JwtError, Role, bearer_token, resolve_role};
use crate::config::{Config, ConfigError, RoleClaimKey};

/// Knows the keys and rules by which tokens are accepted. Shared by all requests.
#[derive(Debug)]
pub struct Verifier {
    /// `None`: no `jwt-secret`.
    keys: Option<Keys>,
    /// Those of `auth-keys-file`, which we sign with.
    own: Option<Keys>,
    /// What is no token, and stands for a role.
    fixed: FixedKeys,
    /// `None`: no `jwt-jwks-url`.
    fetched: Option<Arc<FetchedKeys>>,
    rules: Rules,
    role_claim_key: RoleClaimKey,
    anon: Option<String>,
    permitted_roles: Vec<String>,
    /// The role by which people sign in. No token is for it, whatever `permitted_roles` say.
    sign_in_role: Option<String>,
    /// Tokens with a right signature, whether or not their claims hold: that is checked each time.
    /// The key is the whole token, so tokens whose hashes collide are still told apart.
    cache: Option<Remembered>,
    counted: Arc<Counted>,
    anonymous: Arc<Claims>,
}

type Remembered = Cache<Box<str>, Verified, UnitWeighter, DefaultHashBuilder, CountEvictions>;

/// The claims of a token, and how many sets of keys had been fetched when it was verified.
#[derive(Debug, Clone)]
struct Verified {
    claims: Arc<Claims>,
    generation: u64,
}

/// What has happened to the cache of verified tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheCounts {
    pub lookups: u64,
    pub hits: u64,
    pub evictions: u64,
}

#[derive(Debug, Default)]
struct Counted {
    lookups: AtomicU64,
    hits: AtomicU64,
    evictions: AtomicU64,
}

/// Tells when a token is forgotten.
#[derive(Debug, Clone)]
struct CountEvictions(Arc<Counted>);

impl Lifecycle<Box<str>, Verified> for CountEvictions {
    type RequestState = ();

    fn on_evict(&self, (): &mut Self::RequestState, _: Box<str>, _: Verified) {
        self.0.evictions.fetch_add(1, Ordering::Relaxed);
    }
}

/// Who a request comes from.
#[derive(Debug, Clone)]
pub struct Caller {
    pub role: Role,
    /// For `request.jwt.claims`; those of a caller without a token hold only the role.
    pub claims: Arc<Claims>,
}

impl Verifier {
    /// Reads the keys.
    ///
    /// # Errors
    /// [`ConfigError::JwtSecret`]: too short, not base64, or without a key that can be used;
    /// [`ConfigError::KeysFile`], [`ConfigError::ApiKey`].
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        Self::counting(config, FetchedKeys::new(config)?, Arc::default())
    }

    fn counting(
        config: &Config,
        fetched: Option<Arc<FetchedKeys>>,
        counted: Arc<Counted>,
    ) -> Result<Self, ConfigError> {
        let keys = secret_bytes(config)?
            .map(|secret| Keys::parse(&secret))
            .transpose()
            .map_err(|problem| ConfigError::JwtSecret { problem })?;
        let own = config
            .auth_keys_file
            .as_deref()
            .map(|path| KeyFile::open(path)?.verifying())
            .transpose()
            .map_err(|problem| ConfigError::KeysFile { problem })?;
        let entries = config.jwt_cache_max_entries;
        Ok(Self {
            keys,
            own,
            fixed: FixedKeys::new(config)?,
            fetched,
            rules: Rules {
                skew_seconds: config.jwt_clock_skew.as_secs(),
                aud: config.jwt_aud.clone(),
                iss: config.jwt_iss.clone(),
                requires_exp: config.jwt_exp_required,
            },
            role_claim_key: config.jwt_role_claim_key.clone(),
            anon: config.db_anon_role.clone(),
            permitted_roles: config.jwt_roles.clone(),
            sign_in_role: config.auth_role.clone(),
            cache: (entries > 0).then(|| remembering(entries, Arc::clone(&counted))),
            counted,
            anonymous: Arc::new(Claims::of_role(config.db_anon_role.as_deref())),
        })
    }

    /// The same with other settings. Tokens are verified anew, and counted on.
    ///
    /// # Errors
    /// As [`Verifier::new`].
    pub fn with(&self, config: &Config) -> Result<Self, ConfigError> {
        let fetched = self.fetched.as_ref().filter(|keys| keys.fit(config));
        let fetched = match fetched {
            Some(keys) => Some(Arc::clone(keys)),
            None => FetchedKeys::new(config)?,
        };
        Self::counting(config, fetched, Arc::clone(&self.counted))
    }

    /// Fetches the keys of `jwt-jwks-url` if that has not been done yet.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn fetch_keys(&self) -> Result<(), FetchError> {
        match &self.fetched {
            Some(keys) => keys.fetch_first().await,
            None => Ok(()),
        }
    }

    /// Whether they verify with the same fetched keys.
    #[must_use]
    pub fn shares_fetched_keys(&self, other: &Self) -> bool {
        match (&self.fetched, &other.fetched) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    /// As [`Verifier::authenticate`], but looks for new keys where those that are known do not fit.
    ///
    /// # Errors
    /// As there.
    pub async fn caller(
        &self,
        header: Option<&(impl AsRef<[u8]> + ?Sized)>,
        now: u64,
    ) -> Result<Caller, JwtError> {
        let generation = self.generation();
        match (self.authenticate(header, now), &self.fetched) {
            // On the heap: few requests need it.
            (Err(JwtError::Key(_)), Some(keys)) if Box::pin(keys.replace(generation)).await => {
                self.authenticate(header, now)
            }
            (result, _) => result,
        }
    }

    /// What has happened to the cache so far.
    #[must_use]
    pub fn cache_counts(&self) -> CacheCounts {
        CacheCounts {
            lookups: self.counted.lookups.load(Ordering::Relaxed),
            hits: self.counted.hits.load(Ordering::Relaxed),
            evictions: self.counted.evictions.load(Ordering::Relaxed),
        }
    }

    /// Who sends this `Authorization` header (`None`: no header) at `now`, in seconds since 1970.
    ///
    /// # Errors
    /// Every [`JwtError`] but [`JwtError::CannotSign`].
    pub fn authenticate(
        &self,
        header: Option<&(impl AsRef<[u8]> + ?Sized)>,
        now: u64,
    ) -> Result<Caller, JwtError> {
        let token = header
            .as_ref()
            .and_then(|header| bearer_token(header.as_ref()));
        let known = token.and_then(|token| self.fixed.bearer(token));
        if let Some(Bearer::Secret(role, claims)) = known {
            return Ok(Caller { role, claims });
        }
        // Everybody has the publishable key: who shows nothing else is anybody.
        let token = token.filter(|_| known.is_none());
        let claims = match token.map(std::str::from_utf8) {
            Some(Ok(token)) => self.verify(token, now)?,
            Some(Err(_)) => return Err(JwtError::Undecodable),
            None => Arc::clone(&self.anonymous),
        };
        let role = self.role(&claims)?;
        Ok(Caller { role, claims })
    }

    /// The role of whoever has these claims.
    ///
    /// # Errors
    /// [`JwtError::TokenRequired`], [`JwtError::RoleNotPermitted`].
    pub fn role(&self, claims: &Claims) -> Result<Role, JwtError> {
        let role = resolve_role(Some(claims), self.anon.as_deref(), &self.permitted_roles)?;
        if self.sign_in_role.as_deref() == Some(&*role.name) {
            return Err(JwtError::RoleNotPermitted(role.name.to_string()));
        }
        Ok(role)
    }

    /// The claims of a token, if it is signed with one of the keys and its claims hold at `now`, in
    /// seconds since 1970.
    ///
    /// # Errors
    /// PGRST300, PGRST301 and PGRST303.
    pub fn verify(&self, token: &str, now: u64) -> Result<Arc<Claims>, JwtError> {
        if self.keys.is_none() && self.own.is_none() && self.fetched.is_none() {
            return Err(JwtError::SecretMissing);
        }
        let claims = match self.remembered(token) {
            Some(claims) => claims,
            None => self.verified(token)?,
        };
        claims.check(now, &self.rules)?;
        Ok(claims)
    }

    /// Whether this is `publishable-key`, which everybody has.
    #[must_use]
    pub fn is_publishable(&self, text: &[u8]) -> bool {
        self.fixed.bearer(text) == Some(Bearer::Anybody)
    }

    /// Whether this is `publishable-key` or `secret-key`.
    #[must_use]
    pub fn is_fixed_key(&self, text: &[u8]) -> bool {
        self.fixed.bearer(text).is_some()
    }

    #[cfg(test)]
    pub(super) fn remembered_tokens(&self) -> usize {
        self.cache.as_ref().map_or(0, Cache::len)
    }

    fn remembered(&self, token: &str) -> Option<Arc<Claims>> {
        // Longer ones are never in the cache, and need not be hashed to know it.
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let cache = self.cache.as_ref()?;
        self.counted.lookups.fetch_add(1, Ordering::Relaxed);
        let found = cache.get(token)?;
        // The key that made its signature may be withdrawn.
        if found.generation != self.generation() {
            return None;
        }
        self.counted.hits.fetch_add(1, Ordering::Relaxed);
        Some(found.claims)
    }

    fn generation(&self) -> u64 {
        self.fetched.as_ref().map_or(0, |keys| keys.generation())
    }

    fn verified(&self, text: &str) -> Result<Arc<Claims>, JwtError> {
        let token = Token::parse(text)?;
        // Before the keys: verified with those of later, it is only verified once more.
        let generation = self.generation();
        let own = self.keys.iter().chain(&self.own);
        match &self.fetched {
            None => Keys::verify(&own.collect::<Vec<_>>(), &token)?,
            Some(fetched) => fetched.with(|keys| {
                let all: Vec<_> = own.chain([keys]).collect();
                Keys::verify(&all, &token)
            })?,
        }
        let claims = Claims::parse(&token.payload, &self.role_claim_key, self.anon.as_deref())?;
        let claims = Arc::new(claims);
        // Only after the signature: nobody without a key can fill the cache.
        if let Some(cache) = &self.cache {
            let claims = Arc::clone(&claims);
            cache.insert(text.into(), Verified { claims, generation });
        }
        Ok(claims)
    }
}

fn remembering(entries: usize, counted: Arc<Counted>) -> Remembered {
    let weight = u64::try_from(entries).unwrap_or(u64::MAX);
    Cache::with(
        entries,
        weight,
        UnitWeighter,
        DefaultHashBuilder::default(),
        CountEvictions(counted),
    )
}
