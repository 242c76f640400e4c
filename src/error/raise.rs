//! Errors that functions raise with SQLSTATE `PGRST`: code, message, details and hint as JSON in the
//! message, status and headers as JSON in the detail
//! (PostgREST, `docs/references/errors.rst`, "Add HTTP Headers with RAISE").

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use super::{ClientError, Code};
use crate::response::header::{STATUSES, refusal};

/// The SQLSTATE that says so.
pub const SQLSTATE: &str = "PGRST";

/// An error as the function words it.
#[derive(Debug, PartialEq, Eq)]
pub struct Raised {
    pub message: Message,
    pub detail: Detail,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Message {
    pub code: String,
    #[serde(rename = "message")]
    pub text: String,
    pub details: Option<String>,
    pub hint: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Detail {
    pub status: u16,
    /// The reason phrase.
    pub status_text: Option<String>,
    pub headers: BTreeMap<String, String>,
}

/// The JSON is not as it must be.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error")]
pub enum RaiseError {
    Message(String),
    Detail(String),
    NoDetail,
}

impl Raised {
    /// Reads message and detail of what Postgres said.
    ///
    /// # Errors
    /// PGRST121.
    pub fn parse(message: &str, detail: Option<&str>) -> Result<Self, RaiseError> {
        let parsed = serde_json::from_str(message);
        let parsed = parsed.map_err(|_| RaiseError::Message(message.to_owned()))?;
        let text = detail.ok_or(RaiseError::NoDetail)?;
        let detail: Option<Detail> = serde_json::from_str(text).ok();
        Ok(Self {
            message: parsed,
            detail: detail
                .filter(Detail::can_be_sent)
                .ok_or_else(|| RaiseError::Detail(text.to_owned()))?,
        })
    }
}

impl Detail {
    fn can_be_sent(&self) -> bool {
        let mut headers = self.headers.iter();
        STATUSES.contains(&self.status)
            && headers.all(|(name, value)| refusal(name, value).is_none())
    }
}

impl ClientError for RaiseError {
    fn code(&self) -> Code {
        Code::Pgrst121
    }

    fn details(&self) -> Option<serde_json::Value> {
        let details = match self {
            Self::Message(text) => format!("Invalid JSON value for MESSAGE: '{text}'"),
            Self::Detail(text) => format!("Invalid JSON value for DETAIL: '{text}'"),
            Self::NoDetail => "DETAIL is missing in the RAISE statement".to_owned(),
        };
        Some(details.into())
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Message(_) => {
                "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional \
                 keys: 'details', 'hint'."
            }
            Self::Detail(_) | Self::NoDetail => {
                "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional \
                 key: 'status_text'."
            }
        };
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = r#"{"code": "123", "message": "M", "details": null, "more": 1}"#;
    const DETAIL: &str = r#"{"status": 402, "headers": {"X-Powered-By": "Nerd Rage"}}"#;

    #[test]
    fn the_json_is_the_error() {
        let raised = Raised::parse(MESSAGE, Some(DETAIL)).unwrap();
        assert_eq!(raised.message.code, "123");
        assert_eq!((raised.message.details, raised.message.hint), (None, None));
        assert_eq!(
            (raised.detail.status, raised.detail.status_text),
            (402, None)
        );
        let headers: Vec<_> = raised.detail.headers.into_iter().collect();
        assert_eq!(
            headers,
            [("X-Powered-By".to_owned(), "Nerd Rage".to_owned())]
        );
    }

    #[test]
    fn json_that_says_too_little_or_what_cannot_be_sent_is_refused() {
        for message in [
            "",
            "INVALID",
            "[]",
            r#"{"code": "1"}"#,
            r#"{"code": 1, "message": "M"}"#,
        ] {
            let refused = Raised::parse(message, Some(DETAIL));
            assert_eq!(refused, Err(RaiseError::Message(message.to_owned())));
        }
        assert_eq!(Raised::parse(MESSAGE, None), Err(RaiseError::NoDetail));
        for detail in [
            "",
            "INVALID",
            r#"{"status": 402}"#,
            r#"{"headers": {}}"#,
            r#"{"status": "402", "headers": {}}"#,
            r#"{"status": 99, "headers": {}}"#,
            r#"{"status": 700, "headers": {}}"#,
            r#"{"status": 402, "headers": {"A": 1}}"#,
            r#"{"status": 402, "headers": {"A": "1\nB: 2"}}"#,
            r#"{"status": 402, "headers": {"Content-Length": "0"}}"#,
        ] {
            let refused = Raised::parse(MESSAGE, Some(detail));
            assert_eq!(refused, Err(RaiseError::Detail(detail.to_owned())));
        }
    }
}
