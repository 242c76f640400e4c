//! Links that are mailed: who has one reads the account's mail, and is let in to set a password.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep_until};

use super::caller::Caller;
use super::credentials::{Asked, LinkKind, Proof};
use super::database::{Database, Opened, Sent};
use super::link_settings::Links;
use super::sign_in::{Accounts, Session};
use super::{AccountError, refresh_token};
use crate::config::{Config, Signup};

/// Every answer to somebody who asks for a link comes after that long at the soonest: how much there was to do for the
/// email, its time does not tell.
const ANSWER_AFTER: Duration = Duration::from_millis(250);

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
        let refresh_token = refresh_token::random()?;
        let request = json!({
            "token_hash": refresh_token::hash(&proof.token),
            "kind": proof.kind.name(),
            "email": proof.email,
            "refresh_token_hash": refresh_token::hash(&refresh_token),
            "session_seconds": self.session_lifetime.as_secs(),
            "signup": self.links.signup.name(),
            "address": caller.network(),
            "user_agent": caller.user_agent,
        });
        let opened = self.contract.call(database, "verify_link", &request);
        match opened.await? {
            Opened::Refused { refused } => Err(AccountError::named(&refused)),
            Opened::Open(document) => self.session(document, refresh_token, now),
        }
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

    /// Where a link leads, with a session or the reason why there is none, as clients look for it: behind `#`.
    pub fn landing(
        &self,
        redirect_to: Option<&str>,
        outcome: &Result<(Session, LinkKind), AccountError>,
    ) -> String {
        let site = self.links.landing(redirect_to);
        let fragment = match outcome {
            Ok((session, kind)) => session.fragment(*kind),
            Err(refusal) => {
                let (_, code) = refusal.status_and_code();
                form_urlencoded::Serializer::new(String::new())
                    .append_pair("error", "access_denied")
                    .append_pair("error_code", code)
                    .append_pair("error_description", &refusal.to_string())
                    .finish()
            }
        };
        format!("{site}#{fragment}")
    }
}
