//! Secrets and keys of every kind, and which of them a token is verified with.

use aws_lc_rs::hmac::{HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use serde_json::{Map, Value, json};

use super::signer::{self, Ec, Ed, Ed448, Rsa, Sign, base64, hs256, token};
use super::{
    NO_KEY_MADE_IT, NO_SUITABLE_KEY, NOW, SECRET, config, refusal, refusal_of_secret, verifier,
    with_keys,
};
use crate::auth::{JwtError, mint};
use crate::config::Config;

fn header(algorithm: &str) -> String {
    json!({ "alg": algorithm, "typ": "JWT" }).to_string()
}

#[test]
fn a_text_verifies_all_of_hmac() {
    let verifier = verifier(SECRET);
    for (name, algorithm) in [
        ("HS256", HMAC_SHA256),
        ("HS384", HMAC_SHA384),
        ("HS512", HMAC_SHA512),
    ] {
        let token = token(&header(name), r#"{"role":"ann"}"#, |message| {
            signer::hmac(algorithm, SECRET.as_bytes(), message)
        });
        let claims = verifier.verify(&token, NOW).unwrap();
        assert_eq!(claims.role.as_deref(), Some("ann"), "{name}");
    }
}

#[test]
fn a_token_that_postgrest_documents_is_verified() {
    // Its secret and the token of its own test suite (test/spec/Feature/Auth/AuthSpec.hs).
    let verifier = verifier("reallyreallyreallyreallyverysafe");
    let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
                 eyJyb2xlIjoicG9zdGdyZXN0X3Rlc3RfYXV0aG9yIn0.\
                 Xod-F15qsGL0WhdOCr2j3DdKuTw9QJERVgoFD3vGaWA";
    let claims = verifier.verify(token, NOW).unwrap();
    assert_eq!(claims.json, r#"{"role":"postgrest_test_author"}"#);
}

#[test]
fn every_algorithm_of_public_keys_verifies() {
    let (rsa, p256, p384, p521) = (Rsa::new(), Ec::p256(), Ec::p384(), Ec::p521());
    let (ed25519, ed448) = (Ed::new(), Ed448::new());
    let keys = [
        rsa.jwk(),
        p256.jwk(),
        p384.jwk(),
        p521.jwk(),
        ed25519.jwk(),
        ed448.jwk(),
    ];
    let verifier = with_keys(&keys);
    let by_rsa = |algorithm: &'static str| (algorithm, rsa.sign_as(algorithm));
    let signers: Vec<(&str, Sign<'_>)> = vec![
        by_rsa("RS256"),
        by_rsa("RS384"),
        by_rsa("RS512"),
        by_rsa("PS256"),
        by_rsa("PS384"),
        by_rsa("PS512"),
        ("ES256", Box::new(|message| p256.sign(message))),
        ("ES384", Box::new(|message| p384.sign(message))),
        ("ES512", Box::new(|message| p521.sign(message))),
        ("EdDSA", Box::new(|message| ed25519.sign(message))),
        ("Ed25519", Box::new(|message| ed25519.sign(message))),
        ("EdDSA", Box::new(|message| ed448.sign(message))),
        ("Ed448", Box::new(|message| ed448.sign(message))),
    ];
    for (algorithm, sign) in signers {
        let signed = token(&header(algorithm), r#"{"role":"ann"}"#, &sign);
        verifier
            .verify(&signed, NOW)
            .unwrap_or_else(|error| panic!("{algorithm}: {error}"));
        // The same signature under other claims.
        let (_, signature) = signed.rsplit_once('.').unwrap();
        let claims = base64(r#"{"role":"eve"}"#);
        let forged = format!("{}.{claims}.{signature}", base64(header(algorithm)));
        assert_eq!(refusal(&verifier, &forged), NO_KEY_MADE_IT, "{algorithm}");
        let empty = token(&header(algorithm), "{}", |_| Vec::new());
        assert_eq!(refusal(&verifier, &empty), NO_KEY_MADE_IT, "{algorithm}");
    }
}

#[test]
fn a_signature_over_ed448_that_openssl_made_is_verified() {
    let verifier = with_keys(&[json!({
        "kty": "OKP",
        "crv": "Ed448",
        "x": "xZUTfrUppH3WJr8LtFVAIj5-W5FYlobS9bbUlt4DmiZBCfi95SyfciqbFew5GoxnDZSvrol8JhgA",
    })]);
    let token = "eyJhbGciOiJFZERTQSJ9.eyJyb2xlIjoiYW5uIn0.\
                 ESkrwheiz-_lUw1atD9wabcSiwjMTMgoDPJ-wcdyu034aq8chwjaKNBivHfrbhW9gcHTXhfu6d8A\
                 y5kQwryBRXdIk8MAM8PJYDYuTJ_bRPhx1LezAl4c030dB2t07NwQkYaVCVCfTkw4Skz5QfIWfBkA";
    let claims = verifier.verify(token, NOW).unwrap();
    assert_eq!(claims.role.as_deref(), Some("ann"));
}

#[test]
fn a_single_key_is_a_set_of_one() {
    let rsa = Rsa::new();
    let token = token(&header("RS256"), "{}", |message| rsa.sign("RS256", message));
    let verifier = verifier(rsa.jwk().to_string());
    assert!(verifier.verify(&token, NOW).is_ok());
}

#[test]
fn a_key_verifies_only_the_algorithm_it_says() {
    let rsa = Rsa::new();
    let mut jwk = rsa.jwk();
    jwk["alg"] = json!("RS512");
    let verifier = with_keys(&[jwk]);
    let with = |algorithm| token(&header(algorithm), "{}", |m| rsa.sign(algorithm, m));
    assert!(verifier.verify(&with("RS512"), NOW).is_ok());
    assert_eq!(refusal(&verifier, &with("RS256")), NO_SUITABLE_KEY);
    assert_eq!(refusal(&verifier, &with("PS512")), NO_SUITABLE_KEY);
}

#[test]
fn kid_selects_the_key() {
    let (one, other) = (Rsa::new(), Rsa::new());
    let jwk = |rsa: &Rsa, kid: &str| {
        let mut jwk = rsa.jwk();
        jwk["kid"] = json!(kid);
        jwk
    };
    let verifier = with_keys(&[jwk(&one, "one"), jwk(&other, "other")]);
    let with_kid = |rsa: &Rsa, kid: Value| {
        let header = json!({ "alg": "RS256", "kid": kid }).to_string();
        token(&header, "{}", |message| rsa.sign("RS256", message))
    };
    for (signer, kid, expected) in [
        (&one, json!("one"), None),
        (&other, json!("other"), None),
        // Without a kid each key is tried.
        (&other, json!(null), None),
        (&one, json!("other"), Some(NO_KEY_MADE_IT)),
        (&one, json!("unknown"), Some(NO_SUITABLE_KEY)),
        (&one, json!(""), Some(NO_SUITABLE_KEY)),
        (&one, json!(1), Some(JwtError::Undecodable)),
    ] {
        let result = verifier.verify(&with_kid(signer, kid.clone()), NOW);
        assert_eq!(result.err(), expected, "kid {kid}");
    }
}

#[test]
fn a_kid_is_not_matched_by_a_key_without_one() {
    let rsa = Rsa::new();
    let verifier = with_keys(&[rsa.jwk()]);
    let token = token(r#"{"alg":"RS256","kid":"k"}"#, "{}", |m| {
        rsa.sign("RS256", m)
    });
    assert_eq!(refusal(&verifier, &token), NO_SUITABLE_KEY);
}

#[test]
fn keys_that_cannot_be_used_are_left_out_of_a_set() {
    let (rsa, for_encryption) = (Rsa::new(), Rsa::new());
    let mut encryption = for_encryption.jwk();
    encryption["use"] = json!("enc");
    let verifier = with_keys(&[json!({ "kty": "AKP", "kid": "new" }), encryption, rsa.jwk()]);
    let with = |rsa: &Rsa| token(&header("RS256"), "{}", |m| rsa.sign("RS256", m));
    assert!(verifier.verify(&with(&rsa), NOW).is_ok());
    assert_eq!(refusal(&verifier, &with(&for_encryption)), NO_KEY_MADE_IT);
}

#[test]
fn secrets_in_base64_are_decoded() {
    let token = hs256(SECRET.as_bytes(), "{}");
    let standard = "YSBzZWNyZXQgb2YgbW9yZSB0aGFuIDMyIGJ5dGVzLCBmb3IgdGVzdHM=";
    for written in [
        standard.to_owned(),
        standard.trim_end_matches('=').to_owned(),
        standard.replace('=', "."),
        format!(" {standard}\n"),
    ] {
        let config = Config {
            jwt_secret_is_base64: true,
            ..config(written.clone())
        };
        let verifier = crate::auth::Verifier::new(&config).unwrap();
        assert!(verifier.verify(&token, NOW).is_ok(), "{written}");
    }
}

#[test]
fn secrets_may_be_bytes_that_are_no_text() {
    let secret: Vec<u8> = (0..64).map(|byte| byte ^ 0xf5).collect();
    assert!(
        verifier(secret.clone())
            .verify(&hs256(&secret, "{}"), NOW)
            .is_ok()
    );
}

#[test]
fn secrets_that_cannot_be_used_are_refused_at_the_start() {
    let no_point = json!({
        "kty": "EC", "crv": "P-521", "x": base64([1; 66]), "y": base64([1; 66]),
    });
    let mut one = [0; 57];
    one[0] = 1;
    // Verifies signatures that nobody made.
    let identity = json!({ "kty": "OKP", "crv": "Ed448", "x": base64(one) });
    let mut other_algorithm = Ed448::new().jwk();
    other_algorithm["alg"] = json!("Ed25519");
    let short_rsa = json!({ "kty": "RSA", "n": base64([255; 128]), "e": "AQAB" });
    for (secret, expected) in [
        (
            "only 31 bytes, which is too few",
            "The JWT secret must be at least 32 characters long.",
        ),
        ("", "The JWT secret must be at least 32 characters long."),
        (
            r#"{"kty":"RSA","n":"#,
            "begins like a JSON Web Key, but is not JSON",
        ),
        (
            r#"{"name":"a JSON object that is no key"}"#,
            "neither \"kty\" nor \"keys\"",
        ),
        (r#"{"keys":"none"}"#, "must be an array"),
        (r#"{"keys":[]}"#, "no key can be used"),
        (r#"{"kty":"oct","k":"c2hvcnQ"}"#, "at least 32 bytes"),
        (
            r#"{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}"#,
            "66 bytes each",
        ),
        (&no_point.to_string(), "no point of P-521"),
        (
            r#"{"kty":"EC","crv":"Ed25519","x":"AA","y":"AA"}"#,
            "P-256, P-384 and P-521",
        ),
        (
            r#"{"kty":"OKP","crv":"P-256","x":"AA"}"#,
            "Ed25519 and Ed448",
        ),
        (r#"{"kty":"OKP","crv":"Ed448","x":"AA"}"#, "57 bytes"),
        (&identity.to_string(), "no point of Ed448"),
        (r#"{"kty":"OKP","crv":"Ed448","alg":"Ed25519"}"#, "needs x"),
        (&other_algorithm.to_string(), "its alg does not fit"),
        (
            r#"{"kty":"RSA","e":"AQAB","kid":"k"}"#,
            "key k: its type is not known",
        ),
        (&short_rsa.to_string(), "at least 2048 bits"),
        (
            "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG",
            "PEM is not supported",
        ),
    ] {
        let problem = refusal_of_secret(&config(secret));
        assert!(problem.contains(expected), "{secret}: {problem}");
    }
    let not_base64 = Config {
        jwt_secret_is_base64: true,
        ..config("not base64 at all, for there are commas in it")
    };
    assert!(refusal_of_secret(&not_base64).contains("is not base64"));
}

#[test]
fn minted_tokens_are_verified() {
    let claims: Map<String, Value> = [("role".to_owned(), json!("ann"))].into_iter().collect();
    let oct = json!({ "kty": "oct", "k": base64(SECRET), "kid": "k", "alg": "HS384" });
    let set = json!({ "keys": [Rsa::new().jwk(), oct] }).to_string();
    for secret in [SECRET.to_owned(), set] {
        let token = mint(&secret, &claims).unwrap();
        let verified = verifier(secret).verify(&token, NOW).unwrap();
        assert_eq!(verified.json, r#"{"role":"ann"}"#);
    }
    let public = Rsa::new().jwk().to_string();
    let error = mint(public, &claims).unwrap_err().to_string();
    assert!(error.contains("only symmetric keys"), "{error}");
}
