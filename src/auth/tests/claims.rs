//! What the claims of a well-signed token mean.

use serde_json::{Value, json};

use super::{NOW, SECRET, config, signed, signer::hs256, verifier};
use crate::auth::{JwtError, Verifier};
use crate::config::{Config, RoleClaimKey};
use crate::error::{ClientError, Code};

#[test]
fn times_hold_within_the_skew() {
    let verifier = verifier(SECRET);
    let late = i64::try_from(NOW).unwrap();
    for (claims, expected) in [
        (json!({ "exp": late + 1 }), None),
        (json!({ "exp": late - 30 }), None),
        (json!({ "exp": late - 31 }), Some(JwtError::Expired)),
        (json!({ "exp": 0 }), Some(JwtError::Expired)),
        (json!({ "exp": -1 }), Some(JwtError::Expired)),
        (json!({ "nbf": late + 30 }), None),
        (json!({ "nbf": late + 31 }), Some(JwtError::NotYetValid)),
        (json!({ "iat": late + 30 }), None),
        (json!({ "iat": late + 31 }), Some(JwtError::IssuedInFuture)),
        // Fractions are allowed (RFC 7519), and numbers that no clock reaches.
        (json!({ "exp": 1_750_000_000.5 }), None),
        (json!({ "exp": 1_749_999_900.5 }), Some(JwtError::Expired)),
        (json!({ "exp": 1e300 }), None),
        (json!({ "exp": u64::MAX }), None),
        (json!({ "nbf": 1e300 }), Some(JwtError::NotYetValid)),
        (json!({ "nbf": -1e300 }), None),
        (json!({ "exp": null, "nbf": null, "iat": null }), None),
        (json!({}), None),
    ] {
        let result = verifier.verify(&signed(&claims), NOW);
        assert_eq!(result.err(), expected, "{claims}");
    }
}

#[test]
fn claims_of_the_wrong_type_are_refused() {
    let verifier = verifier(SECRET);
    for claim in ["exp", "nbf", "iat"] {
        for value in [json!("1750000000"), json!(true), json!([1]), json!({})] {
            let error = verifier
                .verify(&signed(&json!({ claim: value })), NOW)
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("The JWT '{claim}' claim must be a number")
            );
            assert_eq!(error.code(), Code::Pgrst303);
        }
    }
    for value in [
        json!(1),
        json!({ "a": "b" }),
        json!([{ "a": "b" }, "c"]),
        json!([null]),
    ] {
        let error = verifier
            .verify(&signed(&json!({ "aud": value })), NOW)
            .unwrap_err();
        assert_eq!(error, JwtError::AudienceNotText);
    }
}

#[test]
fn an_audience_is_checked_if_one_is_set() {
    let config = Config {
        jwt_aud: Some("us".to_owned()),
        ..config(SECRET)
    };
    let (set, unset) = (Verifier::new(&config).unwrap(), verifier(SECRET));
    for (aud, is_for_us) in [
        (json!("us"), true),
        (json!(["us"]), true),
        (json!(["them", "us"]), true),
        (json!([]), true),
        (json!(null), true),
        (json!("them"), false),
        (json!(""), false),
        (json!("us "), false),
        (json!(["them"]), false),
    ] {
        let token = signed(&json!({ "aud": aud }));
        let expected = (!is_for_us).then_some(JwtError::NotInAudience);
        assert_eq!(set.verify(&token, NOW).err(), expected, "{aud}");
        assert!(unset.verify(&token, NOW).is_ok(), "{aud}");
    }
    assert!(set.verify(&signed(&json!({})), NOW).is_ok());
}

#[test]
fn an_issuer_and_an_end_are_asked_for_if_that_is_set() {
    let config = Config {
        jwt_iss: Some("us".to_owned()),
        jwt_exp_required: true,
        ..config(SECRET)
    };
    let (set, unset) = (Verifier::new(&config).unwrap(), verifier(SECRET));
    for (claims, expected) in [
        (json!({ "iss": "us", "exp": NOW + 1 }), None),
        (json!({ "exp": NOW + 1 }), Some(JwtError::OtherIssuer)),
        (
            json!({ "iss": "them", "exp": NOW + 1 }),
            Some(JwtError::OtherIssuer),
        ),
        (
            json!({ "iss": ["us"], "exp": NOW + 1 }),
            Some(JwtError::OtherIssuer),
        ),
        (json!({ "iss": "us" }), Some(JwtError::Endless)),
        (json!({ "iss": "us", "exp": null }), Some(JwtError::Endless)),
    ] {
        let token = signed(&claims);
        assert_eq!(set.verify(&token, NOW).err(), expected, "{claims}");
        assert!(unset.verify(&token, NOW).is_ok(), "{claims}");
    }
}

#[test]
fn claims_are_handed_on_as_they_were_written() {
    let verifier = verifier(SECRET);
    for (payload, expected) in [
        (
            r#"{"z":1, "role" : "ann", "a":[ 1,2 ]}"#,
            r#"{"z":1,"role":"ann","a":[ 1,2 ]}"#,
        ),
        // An id larger than a double holds, and one written as a fraction.
        (
            r#"{"role":"ann","id":12345678901234567891,"n":1.0}"#,
            r#"{"role":"ann","id":12345678901234567891,"n":1.0}"#,
        ),
        // Of a claim that comes twice only the last one exists.
        (
            r#"{"role":"bob","id":1,"role":"ann","id":2}"#,
            r#"{"role":"ann","id":2}"#,
        ),
        (
            r#"{"r\u006fle":"ann","a\"b":"é"}"#,
            r#"{"role":"ann","a\"b":"é"}"#,
        ),
        // PostgREST adds the role of the request where the token names none.
        (r#"{"id":1}"#, r#"{"id":1,"role":"anon"}"#),
        ("{}", r#"{"role":"anon"}"#),
    ] {
        let claims = verifier
            .verify(&hs256(SECRET.as_bytes(), payload), NOW)
            .unwrap();
        assert_eq!(claims.json, expected);
        assert!(serde_json::from_str::<Value>(&claims.json).is_ok());
    }
}

#[test]
fn the_role_is_what_the_claims_say() {
    let path = |text| Config {
        jwt_role_claim_key: RoleClaimKey::parse(text).unwrap(),
        ..config(SECRET)
    };
    for (key, claims, role, is_anonymous) in [
        ("$.role", json!({ "role": "ann" }), "ann", false),
        ("$.role", json!({ "sub": "ann" }), "anon", true),
        ("$.role", json!({ "role": "anon" }), "anon", true),
        ("$.roles[1]", json!({ "roles": ["x", "ann"] }), "ann", false),
        (
            "$.roles[5]",
            json!({ "roles": ["x", "ann"], "role": "bob" }),
            "anon",
            true,
        ),
        // What is not text is its JSON, as in PostgREST: Postgres will know no such role.
        ("$.role", json!({ "role": null }), "null", false),
        ("$.role", json!({ "role": 7 }), "7", false),
        ("$.role", json!({ "role": ["ann"] }), r#"["ann"]"#, false),
    ] {
        let verifier = Verifier::new(&path(key)).unwrap();
        let header = format!("Bearer {}", signed(&claims));
        let caller = verifier.authenticate(Some(&header), NOW).unwrap();
        assert_eq!(
            (&*caller.role.name, caller.role.is_anonymous),
            (role, is_anonymous),
            "{claims}"
        );
        let json: Value = serde_json::from_str(&caller.claims.json).unwrap();
        assert_eq!(json["role"], role);
    }
}

#[test]
fn callers_without_a_token_are_anonymous_or_refused() {
    let (open, closed) = (
        verifier(SECRET),
        Verifier::new(&Config {
            db_anon_role: None,
            ..config(SECRET)
        })
        .unwrap(),
    );
    // Another scheme is no token to PostgREST.
    for header in [None, Some("Basic YTpi"), Some(""), Some("Bearerx")] {
        let caller = open.authenticate(header, NOW).unwrap();
        assert!(caller.role.is_anonymous);
        assert_eq!(caller.claims.json, r#"{"role":"anon"}"#);
        let error = closed.authenticate(header, NOW).unwrap_err();
        assert_eq!(error, JwtError::TokenRequired);
        assert_eq!(error.www_authenticate().as_deref(), Some("Bearer"));
        assert_eq!(error.code().status(), 401);
    }
    for header in ["Bearer", "Bearer ", "bearer  "] {
        assert_eq!(
            open.authenticate(Some(header), NOW).unwrap_err(),
            JwtError::Empty
        );
    }
    let not_text = open.authenticate(Some(b"Bearer \xff"), NOW);
    assert_eq!(not_text.unwrap_err(), JwtError::Undecodable);
    let no_role = format!("BEARER {}", signed(&json!({ "sub": "ann" })));
    assert_eq!(
        closed.authenticate(Some(&no_role), NOW).unwrap_err(),
        JwtError::TokenRequired
    );
}

#[test]
fn refusals_are_worded_as_postgrest_words_them() {
    for (error, code, message, header) in [
        (
            JwtError::Expired,
            "PGRST303",
            "JWT expired",
            "Bearer error=\"invalid_token\", error_description=\"JWT expired\"",
        ),
        (
            JwtError::Empty,
            "PGRST301",
            "Empty JWT is sent in Authorization header",
            "Bearer error=\"invalid_token\", \
             error_description=\"Empty JWT is sent in Authorization header\"",
        ),
        (
            JwtError::UnexpectedParts(2),
            "PGRST301",
            "Expected 3 parts in JWT; got 2",
            "Bearer error=\"invalid_token\", error_description=\"Expected 3 parts in JWT; got 2\"",
        ),
    ] {
        assert_eq!(error.code().text(), code);
        assert_eq!(error.to_string(), message);
        assert_eq!(error.www_authenticate().as_deref(), Some(header));
        assert_eq!(error.details(), None);
    }
    assert_eq!(
        super::NO_KEY_MADE_IT.details(),
        Some(json!("None of the keys was able to decode the JWT"))
    );
    assert_eq!(
        super::NO_KEY_MADE_IT.to_string(),
        "No suitable key or wrong key type"
    );
}

#[test]
fn remembered_tokens_are_checked_again() {
    for entries in [0, 1, 1000] {
        let config = Config {
            jwt_cache_max_entries: entries,
            ..config(SECRET)
        };
        let verifier = Verifier::new(&config).unwrap();
        let token = signed(&json!({ "role": "ann", "exp": NOW + 10, "nbf": NOW - 10 }));
        for (now, expected) in [
            (NOW, None),
            (NOW + 40, None),
            (NOW + 41, Some(JwtError::Expired)),
            (NOW - 41, Some(JwtError::NotYetValid)),
            (NOW, None),
        ] {
            assert_eq!(
                verifier.verify(&token, now).err(),
                expected,
                "{entries} entries"
            );
        }
        assert_eq!(verifier.remembered_tokens(), entries.min(1));
    }
}

#[test]
fn the_cache_is_bounded() {
    let config = Config {
        jwt_cache_max_entries: 20,
        ..config(SECRET)
    };
    let verifier = Verifier::new(&config).unwrap();
    for id in 0..500 {
        let token = signed(&json!({ "role": "ann", "id": id }));
        let claims = verifier.verify(&token, NOW).unwrap();
        assert_eq!(claims.json, format!(r#"{{"role":"ann","id":{id}}}"#));
    }
    assert!(
        verifier.remembered_tokens() <= 20,
        "{}",
        verifier.remembered_tokens()
    );
}
