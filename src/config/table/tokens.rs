//! Tokens: who may come in.

use super::PLAIN;
use crate::config::value::{self, Expected};
use crate::config::{Config, Kind, RoleClaimKey, Secrecy, Secret, Setting, redacted_uri};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "jwt-secret",
        secrecy: Secrecy::Secret,
        doc: "What tokens are verified with: a text of at least 32 bytes (HS256, HS384, HS512), a \
              JSON Web Key or a JSON Web Key Set. `@file` reads it from a file, which keeps it out \
              of the list of processes. Without it, every token is refused.",
        write: |config, text| {
            config.jwt_secret = value::optional(text).map(Secret::new);
            Ok(())
        },
        read: |config| {
            config
                .jwt_secret
                .as_ref()
                .map_or_else(String::new, Secret::to_string)
        },
        ..PLAIN
    },
    Setting {
        name: "jwt-secret-is-base64",
        aliases: &["secret-is-base64"],
        kind: Kind::Boolean,
        default: "false",
        doc: "The secret is written in base64, of either alphabet.",
        write: |config, text| {
            config.jwt_secret_is_base64 = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.jwt_secret_is_base64.to_string(),
        ..PLAIN
    },
    Setting {
        name: "jwt-jwks-url",
        kind: Kind::Uri,
        secrecy: Secrecy::Password,
        from_postgrest: false,
        doc: "Where whoever issues tokens publishes the keys to verify them with, as a JSON Web Key Set: \
              https://…/.well-known/jwks.json. They hold beside those of jwt-secret; symmetric ones are \
              left out. Use http only within a network that you trust.",
        write: write_jwks_url,
        read: |config| {
            config
                .jwt_jwks_url
                .as_deref()
                .map_or_else(String::new, redacted_uri)
        },
        ..PLAIN
    },
    Setting {
        name: "jwt-jwks-max-age",
        kind: Kind::Seconds,
        default: "300",
        from_postgrest: false,
        doc: "How old the keys of jwt-jwks-url may be before they are fetched again. A key that has been \
              withdrawn there verifies tokens for so long; a new one is found when a token names it.",
        write: |config, text| {
            let age = value::seconds(text)?;
            if age.is_zero() {
                return Err("at least 1 second".to_owned());
            }
            config.jwt_jwks_max_age = age;
            Ok(())
        },
        read: |config| config.jwt_jwks_max_age.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "jwt-aud",
        doc: "The audience that this server is. A token for another one is refused; a token for \
              nobody in particular is not.",
        write: write_audience,
        read: |config| config.jwt_aud.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "jwt-iss",
        from_postgrest: false,
        doc: "Who makes tokens, as their claim iss says. Tokens of others are refused; those that are made here name it. Unless \
              set, every issuer whose key is known is believed.",
        write: |config, text| {
            config.jwt_iss = value::optional(text);
            Ok(())
        },
        read: |config| config.jwt_iss.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "jwt-exp-required",
        kind: Kind::Boolean,
        default: "false",
        from_postgrest: false,
        doc: "Whether a token without exp, which would hold for ever, is refused. PostgREST believes it.",
        write: |config, text| {
            config.jwt_exp_required = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.jwt_exp_required.to_string(),
        ..PLAIN
    },
    Setting {
        name: "jwt-role-claim-key",
        aliases: &["role-claim-key"],
        default: "$.role",
        doc: "Where a token names its role: a JSON Path (RFC 9535) such as $.role, $['my claim'].key \
              or $.roles[?search(@, '^app_')], or PostgREST's older .role. In a file, write $$ \
              for $.",
        write: |config, text| {
            config.jwt_role_claim_key = RoleClaimKey::parse(text)?;
            Ok(())
        },
        read: |config| config.jwt_role_claim_key.as_str().to_owned(),
        ..PLAIN
    },
    Setting {
        name: "jwt-cache-max-entries",
        kind: Kind::Number,
        default: "1000",
        doc: "How many verified tokens are remembered; 0 verifies each anew. Times and audience are \
              checked again for every request.",
        write: |config, text| {
            config.jwt_cache_max_entries = value::number(text, 0)?;
            Ok(())
        },
        read: |config| config.jwt_cache_max_entries.to_string(),
        ..PLAIN
    },
    Setting {
        name: "jwt-roles",
        kind: Kind::List,
        from_postgrest: false,
        doc: "The roles that tokens may name, beside db-anon-role. Without it: every role that the \
              login role may become.",
        write: |config, text| {
            config.jwt_roles = value::list(text);
            Ok(())
        },
        read: |config| config.jwt_roles.join(","),
        ..PLAIN
    },
    Setting {
        name: "jwt-clock-skew",
        kind: Kind::Seconds,
        default: "30",
        from_postgrest: false,
        doc: "How far the clock of a token's issuer may be off. PostgREST always allows 30 seconds.",
        write: |config, text| {
            config.jwt_clock_skew = value::seconds(text)?;
            Ok(())
        },
        read: |config| config.jwt_clock_skew.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "publishable-key",
        from_postgrest: false,
        doc: "A text that callers may send as Authorization: Bearer …, or as apikey, instead of a token, and are \
              anybody: db-anon-role. What pages give to createClient() of supabase-js; it is no secret.",
        write: |config, text| {
            config.publishable_key = value::optional(text).map(Secret::new);
            Ok(())
        },
        read: |config| text_of(config.publishable_key.as_ref()),
        ..PLAIN
    },
    Setting {
        name: "secret-key",
        secrecy: Secrecy::Secret,
        in_database: false,
        from_postgrest: false,
        doc: "A text of at least 32 bytes that scripts may send as Authorization: Bearer …, or as apikey, instead \
              of a token, and are secret-key-role. `@file` reads it from a file.",
        write: |config, text| {
            config.secret_key = value::optional(text).map(Secret::new);
            Ok(())
        },
        read: |config| {
            let key = config.secret_key.as_ref();
            key.map_or_else(String::new, Secret::to_string)
        },
        ..PLAIN
    },
    Setting {
        name: "secret-key-role",
        in_database: false,
        from_postgrest: false,
        doc: "The role that secret-key stands for.",
        write: |config, text| {
            config.secret_key_role = value::optional(text);
            Ok(())
        },
        read: |config| config.secret_key_role.clone().unwrap_or_default(),
        ..PLAIN
    },
];

fn text_of(key: Option<&Secret>) -> String {
    key.map_or_else(String::new, |key| {
        String::from_utf8_lossy(key.expose()).into_owned()
    })
}

fn write_jwks_url(config: &mut Config, text: &str) -> Result<(), Expected> {
    config.jwt_jwks_url = match value::optional(text) {
        None => None,
        Some(url) => {
            let parsed = reqwest::Url::parse(&url).ok();
            let is_web = parsed.is_some_and(|url| ["https", "http"].contains(&url.scheme()));
            if !is_web {
                return Err("a URL that begins with https:// or http://".to_owned());
            }
            Some(url)
        }
    };
    Ok(())
}

/// RFC 7519, section 2, `StringOrURI`: text with a colon must be a URI.
fn write_audience(config: &mut Config, text: &str) -> Result<(), Expected> {
    if let Some((scheme, rest)) = text.split_once(':') {
        let scheme_is_valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        let rest_is_valid = rest
            .chars()
            .all(|c| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c));
        if !(scheme_is_valid && rest_is_valid) {
            return Err("a string without colons or a valid URI".to_owned());
        }
    }
    config.jwt_aud = value::optional(text);
    Ok(())
}
