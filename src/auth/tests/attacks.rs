//! What an attacker sends instead of a good token. Each must be refused.

use aws_lc_rs::hmac::HMAC_SHA256;
use serde_json::json;

use super::signer::{self, Ec, Rsa, base64, hs256, token};
use super::{
    NO_KEY_MADE_IT, NO_SUITABLE_KEY, NOW, SECRET, config, refusal, signed, verifier, with_keys,
};
use crate::auth::{JwtError, Verifier};
use crate::config::Config;
use crate::error::{ClientError, Code};

#[test]
fn unsigned_tokens_are_refused() {
    let verifier = verifier(SECRET);
    let unsecured = JwtError::BadAlgorithm("JWT is unsecured but expected 'alg' was not 'none'");
    for (header, expected) in [
        (r#"{"alg":"none"}"#, unsecured.clone()),
        (r#"{"typ":"JWT","alg":"none"}"#, unsecured),
        (r#"{"alg":"None"}"#, JwtError::Undecodable),
        (r#"{"alg":"NONE"}"#, JwtError::Undecodable),
        (r#"{"alg":""}"#, JwtError::Undecodable),
        (r#"{"alg":null}"#, JwtError::Undecodable),
        (r#"{"alg":["HS256"]}"#, JwtError::Undecodable),
        (r#"{"typ":"JWT"}"#, JwtError::Undecodable),
        // Which of the two would a reader take?
        (r#"{"alg":"HS256","alg":"none"}"#, JwtError::Undecodable),
    ] {
        for signature in [vec![], b"anything".to_vec()] {
            let token = token(header, r#"{"role":"postgres"}"#, |_| signature.clone());
            assert_eq!(refusal(&verifier, &token), expected, "{header}");
        }
    }
}

#[test]
fn a_public_key_is_no_hmac_secret() {
    let rsa = Rsa::new();
    let jwk = rsa.jwk().to_string();
    let verifier = verifier(jwk.clone());
    for secret in [
        jwk.into_bytes(),
        rsa.der(),
        rsa.modulus(),
        base64(rsa.modulus()).into_bytes(),
    ] {
        assert_eq!(refusal(&verifier, &hs256(&secret, "{}")), NO_SUITABLE_KEY);
    }
}

#[test]
fn an_algorithm_of_another_key_type_is_refused() {
    let (rsa, ec) = (Rsa::new(), Ec::p256());
    let es256 = token(r#"{"alg":"ES256"}"#, "{}", |message| ec.sign(message));
    let rs256 = token(r#"{"alg":"RS256"}"#, "{}", |m| rsa.sign("RS256", m));
    let ec_as_rsa = token(r#"{"alg":"RS256"}"#, "{}", |message| ec.sign(message));
    let es384_by_p256 = token(r#"{"alg":"ES384"}"#, "{}", |message| ec.sign(message));
    let (only_rsa, only_ec) = (with_keys(&[rsa.jwk()]), with_keys(&[ec.jwk()]));
    assert_eq!(refusal(&only_rsa, &es256), NO_SUITABLE_KEY);
    assert_eq!(refusal(&only_ec, &rs256), NO_SUITABLE_KEY);
    assert_eq!(refusal(&only_ec, &es384_by_p256), NO_SUITABLE_KEY);
    assert_eq!(refusal(&only_rsa, &ec_as_rsa), NO_KEY_MADE_IT);
    assert_eq!(refusal(&verifier(SECRET), &rs256), NO_SUITABLE_KEY);
}

#[test]
fn a_token_does_not_bring_its_own_key() {
    let (ours, theirs) = (Rsa::new(), Rsa::new());
    let verifier = with_keys(&[ours.jwk()]);
    let header = json!({ "alg": "RS256", "jwk": theirs.jwk(), "jku": "https://evil.example" });
    let token = token(&header.to_string(), "{}", |m| theirs.sign("RS256", m));
    assert_eq!(refusal(&verifier, &token), NO_KEY_MADE_IT);
}

#[test]
fn altered_tokens_are_refused() {
    let verifier = verifier(SECRET);
    let good = signed(&json!({ "role": "ann" }));
    assert!(verifier.verify(&good, NOW).is_ok());
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!("a token has three parts")
    };
    let other_payload = base64(r#"{"role":"bob"}"#);
    let wrong_secret = hs256(b"another secret of more than 32 bytes", r#"{"role":"ann"}"#);
    let truncated = hs256(SECRET.as_bytes(), r#"{"role":"ann"}"#);
    let truncated = truncated.get(..truncated.len() - 3).unwrap();
    for (token, expected) in [
        (
            format!("{header}.{other_payload}.{signature}"),
            NO_KEY_MADE_IT,
        ),
        (format!("{header}.{payload}."), NO_KEY_MADE_IT),
        (wrong_secret, NO_KEY_MADE_IT),
        (truncated.to_owned(), NO_KEY_MADE_IT),
        (
            format!("{header}.{payload}.{signature}="),
            JwtError::Undecodable,
        ),
        (
            format!("{header}.{payload}.{signature} "),
            JwtError::Undecodable,
        ),
        (format!("{header}.{payload}.é"), JwtError::Undecodable),
        (format!(".{payload}.{signature}"), JwtError::Undecodable),
        (format!("{header}.!!!!.{signature}"), JwtError::Undecodable),
        (
            "quifquirndsjagnrgniur.fonvoienqhhdj.iuqvnvhojah".to_owned(),
            JwtError::Undecodable,
        ),
        (format!("{header}.{payload}"), JwtError::UnexpectedParts(2)),
        (format!("{good}.{signature}"), JwtError::UnexpectedParts(4)),
        (format!("{good}.a.b"), JwtError::UnexpectedParts(5)),
        ("a".to_owned(), JwtError::UnexpectedParts(1)),
        (String::new(), JwtError::Empty),
    ] {
        assert_eq!(refusal(&verifier, &token), expected, "{token}");
        assert_eq!(expected.code(), Code::Pgrst301);
    }
}

#[test]
fn headers_that_must_be_understood_are_refused() {
    let sign = |message: &[u8]| signer::hmac(HMAC_SHA256, SECRET.as_bytes(), message);
    let crit = token(r#"{"alg":"HS256","crit":["b64"],"b64":false}"#, "{}", sign);
    let enc = token(r#"{"alg":"HS256","enc":"A128GCM"}"#, "{}", sign);
    assert!(matches!(
        refusal(&verifier(SECRET), &crit),
        JwtError::BadAlgorithm(_)
    ));
    assert_eq!(refusal(&verifier(SECRET), &enc), JwtError::Undecodable);
}

#[test]
fn huge_tokens_are_refused() {
    let verifier = verifier(SECRET);
    let huge = signed(&json!({ "role": "ann", "junk": "x".repeat(1_000_000) }));
    assert_eq!(
        refusal(&verifier, &huge),
        JwtError::TooLarge { limit: 16384 }
    );
    let dots = ".".repeat(1_000_000);
    assert_eq!(
        refusal(&verifier, &dots),
        JwtError::TooLarge { limit: 16384 }
    );
    let large = signed(&json!({ "role": "ann", "groups": "x".repeat(10_000) }));
    assert!(verifier.verify(&large, NOW).is_ok());
}

#[test]
fn payloads_that_are_no_claims_are_refused() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    for payload in [
        "",
        "null",
        "17",
        "\"role\"",
        "[]",
        "{\"role\":",
        "{}{}",
        "{\"a\":\u{1}}",
        &deep,
    ] {
        let token = hs256(SECRET.as_bytes(), payload);
        let error = refusal(&verifier(SECRET), &token);
        assert_eq!(error, JwtError::ClaimsUnreadable, "{payload}");
    }
}

#[test]
fn without_a_secret_no_token_is_believed() {
    let verifier = Verifier::new(&Config::default()).unwrap();
    for token in [
        signed(&json!({ "role": "ann" })),
        String::new(),
        "x".to_owned(),
    ] {
        let error = refusal(&verifier, &token);
        assert_eq!(error, JwtError::SecretMissing);
        assert_eq!(error.code().status(), 500);
        assert_eq!(error.www_authenticate(), None);
    }
}

#[test]
fn roles_beyond_the_list_are_refused() {
    let config = Config {
        jwt_roles: vec!["agent".to_owned(), "none".to_owned()],
        ..config(SECRET)
    };
    let listed = Verifier::new(&config).unwrap();
    let unlisted = verifier(SECRET);
    let role = |verifier: &Verifier, role: &str| {
        let header = format!("Bearer {}", signed(&json!({ "role": role })));
        verifier
            .authenticate(Some(&header), NOW)
            .map(|caller| caller.role.name.to_string())
    };
    for (name, with_list, without_list) in [
        ("agent", true, true),
        ("anon", true, true),
        ("postgres", false, true),
        ("login_role", false, true),
        ("Agent", false, true),
        ("agent ", false, true),
        ("", false, true),
        // Gives back the rights of the login role, so no setting can allow it.
        ("none", false, false),
    ] {
        assert_eq!(role(&listed, name).is_ok(), with_list, "{name} with a list");
        assert_eq!(
            role(&unlisted, name).is_ok(),
            without_list,
            "{name} without"
        );
    }
    let error = role(&listed, "postgres").unwrap_err();
    assert_eq!(
        error.to_string(),
        "permission denied to set role \"postgres\""
    );
    assert_eq!(error.sqlstate(), Some("42501"));
}

#[test]
fn a_flood_of_bad_tokens_does_not_fill_the_cache() {
    let config = Config {
        jwt_cache_max_entries: 2,
        ..config(SECRET)
    };
    let verifier = Verifier::new(&config).unwrap();
    let good = signed(&json!({ "role": "ann" }));
    verifier.verify(&good, NOW).unwrap();
    for number in 0..100 {
        let bad = hs256(
            b"another secret of more than 32 bytes",
            &format!("{{\"n\":{number}}}"),
        );
        assert_eq!(refusal(&verifier, &bad), NO_KEY_MADE_IT);
        assert_eq!(refusal(&verifier, &bad), NO_KEY_MADE_IT);
    }
    assert_eq!(verifier.remembered_tokens(), 1);
}
