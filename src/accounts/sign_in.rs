//! From a grant to a session.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::credentials::{Grant, LinkKind};
use super::database::{Begun, Contract, Database, Document, Opened};
use super::link_settings::Links;
use super::mailer::Mailer;
use super::passwords::{Passwords, Verdict};
use super::{AccountError, refresh_token};
use crate::auth::{KeyFile, Signer, secret_bytes};
use crate::config::{Config, ConfigError};

/// Whom tokens and users are for, where no `jwt-aud` says otherwise. What clients expect.
const AUDIENCE: &str = "authenticated";
/// Where no `jwt-iss` says otherwise.
const ISSUER: &str = "rowdesk";

/// Signs people in. Shared by all requests.
pub struct Accounts {
    pub(super) contract: Contract,
    pub(super) passwords: Passwords,
    pub(super) signer: Signer,
    /// The keys by which others verify: a JSON Web Key Set.
    published: Value,
    pub(super) audience: String,
    issuer: String,
    token_lifetime: Duration,
    pub(super) session_lifetime: Duration,
    pub(super) links: Links,
    pub(super) mailer: Option<Mailer>,
    password_min_length: usize,
    reuse_interval: Duration,
    attempts_per_account: i32,
    attempts_per_address: i32,
    attempts_window: Duration,
}

/// Somebody is signed in.
pub struct Session {
    pub access_token: String,
    pub refresh_token: String,
    /// Seconds.
    pub expires_in: u64,
    expires_at: u64,
    user: Map<String, Value>,
}

impl Accounts {
    /// Reads settings and key; `None`: nobody signs in here.
    ///
    /// # Errors
    /// [`ConfigError`]: signing in is on and cannot work.
    pub fn new(config: &Config) -> Result<Option<Self>, ConfigError> {
        Self::over(config, &Passwords::default())
    }

    fn over(config: &Config, passwords: &Passwords) -> Result<Option<Self>, ConfigError> {
        let Some(role) = config.auth_role.clone() else {
            return Ok(None);
        };
        check(config, &role).map_err(|problem| ConfigError::SignIn { problem })?;
        let (signer, published) = signing(config)?;
        Ok(Some(Self {
            contract: Contract {
                role,
                schema: config.auth_schema.clone(),
            },
            passwords: passwords
                .with(config)
                .map_err(|problem| ConfigError::SignIn { problem })?,
            signer,
            published,
            audience: config
                .jwt_aud
                .clone()
                .unwrap_or_else(|| AUDIENCE.to_owned()),
            issuer: config.jwt_iss.clone().unwrap_or_else(|| ISSUER.to_owned()),
            token_lifetime: config.auth_token_lifetime,
            session_lifetime: config.auth_session_lifetime,
            links: Links::new(config).map_err(|problem| ConfigError::SignIn { problem })?,
            mailer: Mailer::new(config.mail_url.as_ref(), &config.mail_from)
                .map_err(|problem| ConfigError::SignIn { problem })?,
            password_min_length: config.auth_password_min_length,
            reuse_interval: config.auth_refresh_reuse_interval,
            attempts_per_account: config.auth_attempts_per_account,
            attempts_per_address: config.auth_attempts_per_address,
            attempts_window: config.auth_attempts_window,
        }))
    }

    /// The same with other settings: what runs and waits now still counts.
    ///
    /// # Errors
    /// As [`Accounts::new`].
    pub fn with(&self, config: &Config) -> Result<Option<Self>, ConfigError> {
        Self::over(config, &self.passwords)
    }

    /// The keys by which others verify the tokens that are made here (RFC 7517, section 5).
    pub fn published_keys(&self) -> &Value {
        &self.published
    }

    /// How many passwords have been hashed to verify them.
    pub fn passwords_computed(&self) -> u64 {
        self.passwords.computed()
    }

    /// A session for whoever is entitled to one. `now` in seconds since 1970.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn grant(
        &self,
        database: Database<'_>,
        (grant, caller): (Grant, Caller),
        now: u64,
    ) -> Result<Session, AccountError> {
        let (refresh_token, opened) = match grant {
            Grant::Password { email, password } => {
                self.sign_in(database, email, password, caller).await?
            }
            Grant::RefreshToken(token) => self.refresh(database, &token).await?,
            Grant::Code { code, verifier } => {
                self.exchange(database, (&code, &verifier), &caller).await?
            }
        };
        match opened {
            Opened::Refused { refused } => Err(AccountError::named(&refused)),
            Opened::Open(document) => self.session(document, refresh_token, now),
        }
    }

    async fn sign_in(
        &self,
        database: Database<'_>,
        email: String,
        password: String,
        caller: Caller,
    ) -> Result<(String, Opened), AccountError> {
        let mut request = json!({
            "email": email,
            "address": caller.network(),
            "user_agent": caller.user_agent,
            "account_attempts": self.attempts_per_account,
            "address_attempts": self.attempts_per_address,
            "window_seconds": self.attempts_window.as_secs(),
        });
        let begun = self
            .contract
            .call(database, "begin_sign_in", &request)
            .await?;
        let (account, hash, password_set_at) = match begun {
            Begun::TooManyAttempts { retry_after } => {
                return Err(AccountError::TooManyAttempts {
                    seconds: retry_after,
                });
            }
            Begun::Counted {
                account,
                password_hash,
                password_set_at,
            } => (account, password_hash, password_set_at),
        };
        // Also where there is no account: the answer takes as long.
        let verdict = self.passwords.verify(password, hash).await?;
        let (Verdict::Right { rehashed }, Some(account)) = (verdict, account) else {
            return Err(AccountError::InvalidCredentials);
        };
        let token = refresh_token::random()?;
        request["account"] = account.into();
        request["password_set_at"] = password_set_at.into();
        request["new_password_hash"] = rehashed.into();
        request["refresh_token_hash"] = refresh_token::hash(&token).into();
        request["session_seconds"] = self.session_lifetime.as_secs().into();
        let opened = self
            .contract
            .call(database, "complete_sign_in", &request)
            .await?;
        Ok((token, opened))
    }

    /// Whether a password may be somebody's.
    pub(super) fn check_password(&self, password: &str) -> Result<(), AccountError> {
        let least = self.password_min_length;
        if password.chars().count() < least {
            return Err(AccountError::WeakPassword(format!(
                "Password should be at least {least} characters"
            )));
        }
        Ok(())
    }

    async fn refresh(
        &self,
        database: Database<'_>,
        token: &str,
    ) -> Result<(String, Opened), AccountError> {
        let next = refresh_token::next(&self.signer, token)?;
        let request = json!({
            "refresh_token_hash": refresh_token::hash(token),
            "next_token_hash": refresh_token::hash(&next),
            "reuse_seconds": self.reuse_interval.as_secs(),
            "session_seconds": self.session_lifetime.as_secs(),
        });
        let opened = self
            .contract
            .call(database, "refresh_session", &request)
            .await?;
        Ok((next, opened))
    }

    pub(super) fn session(
        &self,
        document: Document,
        refresh_token: String,
        now: u64,
    ) -> Result<Session, AccountError> {
        let Document {
            mut claims,
            mut user,
        } = document;
        let expires_in = self.token_lifetime.as_secs();
        let expires_at = now.saturating_add(expires_in);
        claims.insert("iss".to_owned(), self.issuer.as_str().into());
        claims.insert("aud".to_owned(), self.audience.as_str().into());
        claims.insert("iat".to_owned(), now.into());
        claims.insert("exp".to_owned(), expires_at.into());
        user.insert("aud".to_owned(), self.audience.as_str().into());
        Ok(Session {
            access_token: self.signer.token(&claims)?,
            refresh_token,
            expires_in,
            expires_at,
            user,
        })
    }
}

impl Session {
    /// As clients want it.
    pub fn json(&self) -> Value {
        json!({
            "access_token": self.access_token,
            "token_type": "bearer",
            "expires_in": self.expires_in,
            "expires_at": self.expires_at,
            "refresh_token": self.refresh_token,
            "user": self.user,
        })
    }

    /// For a page that has the tokens in cookies.
    pub fn json_without_tokens(&self) -> Value {
        json!({
            "token_type": "cookie",
            "expires_in": self.expires_in,
            "expires_at": self.expires_at,
            "user": self.user,
        })
    }

    /// As clients find it behind the `#` of the address that a link leads to.
    pub(super) fn fragment(&self, kind: LinkKind) -> String {
        form_urlencoded::Serializer::new(String::new())
            .append_pair("access_token", &self.access_token)
            .append_pair("expires_at", &self.expires_at.to_string())
            .append_pair("expires_in", &self.expires_in.to_string())
            .append_pair("refresh_token", &self.refresh_token)
            .append_pair("token_type", "bearer")
            .append_pair("type", kind.name())
            .finish()
    }
}

/// What tokens are signed with, and what everybody may know of it.
fn signing(config: &Config) -> Result<(Signer, Value), ConfigError> {
    if let Some(path) = &config.auth_keys_file {
        let file = KeyFile::open(path).map_err(|problem| ConfigError::KeysFile { problem })?;
        let signer = Signer::of_file(&file).map_err(|error| ConfigError::KeysFile {
            problem: error.to_string(),
        })?;
        return Ok((signer, file.published()));
    }
    let secret = secret_bytes(config)?.ok_or_else(|| ConfigError::SignIn {
        problem: "there is neither auth-keys-file nor jwt-secret to sign tokens with".to_owned(),
    })?;
    let signer = Signer::new(secret).map_err(|error| ConfigError::SignIn {
        problem: format!("jwt-secret {error}"),
    })?;
    // Whoever knows a symmetric key can sign with it.
    Ok((signer, json!({ "keys": [] })))
}

/// What would make signing in useless or dangerous.
fn check(config: &Config, role: &str) -> Result<(), String> {
    let schema = &config.auth_schema;
    if config.db_schemas.contains(schema) {
        return Err(format!(
            "its schema {schema} is one of db-schemas: clients would see it"
        ));
    }
    if config.db_anon_role.as_deref() == Some(role) {
        return Err(format!("{role} is db-anon-role, too"));
    }
    if config.jwt_roles.iter().any(|permitted| permitted == role) {
        return Err(format!("{role} is one of jwt-roles, which tokens may name"));
    }
    let example = json!({ "role": "somebody" });
    let found = config.jwt_role_claim_key.find(&example);
    if found.and_then(Value::as_str) != Some("somebody") {
        return Err(format!(
            "tokens that are made here name their role at $.role, and jwt-role-claim-key looks at {}",
            config.jwt_role_claim_key.as_str()
        ));
    }
    Ok(())
}
