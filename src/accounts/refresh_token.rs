//! Refresh tokens: 32 random bytes, of which the database knows the hash alone.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::AccountError;
use crate::auth::Signer;

/// The first of a session.
pub(super) fn random() -> Result<String, AccountError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What takes this one's place: always the same, so that two tabs that refresh at once hold the same
/// token afterwards. A second one for the second asker would be a second line of tokens, in which a
/// thief could live unseen.
pub(super) fn next(signer: &Signer, token: &str) -> Result<String, AccountError> {
    Ok(signer.derive("refresh", token)?)
}

/// SHA-256, in base64. No salt: nobody guesses 32 random bytes.
pub(super) fn hash(token: &str) -> String {
    STANDARD.encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_follow_from_one_another_only_for_the_holder_of_the_key() {
        let [one, other] = [[1; 32], [2; 32]].map(|key| Signer::new(key).unwrap());
        let first = random().unwrap();
        assert_eq!(first.len(), 43);
        assert_ne!(first, random().unwrap());
        let second = next(&one, &first).unwrap();
        assert_eq!(second.len(), 43);
        assert_eq!(second, next(&one, &first).unwrap());
        assert_ne!(second, next(&other, &first).unwrap());
        assert_ne!(second, next(&one, &second).unwrap());
    }

    #[test]
    fn a_hash_is_that_of_the_text() {
        assert_eq!(hash("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }
}
