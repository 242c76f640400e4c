//! Links that are mailed: who has one reads the account's mail, and is let in to set a password.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep_until};

use super::caller::Caller;
use super::credentials::{Asked, LinkKind, Proof, challenge_of};
use super::database::{Database, Opened, Sent, Verified};
use super::link_settings::Links;
use super::sign_in::{Accounts, Session};
use super::{AccountError, refresh_token};
use crate::config::{Config, Signup};

/// Every answer to somebody who asks for a link comes after that long at the soonest: how much there was to do for the
/// email, its time does not tell.
const ANSWER_AFTER: Duration = Duration::from_millis(250);

/// How long a code may be exchanged: as long as a page takes to load.
const CODE_LIFETIME: Duration = Duration::from_mins(5);

/// What a link gives.
pub enum Followed {
    Session(Session),
    Code(String),
}

/// A link to set a password that is shown to whoever may see it, instead of mailed.
pub struct ShownLink {
    pub url: String,
    /// What the database is to know of it, in base64.
    pub token_hash: String,
    pub token_seconds: u64,
}

impl ShownLink {
    /// A new one, as the settings say where links lead and how long they live.
    ///
    /// # Errors
    /// Settings that are no URLs.
    pub fn new(config: &Config) -> Result<Self, AccountError> {
        let links = Links::new(config).map_err(AccountError::Invalid)?;
        let token = refresh_token::random()?;
        Ok(Self {
            url: links.verify_url(&token, LinkKind::Recovery, None),
            token_hash: refresh_token::hash(&token),
            token_seconds: links.lifetime.as_secs(),
        })
    }
}

impl Accounts {
    /// Mails a link to set a password, if the email may have one.
    ///
    /// # Errors
    /// [`AccountError::TooManyMails`], and those of the database. Never anything about the email.
    pub async fn recover(
        &self,
        database: Database<'_>,
        asked: &Asked,
        caller: &Caller,
    ) -> Result<(), AccountError> {
        self.send_link(database, asked, caller, None).await
    }

    /// The same for whoever has no account yet, if the settings let them have one; gives the user as clients see
    /// somebody who has yet to follow the link.
    ///
    /// # Errors
    /// [`AccountError::SignupDisabled`], and those of [`Accounts::recover`].
    pub async fn sign_up(
        &self,
        database: Database<'_>,
        asked: &Asked,
        caller: &Caller,
    ) -> Result<Value, AccountError> {
        if self.links.signup == Signup::Closed {
            return Err(AccountError::SignupDisabled);
        }
        let signup = Some(self.links.signup);
        self.send_link(database, asked, caller, signup).await?;
        self.awaited(asked)
    }

    async fn send_link(
        &self,
        database: Database<'_>,
        asked: &Asked,
        caller: &Caller,
        signup: Option<Signup>,
    ) -> Result<(), AccountError> {
        let answer_at = Instant::now() + ANSWER_AFTER;
        let token = refresh_token::random()?;
        let kind = LinkKind::Recovery;
        let request = json!({
            "kind": kind.name(),
            "email": asked.email,
            "address": caller.network(),
            "token_hash": refresh_token::hash(&token),
            "token_seconds": self.links.lifetime.as_secs(),
            "link": self.links.verify_url(&token, kind, asked.redirect_to.as_deref()),
            "code_challenge": asked.code_challenge,
            "account_mails": self.links.mails_per_account,
            "address_mails": self.links.mails_per_address,
            "window_seconds": self.links.mails_window.as_secs(),
            "signup": signup.map(Signup::name),
            "name": asked.name,
        });
        let sent = self.contract.call(database, "send_link", &request).await;
        sleep_until(answer_at).await;
        match sent? {
            Sent::TooMany { retry_after } => Err(AccountError::TooManyMails {
                seconds: retry_after,
            }),
            Sent::Perhaps {} => Ok(()),
        }
    }

    /// A session for whoever has a link that was mailed. `now` in seconds since 1970.
    ///
    /// # Errors
    /// [`AccountError::LinkExpired`]: it was used, is too old, or there never was one.
    pub async fn verify_link(
        &self,
        database: Database<'_>,
        (proof, caller): (&Proof, &Caller),
        now: u64,
    ) -> Result<Session, AccountError> {
        match self.use_link(database, (proof, caller), None, now).await? {
            Followed::Session(session) => Ok(session),
            Followed::Code(_) => Err(AccountError::Contract(
                "verify_link gave a code, and was not asked for one".to_owned(),
            )),
        }
    }

    /// The same for a browser that follows it: what was asked for with a challenge gives a code, which only who made the
    /// challenge can exchange for a session (RFC 7636).
    ///
    /// # Errors
    /// As [`Accounts::verify_link`].
    pub async fn follow_link(
        &self,
        database: Database<'_>,
        (proof, caller): (&Proof, &Caller),
        now: u64,
    ) -> Result<(Followed, LinkKind), AccountError> {
        let code = refresh_token::random()?;
        let followed = self.use_link(database, (proof, caller), Some(code), now);
        let followed = followed.await?;
        Ok((followed, proof.kind))
    }

    async fn use_link(
        &self,
        database: Database<'_>,
        (proof, caller): (&Proof, &Caller),
        code: Option<String>,
        now: u64,
    ) -> Result<Followed, AccountError> {
        let refresh_token = refresh_token::random()?;
        let request = json!({
            "token_hash": refresh_token::hash(&proof.token),
            "kind": proof.kind.name(),
            "email": proof.email,
            "code_hash": code.as_deref().map(refresh_token::hash),
            "code_seconds": CODE_LIFETIME.as_secs(),
            "refresh_token_hash": refresh_token::hash(&refresh_token),
            "session_seconds": self.session_lifetime.as_secs(),
            "signup": self.links.signup.name(),
            "address": caller.network(),
            "user_agent": caller.user_agent,
        });
        let opened = self.contract.call(database, "verify_link", &request);
        match (opened.await?, code) {
            (Verified::Refused { refused }, _) => Err(AccountError::named(&refused)),
            (Verified::Coded { .. }, Some(code)) => Ok(Followed::Code(code)),
            (Verified::Coded { .. }, None) => Err(AccountError::Contract(
                "verify_link gave a code, and was not asked for one".to_owned(),
            )),
            (Verified::Open(document), _) => {
                let session = self.session(document, refresh_token, now)?;
                Ok(Followed::Session(session))
            }
        }
    }

    /// A session for the code of a link that was followed.
    pub(super) async fn exchange(
        &self,
        database: Database<'_>,
        (code, verifier): (&str, &str),
        caller: &Caller,
    ) -> Result<(String, Opened), AccountError> {
        let refresh_token = refresh_token::random()?;
        let request = json!({
            "code_hash": refresh_token::hash(code),
            "code_challenge": challenge_of(verifier),
            "refresh_token_hash": refresh_token::hash(&refresh_token),
            "session_seconds": self.session_lifetime.as_secs(),
            "signup": self.links.signup.name(),
            "address": caller.network(),
            "user_agent": caller.user_agent,
        });
        let opened = self.contract.call(database, "exchange_code", &request);
        Ok((refresh_token, opened.await?))
    }

    /// The user as clients see somebody who signed up and has yet to follow the link. Nothing in it depends on the email
    /// but the email, the id least of all.
    fn awaited(&self, asked: &Asked) -> Result<Value, AccountError> {
        let email = asked.email.trim().to_lowercase();
        let digest = Sha256::digest(self.signer.derive("awaited", &email)?);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        let number = u128::from_be_bytes(bytes);
        let part = |shift: u32, bits: u32| (number >> shift) & ((1 << bits) - 1);
        let id = format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            part(96, 32),
            part(80, 16),
            part(64, 12),
            part(48, 12),
            part(0, 48)
        );
        Ok(json!({
            "id": id,
            "aud": self.audience,
            "role": "",
            "email": email,
            "phone": "",
            "app_metadata": { "provider": "email", "providers": ["email"] },
            "user_metadata": {},
            "identities": [],
            "is_anonymous": false,
        }))
    }

    /// What clients ask to know which ways in there are (auth-js, `GET /settings`).
    #[must_use]
    pub fn settings(&self) -> Value {
        json!({
            "external": { "email": true, "phone": false },
            "disable_signup": self.links.signup == Signup::Closed,
            "mailer_autoconfirm": false,
            "phone_autoconfirm": false,
            "sms_provider": "",
        })
    }

    /// Where a link leads, with a session or the reason why there is none, as clients look for it: behind `#`,
    /// but for a code, which is worth nothing to others.
    pub fn landing(
        &self,
        redirect_to: Option<&str>,
        outcome: &Result<(Followed, LinkKind), AccountError>,
    ) -> String {
        let mut site = self.links.landing(redirect_to);
        let fragment = match outcome {
            Ok((Followed::Session(session), kind)) => session.fragment(*kind),
            Ok((Followed::Code(code), _)) => {
                site.query_pairs_mut().append_pair("code", code);
                return site.into();
            }
            Err(refusal) => {
                let (_, code) = refusal.status_and_code();
                form_urlencoded::Serializer::new(String::new())
                    .append_pair("error", "access_denied")
                    .append_pair("error_code", code)
                    .append_pair("error_description", &refusal.to_string())
                    .finish()
            }
        };
        site.set_fragment(Some(&fragment));
        site.into()
    }
}
