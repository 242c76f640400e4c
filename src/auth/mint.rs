//! Makes tokens, for the command line, the demo and tests.

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Map, Value};

use super::JwtError;
use super::keys::symmetric_key;

/// A token with these claims, signed with HS256, or with the first symmetric key if the secret is a
/// JSON Web Key or a set. The claims are signed as they are: `exp` is the caller's business.
///
/// # Errors
/// [`JwtError::CannotSign`] if the secret is too short, or has no symmetric key.
pub fn mint(secret: impl AsRef<[u8]>, claims: &Map<String, Value>) -> Result<String, JwtError> {
    let key = symmetric_key(secret.as_ref()).map_err(JwtError::CannotSign)?;
    let mut header = Header::new(key.algorithm);
    header.kid = key.kid;
    encode(&header, claims, &EncodingKey::from_secret(&key.secret))
        .map_err(|error| JwtError::CannotSign(error.to_string()))
}
