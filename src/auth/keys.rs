//! `jwt-secret`: a text, a JSON Web Key or a set of them (RFC 7517).

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::JwtError;
use super::key::{Key, SymmetricKey};
use super::token::Token;
use crate::config::{Config, ConfigError};

/// What verifies tokens. A key verifies only what is signed with an algorithm of its own kind: a
/// token that names HS256 is never verified with a public key as its secret.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Key>);

/// The bytes of `jwt-secret`, decoded if they are in base64.
///
/// # Errors
/// [`ConfigError::JwtSecret`] if they are not.
pub fn secret_bytes(config: &Config) -> Result<Option<Cow<'_, [u8]>>, ConfigError> {
    let Some(secret) = &config.jwt_secret else {
        return Ok(None);
    };
    if !config.jwt_secret_is_base64 {
        return Ok(Some(Cow::Borrowed(secret.expose())));
    }
    // Both alphabets, and the dot that PostgREST takes for padding.
    let base64: Vec<u8> = secret
        .expose()
        .trim_ascii()
        .iter()
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            b'.' => b'=',
            other => *other,
        })
        .collect();
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet::STANDARD, lenient)
        .decode(base64)
        .map(|bytes| Some(Cow::Owned(bytes)))
        .map_err(|_| ConfigError::JwtSecret {
            problem: "is not base64, though jwt-secret-is-base64 says so".to_owned(),
        })
}

/// The first symmetric key in a secret.
///
/// # Errors
/// What is wrong, if there is none.
pub(super) fn symmetric_key(secret: &[u8]) -> Result<SymmetricKey, String> {
    let keys = Keys::parse(secret)?.0;
    let symmetric = keys.into_iter().find_map(Key::into_symmetric);
    symmetric.ok_or_else(|| {
        "only symmetric keys (\"kty\": \"oct\") can sign here, and there is none".to_owned()
    })
}

impl Keys {
    /// The keys in a secret. Keys of a set that we cannot use are left out, with a warning.
    ///
    /// # Errors
    /// What is wrong, if no key remains.
    pub(super) fn parse(secret: &[u8]) -> Result<Self, String> {
        let Some(json) = key_json(secret)? else {
            return Ok(Self(vec![Key::from_text(secret)?]));
        };
        let entries = match json.get("keys") {
            Some(Value::Array(keys)) => keys.clone(),
            Some(_) => return Err("\"keys\" must be an array of keys".to_owned()),
            None => vec![json],
        };
        Self::usable(entries, "jwt-secret", |entry| Key::from_jwk(&entry))
    }

    /// The keys in a set that everybody can read: of a symmetric one, everybody could sign with it. None at
    /// all is a set, too: whoever publishes it has withdrawn them.
    ///
    /// # Errors
    /// What is wrong, if it is no set, or there are keys and none can be used.
    pub(super) fn published(set: &[u8]) -> Result<Self, String> {
        let json: Value =
            serde_json::from_slice(set).map_err(|error| format!("is not JSON: {error}"))?;
        match json.get("keys") {
            Some(Value::Array(none)) if none.is_empty() => Ok(Self::default()),
            Some(Value::Array(keys)) => Self::usable(keys.clone(), "jwt-jwks-url", |entry| {
                let key = Key::from_jwk(&entry)?;
                if key.is_symmetric() {
                    return Err("a symmetric key must not be published".to_owned());
                }
                Ok(key)
            }),
            _ => Err("is no JSON Web Key Set: \"keys\" must be an array of keys".to_owned()),
        }
    }

    fn usable(
        entries: Vec<Value>,
        setting: &str,
        key: impl Fn(Value) -> Result<Key, String>,
    ) -> Result<Self, String> {
        let mut keys = Vec::new();
        let mut problems = Vec::new();
        for entry in entries {
            let name = entry["kid"].as_str().unwrap_or("without kid").to_owned();
            match key(entry) {
                Ok(key) => keys.push(key),
                Err(problem) => problems.push(format!("key {name}: {problem}")),
            }
        }
        if keys.is_empty() {
            problems.insert(0, "no key can be used".to_owned());
            return Err(problems.join("; "));
        }
        for problem in problems {
            // As an error, for with the default log level nobody would learn of it otherwise.
            tracing::error!("{setting}: {problem}; it is left out");
        }
        Ok(Self(keys))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether one of the keys of any of these sets made the token's signature.
    ///
    /// # Errors
    /// PostgREST's two: no key could have, or none has.
    pub(super) fn verify(sets: &[&Self], token: &Token<'_>) -> Result<(), JwtError> {
        let keys = sets.iter().flat_map(|set| &set.0);
        let mut suitable = keys.filter(|key| key.suits(token)).peekable();
        if suitable.peek().is_none() {
            return Err(JwtError::Key("No suitable key was found to decode the JWT"));
        }
        if suitable.any(|key| key.made(token)) {
            return Ok(());
        }
        Err(JwtError::Key("None of the keys was able to decode the JWT"))
    }
}

/// The secret as JSON, if it is a key or a set. What only looks like one is an error: taken for a
/// text, a broken public key would be a secret that everybody knows.
fn key_json(secret: &[u8]) -> Result<Option<Value>, String> {
    let text = secret.trim_ascii();
    if text.starts_with(b"-----BEGIN") {
        return Err("PEM is not supported: convert the key to a JSON Web Key".to_owned());
    }
    if !text.starts_with(b"{") {
        return Ok(None);
    }
    let json: Value = serde_json::from_slice(text)
        .map_err(|error| format!("begins like a JSON Web Key, but is not JSON: {error}"))?;
    if json.get("kty").is_none() && json.get("keys").is_none() {
        return Err("is a JSON object with neither \"kty\" nor \"keys\"".to_owned());
    }
    Ok(Some(json))
}
