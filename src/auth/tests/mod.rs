//! Good tokens, and the bad ones that attackers have sent to servers like this one.

mod attacks;
mod claims;
mod keys;
mod signer;

use serde_json::{Value, json};

use super::{JwtError, Verifier};
use crate::config::{Config, ConfigError, Secret};

/// A Wednesday in 2025. Tokens of these tests live around it.
const NOW: u64 = 1_750_000_000;
const SECRET: &str = "a secret of more than 32 bytes, for tests";

fn config(secret: impl Into<Vec<u8>>) -> Config {
    Config {
        jwt_secret: Some(Secret::new(secret)),
        db_anon_role: Some("anon".to_owned()),
        ..Config::default()
    }
}

fn verifier(secret: impl Into<Vec<u8>>) -> Verifier {
    Verifier::new(&config(secret)).unwrap()
}

/// A verifier of these public keys.
fn with_keys(keys: &[Value]) -> Verifier {
    verifier(json!({ "keys": keys }).to_string())
}

/// What such a secret is refused with.
fn refusal_of_secret(config: &Config) -> String {
    match Verifier::new(config) {
        Err(ConfigError::JwtSecret { problem }) => problem,
        other => panic!("expected a refusal of the secret, got {other:?}"),
    }
}

/// A token of these claims, signed with [`SECRET`].
fn signed(claims: &Value) -> String {
    signer::hs256(SECRET.as_bytes(), &claims.to_string())
}

fn refusal(verifier: &Verifier, token: &str) -> JwtError {
    verifier.verify(token, NOW).unwrap_err()
}

const NO_SUITABLE_KEY: JwtError = JwtError::Key("No suitable key was found to decode the JWT");
const NO_KEY_MADE_IT: JwtError = JwtError::Key("None of the keys was able to decode the JWT");
