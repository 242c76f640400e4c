//! What whoever is signed in may ask: who am I, and sign me out.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tracing::debug;

use super::credentials::Update;
use super::database::{Database, Opened, SignedOut, Updating};
use super::passwords::Verdict;
use super::{AccountError, Accounts, refresh_token};
use crate::auth::Claims;

/// Which sessions of an account end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of them, on every device.
    Global,
    /// The one of the token.
    Local,
    /// All but that one.
    Others,
}

impl Scope {
    /// As the query string has it; `None`: global.
    ///
    /// # Errors
    /// [`AccountError::Invalid`].
    pub fn parse(text: Option<&str>) -> Result<Self, AccountError> {
        match text {
            None | Some("global") => Ok(Self::Global),
            Some("local") => Ok(Self::Local),
            Some("others") => Ok(Self::Others),
            Some(_) => Err(AccountError::Invalid(
                "scope must be global, local or others".to_owned(),
            )),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Local => "local",
            Self::Others => "others",
        }
    }
}

impl Accounts {
    /// The user as clients want it, for the holder of a verified token.
    ///
    /// # Errors
    /// [`AccountError::SessionEnded`], and those of the database.
    pub async fn user(
        &self,
        database: Database<'_>,
        claims: &Claims,
    ) -> Result<Value, AccountError> {
        let request = json!({ "claims": named(claims)? });
        let opened = self.contract.call(database, "get_user", &request);
        self.user_of(opened.await?)
    }

    /// Changes the account of the holder of a verified token: the password, and what they say of themselves. A new
    /// password ends all their other sessions.
    ///
    /// # Errors
    /// [`AccountError::WeakPassword`], [`AccountError::SamePassword`], [`AccountError::MetadataTooLarge`],
    /// [`AccountError::SessionEnded`], and those of the database.
    pub async fn update(
        &self,
        database: Database<'_>,
        claims: &Claims,
        update: Update,
    ) -> Result<Value, AccountError> {
        let mut request = json!({ "claims": named(claims)? });
        if let Some(password) = update.password {
            self.check_password(&password)?;
            let begun = self.contract.call(database, "begin_update", &request);
            let old = match begun.await? {
                Updating::Refused { refused } => return Err(ended(&refused)),
                Updating::Changing { password_hash } => password_hash,
            };
            if old.is_some() {
                let verdict = self.passwords.verify(password.clone(), old).await?;
                if verdict != Verdict::Wrong {
                    return Err(AccountError::SamePassword);
                }
            }
            request["password_hash"] = self.passwords.hash(password).await?.into();
        }
        if let Some(metadata) = update.metadata {
            request["user_metadata"] = metadata.into();
        }
        let updated = self.contract.call(database, "update_user", &request);
        self.user_of(updated.await?)
    }

    fn user_of(&self, opened: Opened) -> Result<Value, AccountError> {
        match opened {
            Opened::Refused { refused } => Err(ended(&refused)),
            Opened::Open(mut document) => {
                let audience = self.audience.as_str().into();
                document.user.insert("aud".to_owned(), audience);
                Ok(Value::Object(document.user))
            }
        }
    }

    /// Ends sessions of the holder of a verified token.
    ///
    /// # Errors
    /// [`AccountError::SessionEnded`], and those of the database.
    pub async fn sign_out(
        &self,
        database: Database<'_>,
        claims: &Claims,
        scope: Scope,
    ) -> Result<(), AccountError> {
        let request = json!({ "claims": named(claims)?, "scope": scope.name() });
        self.end(database, &request).await
    }

    /// The same for whoever holds a refresh token, and whose access token has run off.
    ///
    /// # Errors
    /// As [`Accounts::sign_out`].
    pub async fn sign_out_by_refresh_token(
        &self,
        database: Database<'_>,
        token: &str,
        scope: Scope,
    ) -> Result<(), AccountError> {
        let hash = refresh_token::hash(token);
        let request = json!({ "refresh_token_hash": hash, "scope": scope.name() });
        self.end(database, &request).await
    }

    async fn end(&self, database: Database<'_>, request: &Value) -> Result<(), AccountError> {
        match self.contract.call(database, "sign_out", request).await? {
            SignedOut::Refused { refused } => Err(ended(&refused)),
            SignedOut::Ended { ended } => {
                debug!(sessions = ended, "somebody signed out");
                Ok(())
            }
        }
    }
}

fn ended(code: &str) -> AccountError {
    match AccountError::named(code) {
        AccountError::SessionNotFound => AccountError::SessionEnded,
        other => other,
    }
}

/// What of a token's claims names its session. Others' tokens need not have it.
#[derive(Deserialize, Serialize)]
struct Named {
    sub: String,
    session_id: String,
}

fn named(claims: &Claims) -> Result<Value, AccountError> {
    let named: Named =
        serde_json::from_str(&claims.json).map_err(|_| AccountError::SessionEnded)?;
    // Postgres has no NUL.
    if (named.sub.chars().chain(named.session_id.chars())).any(char::is_control) {
        return Err(AccountError::SessionEnded);
    }
    Ok(json!(named))
}
