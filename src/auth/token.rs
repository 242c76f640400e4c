//! The compact form of a signed token: `header.payload.signature` (RFC 7515, section 7.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::JwtError;
use super::algorithm::Algorithm;

/// The largest token that is looked at. Tokens with many groups reach 8 KiB; refusing larger ones
/// before decoding keeps a flood of them cheap, and bounds the memory of the cache.
pub(super) const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// A token taken apart. Nothing of it is verified.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub algorithm: Algorithm,
    pub kid: Option<String>,
    /// The claims as JSON text, decoded.
    pub payload: Vec<u8>,
    /// What is signed: `header.payload`.
    pub message: &'a [u8],
    /// In base64.
    pub signature: &'a str,
}

/// What of the header decides anything. Keys that a token brings along (`jwk`, `jku`, `x5c`) are
/// not read: a token does not choose what it is verified with.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood (RFC 7515, section 4.1.11). We understand none.
    crit: Option<Value>,
    /// There only in encrypted tokens.
    enc: Option<Value>,
}

impl<'a> Token<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// What PostgREST says of such a token.
    pub(super) fn parse(text: &'a str) -> Result<Self, JwtError> {
        if text.is_empty() {
            return Err(JwtError::Empty);
        }
        if text.len() > MAX_TOKEN_BYTES {
            return Err(JwtError::TooLarge {
                limit: MAX_TOKEN_BYTES,
            });
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            return Err(JwtError::UnexpectedParts(parts.len()));
        };
        let header: Header =
            serde_json::from_slice(&decoded(header)?).map_err(|_| JwtError::Undecodable)?;
        if header.alg == "none" {
            return Err(JwtError::BadAlgorithm(
                "JWT is unsecured but expected 'alg' was not 'none'",
            ));
        }
        if header.crit.is_some() {
            return Err(JwtError::BadAlgorithm(
                "JWT has a 'crit' header, which is not supported",
            ));
        }
        if header.enc.is_some() {
            return Err(JwtError::Undecodable);
        }
        let algorithm = Algorithm::named(&header.alg).ok_or(JwtError::Undecodable)?;
        let payload = decoded(payload)?;
        decoded(signature)?;
        let (message, _) = text.rsplit_once('.').ok_or(JwtError::Undecodable)?;
        Ok(Self {
            algorithm,
            kid: header.kid,
            payload,
            message: message.as_bytes(),
            signature,
        })
    }
}

fn decoded(base64: &str) -> Result<Vec<u8>, JwtError> {
    URL_SAFE_NO_PAD
        .decode(base64)
        .map_err(|_| JwtError::Undecodable)
}
