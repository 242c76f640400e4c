//! Makes tokens as anybody could, good and bad: signed by the cryptography itself, so that the
//! verifier is not tested with its own library's idea of a token.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use aws_lc_rs::{hmac, rsa};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed448_goldilocks::SigningKey;
use serde_json::{Value, json};

pub(super) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of this header and payload, whatever they are, with the signature that `sign` makes.
pub(super) fn token(header: &str, payload: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64(header), base64(payload));
    let signature = base64(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

pub(super) fn hmac(algorithm: hmac::Algorithm, secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(algorithm, secret), message)
        .as_ref()
        .to_vec()
}

/// HS256 with a header of nothing else.
pub(super) fn hs256(secret: &[u8], payload: &str) -> String {
    token(r#"{"alg":"HS256"}"#, payload, |message| {
        hmac(hmac::HMAC_SHA256, secret, message)
    })
}

/// Makes a signature of a message.
pub(super) type Sign<'a> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'a>;

pub(super) struct Rsa(RsaKeyPair);

impl Rsa {
    pub(super) fn new() -> Self {
        Self(RsaKeyPair::generate(rsa::KeySize::Rsa2048).unwrap())
    }

    pub(super) fn modulus(&self) -> Vec<u8> {
        let modulus = self.0.public_key().modulus();
        modulus.big_endian_without_leading_zero().to_vec()
    }

    /// The public key in DER (PKCS #1).
    pub(super) fn der(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    pub(super) fn jwk(&self) -> Value {
        let exponent = self.0.public_key().exponent();
        json!({
            "kty": "RSA",
            "n": base64(self.modulus()),
            "e": base64(exponent.big_endian_without_leading_zero()),
        })
    }

    pub(super) fn sign_as(&self, algorithm: &'static str) -> Sign<'_> {
        Box::new(move |message| self.sign(algorithm, message))
    }

    pub(super) fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let encoding: &'static dyn RsaEncoding = match algorithm {
            "RS256" => &RSA_PKCS1_SHA256,
            "RS384" => &RSA_PKCS1_SHA384,
            "RS512" => &RSA_PKCS1_SHA512,
            "PS256" => &RSA_PSS_SHA256,
            "PS384" => &RSA_PSS_SHA384,
            _ => &RSA_PSS_SHA512,
        };
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(encoding, &SystemRandom::new(), message, &mut signature)
            .unwrap();
        signature
    }
}

pub(super) struct Ec {
    pair: EcdsaKeyPair,
    curve: &'static str,
}

impl Ec {
    pub(super) fn p256() -> Self {
        Self::new(&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256")
    }

    pub(super) fn p384() -> Self {
        Self::new(&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384")
    }

    pub(super) fn p521() -> Self {
        Self::new(&ECDSA_P521_SHA512_FIXED_SIGNING, "P-521")
    }

    fn new(algorithm: &'static EcdsaSigningAlgorithm, curve: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(algorithm).unwrap();
        Self { pair, curve }
    }

    pub(super) fn jwk(&self) -> Value {
        // An uncompressed point: 4, x, y.
        let (x, y) = self.pair.public_key().as_ref()[1..]
            .split_at(self.pair.public_key().as_ref().len() / 2);
        json!({ "kty": "EC", "crv": self.curve, "x": base64(x), "y": base64(y) })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.pair.sign(&SystemRandom::new(), message).unwrap();
        signature.as_ref().to_vec()
    }
}

pub(super) struct Ed(Ed25519KeyPair);

impl Ed {
    pub(super) fn new() -> Self {
        Self(Ed25519KeyPair::generate().unwrap())
    }

    pub(super) fn jwk(&self) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": base64(self.0.public_key()) })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

pub(super) struct Ed448(SigningKey);

impl Ed448 {
    pub(super) fn new() -> Self {
        let mut secret = [0; 57];
        getrandom::fill(&mut secret).unwrap();
        Self(SigningKey::try_from(&secret[..]).unwrap())
    }

    pub(super) fn jwk(&self) -> Value {
        let public = self.0.verifying_key();
        json!({ "kty": "OKP", "crv": "Ed448", "x": base64(public.as_bytes()) })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign_raw(message).to_bytes().to_vec()
    }
}
