//! What a verified token says.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::JwtError;
use crate::config::RoleClaimKey;

/// The claims of a token whose signature is right. Whether they hold now, [`Claims::check`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The claims for `request.jwt.claims`: in the token's order, each once, numbers as they were
    /// written, `role` set to the role of the request, as PostgREST has it.
    pub json: String,
    /// The role they name. A claim that is not text is its JSON, as in PostgREST.
    pub role: Option<Arc<str>>,
    exp: Time,
    nbf: Time,
    iat: Time,
    aud: Audience,
    iss: Option<String>,
}

/// What tokens must say, beside who their holder is.
#[derive(Debug)]
pub(super) struct Rules {
    /// How far two clocks may be apart.
    pub skew_seconds: u64,
    pub aud: Option<String>,
    pub iss: Option<String>,
    pub requires_exp: bool,
}

/// A `NumericDate` (RFC 7519, section 2): seconds since 1970, fractions dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Time {
    Absent,
    At(i64),
    NotNumber,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Audience {
    /// Absent, `null` or `[]`: meant for everybody.
    Anybody,
    Named(Vec<String>),
    NotText,
}

impl Claims {
    /// The claims in this JSON text. `anon` becomes their `role` if they name none.
    ///
    /// # Errors
    /// [`JwtError::ClaimsUnreadable`] if the text is not a JSON object.
    pub(super) fn parse(
        text: &[u8],
        role_claim_key: &RoleClaimKey,
        anon: Option<&str>,
    ) -> Result<Self, JwtError> {
        let unreadable = |_| JwtError::ClaimsUnreadable;
        let value: Value = serde_json::from_slice(text).map_err(unreadable)?;
        let Members(mut members) = serde_json::from_slice(text).map_err(unreadable)?;
        let role: Option<Arc<str>> = role_claim_key.find(&value).map(|role| match role {
            Value::String(name) => Arc::from(name.as_str()),
            other => Arc::from(other.to_string()),
        });
        if let Some(role) = role.as_deref().or(anon) {
            set(&mut members, "role", Value::from(role).to_string());
        }
        Ok(Self {
            json: object(&members),
            role,
            exp: Time::of(&value["exp"]),
            nbf: Time::of(&value["nbf"]),
            iat: Time::of(&value["iat"]),
            aud: Audience::of(&value["aud"]),
            iss: value["iss"].as_str().map(str::to_owned),
        })
    }

    /// What they say of the caller, and not of the one token: equal for all tokens of a session. JSON, its
    /// members by name.
    #[must_use]
    pub fn lasting(&self) -> String {
        const OF_THE_TOKEN: [&str; 4] = ["exp", "iat", "jti", "nbf"];
        let claims: BTreeMap<String, Value> = serde_json::from_str(&self.json).unwrap_or_default();
        let lasting = claims.into_iter();
        let lasting = lasting.filter(|(name, _)| !OF_THE_TOKEN.contains(&name.as_str()));
        Value::Object(lasting.collect()).to_string()
    }

    /// The claims of a caller without a token, of whom nothing is known but the role.
    pub(super) fn of_role(role: Option<&str>) -> Self {
        let role = role.map(|role| ("role".to_owned(), Value::from(role).to_string()));
        Self {
            json: object(role.as_slice()),
            role: None,
            exp: Time::Absent,
            nbf: Time::Absent,
            iat: Time::Absent,
            aud: Audience::Anybody,
            iss: None,
        }
    }

    /// Those of a caller whom the database names, without times.
    #[must_use]
    pub fn of_caller(claims: &serde_json::Map<String, Value>) -> Arc<Self> {
        let json = Value::Object(claims.clone()).to_string();
        Arc::new(Self {
            json,
            ..Self::of_role(None)
        })
    }

    /// Whether the claims hold at `now`, in seconds since 1970. The order of the checks is PostgREST's, ours come last.
    ///
    /// # Errors
    /// The first claim that does not hold.
    pub(super) fn check(&self, now: u64, rules: &Rules) -> Result<(), JwtError> {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let skew = i64::try_from(rules.skew_seconds).unwrap_or(i64::MAX);
        let is_past = |at| now.saturating_sub(skew) > at;
        let is_future = |at| now.saturating_add(skew) < at;
        self.exp.refuse("exp", is_past, JwtError::Expired)?;
        self.nbf.refuse("nbf", is_future, JwtError::NotYetValid)?;
        self.iat
            .refuse("iat", is_future, JwtError::IssuedInFuture)?;
        match (&self.aud, &rules.aud) {
            (Audience::NotText, _) => return Err(JwtError::AudienceNotText),
            (Audience::Named(named), Some(aud)) if !named.contains(aud) => {
                return Err(JwtError::NotInAudience);
            }
            _ => {}
        }
        if rules.iss.is_some() && self.iss != rules.iss {
            return Err(JwtError::OtherIssuer);
        }
        if rules.requires_exp && self.exp == Time::Absent {
            return Err(JwtError::Endless);
        }
        Ok(())
    }
}

impl Time {
    fn of(claim: &Value) -> Self {
        match claim {
            Value::Null => Self::Absent,
            Value::Number(number) => number
                .as_i64()
                .or_else(|| number.as_f64().map(whole))
                .map_or(Self::NotNumber, Self::At),
            _ => Self::NotNumber,
        }
    }

    fn refuse(
        self,
        claim: &'static str,
        is_wrong: impl Fn(i64) -> bool,
        error: JwtError,
    ) -> Result<(), JwtError> {
        match self {
            Self::NotNumber => Err(JwtError::ClaimNotNumber(claim)),
            Self::At(at) if is_wrong(at) => Err(error),
            Self::Absent | Self::At(_) => Ok(()),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast saturates: a time beyond what i64 holds is before or after every clock"
)]
fn whole(seconds: f64) -> i64 {
    seconds.floor() as i64
}

impl Audience {
    fn of(claim: &Value) -> Self {
        match claim {
            Value::Null => Self::Anybody,
            Value::String(name) => Self::Named(vec![name.clone()]),
            Value::Array(names) if names.is_empty() => Self::Anybody,
            Value::Array(names) => names
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map_or(Self::NotText, Self::Named),
            _ => Self::NotText,
        }
    }
}

/// The members of a JSON object, in order, values as they were written. Of a name that occurs more
/// than once the last value counts (RFC 7519, section 4), so that nobody who reads the text after
/// us can take another one.
struct Members(Vec<(String, String)>);

fn set(members: &mut Vec<(String, String)>, name: &str, value: String) {
    match members.iter_mut().find(|(known, _)| known == name) {
        Some(member) => member.1 = value,
        None => members.push((name.to_owned(), value)),
    }
}

fn object(members: &[(String, String)]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
        .collect();
    format!("{{{}}}", members.join(","))
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    set(&mut members, &name, value.get().to_owned());
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
