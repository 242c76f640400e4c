//! `jwt-secret`: a text, a JSON Web Key or a set of them (RFC 7517).

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jsonwebtoken::crypto;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde_json::Value;

use super::JwtError;
use super::token::Token;
use crate::config::{Config, ConfigError};

/// RFC 7518, section 3.2: at least as long as the digest of HS256.
const MIN_SECRET_BYTES: usize = 32;
/// RFC 7518, section 3.3.
const MIN_RSA_BITS: usize = 2048;

const HMAC: &[Algorithm] = &[Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
const RSA: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// What verifies tokens. A key verifies only what is signed with an algorithm of its own kind: a
/// token that names HS256 is never verified with a public key as its secret.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    kid: Option<String>,
    /// Those of the key's type; only one, if the key says for which it is. Never empty.
    algorithms: Vec<Algorithm>,
    verifying: DecodingKey,
}

/// What signs tokens.
pub(super) struct SymmetricKey {
    pub kid: Option<String>,
    pub algorithm: Algorithm,
    pub secret: Vec<u8>,
}

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
    for key in Keys::parse(secret)?.0 {
        if let (Some(algorithm), AlgorithmFamily::Hmac) =
            (key.algorithms.first(), key.verifying.family())
            && let Ok(secret) = key.verifying.try_get_as_bytes()
        {
            return Ok(SymmetricKey {
                algorithm: *algorithm,
                secret: secret.to_vec(),
                kid: key.kid,
            });
        }
    }
    Err("only symmetric keys (\"kty\": \"oct\") can sign here, and there is none".to_owned())
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
        Self::usable(entries, "jwt-secret", Key::from_jwk)
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
                let key = Key::from_jwk(entry)?;
                if key.verifying.family() == AlgorithmFamily::Hmac {
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

impl Key {
    fn from_text(secret: &[u8]) -> Result<Self, String> {
        if secret.len() < MIN_SECRET_BYTES {
            return Err("The JWT secret must be at least 32 characters long.".to_owned());
        }
        Ok(Self {
            kid: None,
            algorithms: HMAC.to_vec(),
            verifying: DecodingKey::from_secret(secret),
        })
    }

    fn from_jwk(entry: Value) -> Result<Self, String> {
        let jwk: Jwk = serde_json::from_value(entry).map_err(|error| error.to_string())?;
        if jwk.common.public_key_use == Some(PublicKeyUse::Encryption) {
            return Err("it is for encryption".to_owned());
        }
        if let AlgorithmParameters::Other(_) = jwk.algorithm {
            return Err("its type is not known, or something is missing".to_owned());
        }
        let verifying = DecodingKey::from_jwk(&jwk).map_err(|error| error.to_string())?;
        let of_its_type: &[Algorithm] = match &jwk.algorithm {
            AlgorithmParameters::OctetKey(_) => {
                let length = verifying.try_get_as_bytes().map_or(0, <[u8]>::len);
                if length < MIN_SECRET_BYTES {
                    return Err("a symmetric key needs at least 32 bytes".to_owned());
                }
                HMAC
            }
            AlgorithmParameters::RSA(rsa) => {
                // Six bits a character of base64.
                if rsa.n.len() * 6 < MIN_RSA_BITS {
                    return Err("an RSA key needs at least 2048 bits".to_owned());
                }
                RSA
            }
            AlgorithmParameters::EllipticCurve(ec) => match ec.curve {
                EllipticCurve::P256 => &[Algorithm::ES256],
                EllipticCurve::P384 => &[Algorithm::ES384],
                _ => return Err("the curves that work are P-256 and P-384".to_owned()),
            },
            AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => {
                &[Algorithm::EdDSA]
            }
            _ => return Err("the curve that works is Ed25519".to_owned()),
        };
        let algorithms: Vec<_> = match jwk.common.key_algorithm {
            Some(named) => of_its_type
                .iter()
                .copied()
                .filter(|algorithm| Algorithm::try_from(named).ok() == Some(*algorithm))
                .collect(),
            None => of_its_type.to_vec(),
        };
        if algorithms.is_empty() {
            return Err("its alg does not fit its type, or is not supported".to_owned());
        }
        Ok(Self {
            kid: jwk.common.key_id,
            algorithms,
            verifying,
        })
    }

    fn suits(&self, token: &Token<'_>) -> bool {
        // A token that names a key is verified with that key or not at all.
        let is_meant = token.kid.is_none() || token.kid == self.kid;
        is_meant && self.algorithms.contains(&token.algorithm)
    }

    fn made(&self, token: &Token<'_>) -> bool {
        crypto::verify(
            token.signature,
            token.message,
            &self.verifying,
            token.algorithm,
        )
        .unwrap_or_default()
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
