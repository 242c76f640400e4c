//! Keys of machines: named, for one role, known by their hash, and withdrawn at once.

use serde_json::{Value, json};

use super::database::{Database, Keyed};
use super::{AccountError, Accounts, refresh_token};
use crate::auth::{Caller, Claims, JwtError, Role};

/// What keys begin with, so that they are told from tokens, and found where they were left lying about.
const PREFIX: &[u8] = b"rdk_";
/// Ours have 68.
const MAX_KEY_BYTES: usize = 128;

impl Accounts {
    /// Whether this looks like the key of a machine.
    pub fn is_machine_key(&self, text: &[u8]) -> bool {
        text.starts_with(PREFIX) && text.len() <= MAX_KEY_BYTES
    }

    /// Who has this key. Asked of the database each time: a key that is withdrawn is good for nothing from then on.
    ///
    /// # Errors
    /// [`AccountError::BadToken`]: it is no key, or is one no more; and those of the database.
    pub async fn machine(
        &self,
        database: Database<'_>,
        key: &[u8],
    ) -> Result<Caller, AccountError> {
        let unknown = || AccountError::BadToken(JwtError::ApiKeyUnknown);
        let key = str::from_utf8(key).map_err(|_| unknown())?;
        let request = json!({ "key_hash": refresh_token::hash(key) });
        let claims = match self
            .contract
            .call(database, "use_api_key", &request)
            .await?
        {
            Keyed::Refused { .. } => return Err(unknown()),
            Keyed::Known { claims } => claims,
        };
        let role = claims.get("role").and_then(Value::as_str);
        let role =
            role.ok_or_else(|| AccountError::Contract("use_api_key named no role".to_owned()))?;
        Ok(Caller {
            role: Role {
                name: role.into(),
                is_anonymous: false,
            },
            claims: Claims::of_caller(&claims),
        })
    }
}
