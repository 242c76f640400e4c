//! One key: a text, or a JSON Web Key (RFC 7517, 7518 section 6, 8037).

use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed448_goldilocks::{Signature, VerifyingKey};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm as Known, DecodingKey, crypto};
use serde::Deserialize;
use serde_json::Value;

use super::algorithm::{self, Algorithm};
use super::token::Token;

/// RFC 7518, section 3.2: at least as long as the digest of HS256.
const MIN_SECRET_BYTES: usize = 32;
/// RFC 7518, section 3.3.
const MIN_RSA_BITS: usize = 2048;
/// A coordinate of P-521: 521 bits (RFC 7518, section 6.2.1.2).
const P521_BYTES: usize = 66;

#[derive(Debug)]
pub(super) struct Key {
    kid: Option<String>,
    /// Those of the key's type; only one, if the key says for which it is. Never empty.
    algorithms: Vec<Algorithm>,
    verifying: Verifying,
}

/// Each kind verifies with its own algorithms alone (see [`Key::suits`]).
#[derive(Debug)]
enum Verifying {
    Secret(DecodingKey),
    Public(DecodingKey),
    P521(ParsedPublicKey),
    Ed448(Box<VerifyingKey>),
}

/// What signs tokens.
pub(super) struct SymmetricKey {
    pub kid: Option<String>,
    pub algorithm: Known,
    pub secret: Vec<u8>,
}

impl Key {
    pub(super) fn from_text(secret: &[u8]) -> Result<Self, String> {
        if secret.len() < MIN_SECRET_BYTES {
            return Err("The JWT secret must be at least 32 characters long.".to_owned());
        }
        Ok(Self {
            kid: None,
            algorithms: algorithm::HMAC.to_vec(),
            verifying: Verifying::Secret(DecodingKey::from_secret(secret)),
        })
    }

    /// # Errors
    /// Why the key cannot be used.
    pub(super) fn from_jwk(entry: &Value) -> Result<Self, String> {
        let jwk = Jwk::deserialize(entry).map_err(|error| error.to_string())?;
        if jwk.common.public_key_use == Some(PublicKeyUse::Encryption) {
            return Err("it is for encryption".to_owned());
        }
        let (verifying, of_its_type) = match &jwk.algorithm {
            AlgorithmParameters::OctetKey(_) => (Verifying::secret(&jwk)?, algorithm::HMAC),
            AlgorithmParameters::RSA(rsa) => {
                // Six bits a character of base64.
                if rsa.n.len() * 6 < MIN_RSA_BITS {
                    return Err("an RSA key needs at least 2048 bits".to_owned());
                }
                (Verifying::public(&jwk)?, algorithm::RSA)
            }
            AlgorithmParameters::EllipticCurve(ec) => match ec.curve {
                EllipticCurve::P256 => (Verifying::public(&jwk)?, algorithm::P256),
                EllipticCurve::P384 => (Verifying::public(&jwk)?, algorithm::P384),
                EllipticCurve::P521 => (Verifying::p521(&ec.x, &ec.y)?, algorithm::P521),
                EllipticCurve::Ed25519 | _ => {
                    return Err("of this type the curves are P-256, P-384 and P-521".to_owned());
                }
            },
            AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => {
                (Verifying::public(&jwk)?, algorithm::ED25519)
            }
            // The library takes it for unknown, for it has no such curve.
            AlgorithmParameters::Other(_) if entry["kty"] == "OKP" && entry["crv"] == "Ed448" => {
                let x = entry["x"].as_str().ok_or("an Ed448 key needs x")?;
                (Verifying::ed448(x)?, algorithm::ED448)
            }
            AlgorithmParameters::Other(_) => {
                return Err("its type is not known, or something is missing".to_owned());
            }
            _ => return Err("of this type the curves are Ed25519 and Ed448".to_owned()),
        };
        let algorithms = match entry["alg"].as_str() {
            Some(named) => {
                let named = Algorithm::named(named);
                let fits = |algorithm: &Algorithm| Some(*algorithm) == named;
                of_its_type.iter().copied().filter(fits).collect()
            }
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

    pub(super) fn is_symmetric(&self) -> bool {
        matches!(self.verifying, Verifying::Secret(_))
    }

    pub(super) fn into_symmetric(self) -> Option<SymmetricKey> {
        let (Some(Algorithm::Known(algorithm)), Verifying::Secret(key)) =
            (self.algorithms.first(), &self.verifying)
        else {
            return None;
        };
        Some(SymmetricKey {
            algorithm: *algorithm,
            secret: key.try_get_as_bytes().ok()?.to_vec(),
            kid: self.kid,
        })
    }

    pub(super) fn suits(&self, token: &Token<'_>) -> bool {
        // A token that names a key is verified with that key or not at all.
        let is_meant = token.kid.is_none() || token.kid == self.kid;
        is_meant && self.algorithms.contains(&token.algorithm)
    }

    /// Whether the token's signature was made with this key. Asks only of a token that it [suits](Self::suits).
    pub(super) fn made(&self, token: &Token<'_>) -> bool {
        let signature = || URL_SAFE_NO_PAD.decode(token.signature).unwrap_or_default();
        match &self.verifying {
            Verifying::Secret(key) | Verifying::Public(key) => {
                let algorithm = match token.algorithm {
                    Algorithm::Known(algorithm) => algorithm,
                    Algorithm::Ed25519 => Known::EdDSA,
                    Algorithm::ES512 | Algorithm::Ed448 => return false,
                };
                crypto::verify(token.signature, token.message, key, algorithm).unwrap_or_default()
            }
            Verifying::P521(key) => key.verify_sig(token.message, &signature()).is_ok(),
            Verifying::Ed448(key) => Signature::try_from(&signature()[..])
                .is_ok_and(|signature| key.verify_raw(&signature, token.message).is_ok()),
        }
    }
}

impl Verifying {
    fn secret(jwk: &Jwk) -> Result<Self, String> {
        let key = DecodingKey::from_jwk(jwk).map_err(|error| error.to_string())?;
        if key.try_get_as_bytes().map_or(0, <[u8]>::len) < MIN_SECRET_BYTES {
            return Err("a symmetric key needs at least 32 bytes".to_owned());
        }
        Ok(Self::Secret(key))
    }

    fn public(jwk: &Jwk) -> Result<Self, String> {
        let key = DecodingKey::from_jwk(jwk).map_err(|error| error.to_string())?;
        Ok(Self::Public(key))
    }

    fn p521(x: &str, y: &str) -> Result<Self, String> {
        // An uncompressed point: 4, x, y (SEC 1, section 2.3.3).
        let mut point = vec![4];
        for coordinate in [x, y] {
            match URL_SAFE_NO_PAD.decode(coordinate) {
                Ok(bytes) if bytes.len() == P521_BYTES => point.extend(bytes),
                _ => return Err("x and y of P-521 are 66 bytes each, in base64url".to_owned()),
            }
        }
        let key = ParsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point);
        key.map(Self::P521)
            .map_err(|_| "x and y are no point of P-521".to_owned())
    }

    fn ed448(x: &str) -> Result<Self, String> {
        let bytes = URL_SAFE_NO_PAD.decode(x).unwrap_or_default();
        let bytes = bytes
            .as_slice()
            .try_into()
            .map_err(|_| "x of Ed448 is 57 bytes, in base64url".to_owned())?;
        let key = VerifyingKey::from_bytes(bytes);
        key.map(|key| Self::Ed448(Box::new(key)))
            .map_err(|_| "x is no point of Ed448".to_owned())
    }
}
