//! What somebody brings to be signed in: text in, typed grant out.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::AccountError;

/// Longer than any email that can be delivered to (RFC 5321, section 4.5.3.1).
const MAX_EMAIL_BYTES: usize = 320;
/// Far beyond any passphrase. Hashing takes the same time for all of them.
const MAX_PASSWORD_BYTES: usize = 1024;
/// Ours have 43.
const MAX_REFRESH_TOKEN_BYTES: usize = 256;

/// A request for a session, well-formed. Whether it is granted is another matter.
#[derive(Clone, PartialEq, Eq)]
pub enum Grant {
    /// The email as it was typed; the database compares without case and surrounding spaces.
    Password {
        email: String,
        password: String,
    },
    RefreshToken(String),
    /// What a link gave, and what proves that it was asked for here (RFC 7636, section 4.5).
    Code {
        code: String,
        verifier: String,
    },
}

/// A request for a link, well-formed. Where the link is to lead in the end, the URL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub email: String,
    /// What they call themselves.
    pub name: Option<String>,
    pub redirect_to: Option<String>,
    /// Of who is to follow the link, by S256 (RFC 7636, section 4.2).
    pub code_challenge: Option<String>,
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// To set a password, the first or another.
    Recovery,
    /// To come in for the first time, asked by somebody else.
    Invite,
}

/// What a link brings, when it is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub token: String,
    pub kind: LinkKind,
    /// Where it is given, it must be the account's.
    pub email: Option<String>,
}

/// What somebody changes of the own account.
#[derive(Clone, PartialEq, Eq)]
pub struct Update {
    pub password: Option<String>,
    /// What its holder says of themselves.
    pub metadata: Option<Map<String, Value>>,
}

impl Asked {
    /// Reads the body of a request for a link, or of signing up: of that, the password is not kept.
    ///
    /// # Errors
    /// [`AccountError::Invalid`], [`AccountError::BadJson`].
    pub fn parse(redirect_to: Option<String>, body: &[u8]) -> Result<Self, AccountError> {
        let body = object(body)?;
        if body.contains_key("phone") && !body.contains_key("email") {
            return Err(invalid("Accounts have an email: send email"));
        }
        let email = text(&body, "email", MAX_EMAIL_BYTES)?;
        if !email.trim().contains('@') {
            return Err(invalid(
                "email must be an email address, as ann@example.com",
            ));
        }
        // Part of what clients send along as `data`: where it is no name, it is left alone as the rest of it.
        let name = body.get("data").and_then(|data| data["name"].as_str());
        let name = name.filter(|name| !name.trim().is_empty() && !name.contains(char::is_control));
        Ok(Self {
            email,
            name: name.map(str::to_owned),
            redirect_to,
            code_challenge: code_challenge(&body)?,
        })
    }
}

impl LinkKind {
    /// As links and bodies have it in `type`.
    ///
    /// # Errors
    /// [`AccountError::Invalid`].
    pub fn parse(text: Option<&str>) -> Result<Self, AccountError> {
        match text {
            // whoever signs up is mailed a link to set a password
            Some("recovery" | "signup" | "email") => Ok(Self::Recovery),
            Some("invite") => Ok(Self::Invite),
            Some(_) => Err(invalid("type must be recovery, signup, email or invite")),
            None => Err(invalid(
                "type is missing: recovery, signup, email or invite",
            )),
        }
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Invite => "invite",
        }
    }
}

impl Proof {
    /// Of a link that was followed.
    ///
    /// # Errors
    /// [`AccountError::Invalid`].
    pub fn of_link(token: Option<&str>, kind: Option<&str>) -> Result<Self, AccountError> {
        let kind = LinkKind::parse(kind)?;
        match token {
            Some(token) if !token.is_empty() && token.len() <= MAX_REFRESH_TOKEN_BYTES => {
                Ok(Self {
                    token: token.to_owned(),
                    kind,
                    email: None,
                })
            }
            _ => Err(invalid(
                "token is missing: follow the link as it was mailed",
            )),
        }
    }

    /// Of a body: `{token_hash, type}` or `{email, token, type}`. Both name what is in the link.
    ///
    /// # Errors
    /// [`AccountError::Invalid`], [`AccountError::BadJson`].
    pub fn parse(body: &[u8]) -> Result<Self, AccountError> {
        let body = object(body)?;
        let kind = LinkKind::parse(body.get("type").and_then(Value::as_str))?;
        if body.contains_key("token_hash") {
            let token = text(&body, "token_hash", MAX_REFRESH_TOKEN_BYTES)?;
            return Ok(Self {
                token,
                kind,
                email: None,
            });
        }
        Ok(Self {
            token: text(&body, "token", MAX_REFRESH_TOKEN_BYTES)?,
            kind,
            email: Some(text(&body, "email", MAX_EMAIL_BYTES)?),
        })
    }
}

impl Update {
    /// Reads what is to be changed. What clients send along and we do not know is left alone, but for what somebody
    /// might believe to have changed.
    ///
    /// # Errors
    /// [`AccountError::Invalid`], [`AccountError::BadJson`].
    pub fn parse(body: &[u8]) -> Result<Self, AccountError> {
        let body = object(body)?;
        for unchangeable in ["email", "phone"] {
            if body.get(unchangeable).is_some_and(|value| !value.is_null()) {
                return Err(invalid(&format!(
                    "{unchangeable} is not one's own to change; an administrator can"
                )));
            }
        }
        let password = match body.get("password") {
            None | Some(Value::Null) => None,
            Some(_) => Some(text(&body, "password", MAX_PASSWORD_BYTES)?),
        };
        let metadata = match body.get("data") {
            None | Some(Value::Null) => None,
            Some(data @ Value::Object(object)) if !holds_nul(data) => Some(object.clone()),
            Some(Value::Object(_)) => {
                return Err(invalid(
                    "data holds the character \\u0000, which Postgres cannot keep",
                ));
            }
            Some(_) => return Err(invalid("data must be an object")),
        };
        Ok(Self { password, metadata })
    }
}

impl Grant {
    /// Reads `grant_type` (as the query string has it) and the body. Members that we do not know are
    /// left alone: clients send a captcha's answer along.
    ///
    /// # Errors
    /// [`AccountError::Invalid`], [`AccountError::BadJson`].
    pub fn parse(grant_type: Option<&str>, body: &[u8]) -> Result<Self, AccountError> {
        match grant_type {
            Some("password") => {
                let body = object(body)?;
                if body.contains_key("phone") && !body.contains_key("email") {
                    return Err(invalid(
                        "Signing in by phone is not supported: send email and password",
                    ));
                }
                Ok(Self::Password {
                    email: text(&body, "email", MAX_EMAIL_BYTES)?,
                    password: text(&body, "password", MAX_PASSWORD_BYTES)?,
                })
            }
            Some("refresh_token") => {
                let token = text(&object(body)?, "refresh_token", MAX_REFRESH_TOKEN_BYTES)?;
                Ok(Self::RefreshToken(token))
            }
            Some("pkce") => {
                let body = object(body)?;
                Ok(Self::Code {
                    code: text(&body, "auth_code", MAX_REFRESH_TOKEN_BYTES)?,
                    verifier: text(&body, "code_verifier", MAX_REFRESH_TOKEN_BYTES)?,
                })
            }
            Some(_) => Err(invalid(
                "grant_type must be password, refresh_token or pkce",
            )),
            None => Err(invalid(
                "grant_type is missing: use /auth/v1/token?grant_type=password",
            )),
        }
    }
}

/// The challenge that somebody who has this verifier has made, by S256 (RFC 7636, section 4.2).
pub(super) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// A plain challenge is its own verifier.
fn code_challenge(body: &Map<String, Value>) -> Result<Option<String>, AccountError> {
    if body.get("code_challenge").is_none_or(Value::is_null) {
        return Ok(None);
    }
    let challenge = text(body, "code_challenge", MAX_REFRESH_TOKEN_BYTES)?;
    let method = body.get("code_challenge_method").and_then(Value::as_str);
    match method.map(str::to_ascii_lowercase).as_deref() {
        Some("s256") => Ok(Some(challenge)),
        Some("plain") => Ok(Some(challenge_of(&challenge))),
        _ => Err(invalid("code_challenge_method must be s256 or plain")),
    }
}

fn object(body: &[u8]) -> Result<Map<String, Value>, AccountError> {
    // What serde says of a body may repeat a part of it, and that may be a password.
    serde_json::from_slice(body).map_err(|error| {
        AccountError::BadJson(format!("line {}, column {}", error.line(), error.column()))
    })
}

fn text(body: &Map<String, Value>, name: &str, most_bytes: usize) -> Result<String, AccountError> {
    match body.get(name) {
        None | Some(Value::Null) => Err(invalid(&format!("{name} is missing in the body"))),
        Some(Value::String(text)) if text.is_empty() => Err(invalid(&format!("{name} is empty"))),
        Some(Value::String(text)) if text.len() > most_bytes => Err(invalid(&format!(
            "{name} is longer than {most_bytes} bytes"
        ))),
        // Postgres has no NUL, and no email or token has any control character.
        Some(Value::String(text)) if name != "password" && text.chars().any(char::is_control) => {
            Err(invalid(&format!("{name} holds a control character")))
        }
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(invalid(&format!("{name} must be text"))),
    }
}

/// Postgres has no NUL, in names of members neither.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn invalid(message: &str) -> AccountError {
    AccountError::Invalid(message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(grant_type: Option<&str>, body: &str) -> String {
        match Grant::parse(grant_type, body.as_bytes()) {
            Ok(_) => "granted".to_owned(),
            Err(error) => format!("{}: {error}", error.status_and_code().1),
        }
    }

    #[test]
    fn what_is_well_formed_is_read() {
        let body = br#"{"email":"A@b.example","password":"p\u0000","gotrue_meta_security":{}}"#;
        let read = Grant::parse(Some("password"), body).ok();
        let expected = Grant::Password {
            email: "A@b.example".to_owned(),
            password: "p\0".to_owned(),
        };
        assert!(read == Some(expected));
        let read = Grant::parse(Some("refresh_token"), br#"{"refresh_token":"t"}"#).ok();
        assert!(read == Some(Grant::RefreshToken("t".to_owned())));
    }

    #[test]
    fn what_is_not_says_what_to_send() {
        let long = format!(r#"{{"email":"a@b","password":"{}"}}"#, "x".repeat(1025));
        for (grant_type, body, expected) in [
            (None, "{}", "validation_failed: grant_type is missing"),
            (Some("magic"), "{}", "validation_failed: grant_type must be"),
            (Some("password"), "", "bad_json: "),
            (Some("password"), "[]", "bad_json: "),
            (Some("password"), "email=a&password=b", "bad_json: "),
            (
                Some("password"),
                "{}",
                "validation_failed: email is missing",
            ),
            (
                Some("password"),
                r#"{"phone":"1","password":"x"}"#,
                "validation_failed: Signing in by phone",
            ),
            (
                Some("password"),
                r#"{"email":"a@b"}"#,
                "validation_failed: password is missing",
            ),
            (
                Some("password"),
                r#"{"email":"a@b","password":null}"#,
                "validation_failed: password is missing",
            ),
            (
                Some("password"),
                r#"{"email":"a@b","password":""}"#,
                "validation_failed: password is empty",
            ),
            (
                Some("password"),
                r#"{"email":["a"],"password":"x"}"#,
                "validation_failed: email must be text",
            ),
            (
                Some("password"),
                r#"{"email":"a\u0000","password":"x"}"#,
                "validation_failed: email holds",
            ),
            (
                Some("password"),
                long.as_str(),
                "validation_failed: password is longer",
            ),
            (
                Some("refresh_token"),
                r#"{"refresh_token":7}"#,
                "validation_failed: refresh_token must",
            ),
        ] {
            let found = refusal(grant_type, body);
            assert!(
                found.starts_with(expected),
                "{grant_type:?} {body}: {found}"
            );
        }
        assert!(!refusal(Some("password"), r#"{"password":"hush" hush}"#).contains("hush"));
    }
}
