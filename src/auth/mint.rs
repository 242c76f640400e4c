//! Makes tokens: for people who sign in, the command line, the demo and tests.

use jsonwebtoken::{Algorithm, EncodingKey, Header, crypto, encode};
use serde_json::{Map, Value};

use super::JwtError;
use super::key_file::KeyFile;
use super::keys::symmetric_key;

/// Signs with HS256, with the first symmetric key if the secret is a JSON Web Key or a set, or with the current
/// one of [`KeyFile`].
pub struct Signer {
    header: Header,
    key: EncodingKey,
    /// What is derived, is derived with this one: a signature of ES256 is never the same twice.
    derivation: EncodingKey,
}

impl Signer {
    /// Reads the key.
    ///
    /// # Errors
    /// [`JwtError::CannotSign`] if the secret is too short, or has no symmetric key.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, JwtError> {
        let key = symmetric_key(secret.as_ref()).map_err(JwtError::CannotSign)?;
        let mut header = Header::new(key.algorithm);
        header.kid = key.kid;
        let key = EncodingKey::from_secret(&key.secret);
        Ok(Self {
            header,
            derivation: key.clone(),
            key,
        })
    }

    /// Signs with the current key of a file, so that others can verify without being able to sign.
    ///
    /// # Errors
    /// [`JwtError::CannotSign`] if the key cannot be used.
    pub fn of_file(file: &KeyFile) -> Result<Self, JwtError> {
        let current = file.current().map_err(JwtError::CannotSign)?;
        let mut header = Header::new(current.algorithm);
        header.kid = Some(current.kid);
        Ok(Self {
            header,
            key: current.key,
            derivation: EncodingKey::from_secret(&current.secret),
        })
    }

    /// A token with these claims. They are signed as they are: `exp` is the caller's business.
    ///
    /// # Errors
    /// [`JwtError::CannotSign`].
    pub fn token(&self, claims: &Map<String, Value>) -> Result<String, JwtError> {
        encode(&self.header, claims, &self.key).map_err(|error| cannot_sign(&error))
    }

    /// What only the holder of the key can make of `message`, in base64url: 32 bytes. `purpose` keeps
    /// apart what is derived for different ends; it begins with a letter and has no dot, so that the
    /// result is never the signature of a token.
    ///
    /// # Errors
    /// [`JwtError::CannotSign`].
    pub fn derive(&self, purpose: &'static str, message: &str) -> Result<String, JwtError> {
        let text = format!("{purpose} {message}");
        crypto::sign(text.as_bytes(), &self.derivation, Algorithm::HS256)
            .map_err(|error| cannot_sign(&error))
    }
}

/// A token with these claims, for this once (see [`Signer`]).
///
/// # Errors
/// [`JwtError::CannotSign`] if the secret is too short, or has no symmetric key.
pub fn mint(secret: impl AsRef<[u8]>, claims: &Map<String, Value>) -> Result<String, JwtError> {
    Signer::new(secret)?.token(claims)
}

fn cannot_sign(error: &jsonwebtoken::errors::Error) -> JwtError {
    JwtError::CannotSign(error.to_string())
}
