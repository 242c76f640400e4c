//! The contract with the database: functions in the schema `auth-schema` that take and return `jsonb`,
//! called as `auth-role`. Their files say what they take and return.
//!
//! - `begin_sign_in` counts an attempt and returns what to verify the password with;
//! - `complete_sign_in` opens a session, once the password was right;
//! - `refresh_session` exchanges a refresh token;
//! - `get_user` and `sign_out` look up and end the session of a verified token's claims;
//! - `send_link` mails a link, `verify_link` opens a session for whoever has it, or `exchange_code` does;
//! - `take_mails` lends the mails that are to be sent, `settle_mail` notes what became of each;
//! - `begin_update` returns what the new password must differ from, `update_user` changes the account.
//! - `use_api_key` returns whom the key of a machine stands for.
//!
//! Each call is a transaction of its own, so that no connection is held while a password is hashed, and
//! a counted attempt is counted whatever comes after.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::AccountError;
use crate::schema_cache::QualifiedName;
use crate::session::{Ending, Path, Pool, Work};
use crate::sql::{self, Preamble};

/// Where the functions are called.
#[derive(Clone, Copy)]
pub struct Database<'a> {
    pub pool: &'a Pool,
    pub path: Path,
}

/// Who calls them, and where they stand.
#[derive(Debug, Clone)]
pub(super) struct Contract {
    pub role: String,
    pub schema: String,
}

/// What `begin_sign_in` returns.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Begun {
    TooManyAttempts {
        retry_after: u64,
    },
    Counted {
        account: Option<String>,
        password_hash: Option<String>,
        password_set_at: Option<String>,
    },
}

/// What `send_link` returns.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Sent {
    TooMany {
        retry_after: u64,
    },
    /// Whether there was anything to send, it does not tell.
    Perhaps {},
}

/// What `use_api_key` returns.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Keyed {
    Refused {
        #[serde(rename = "refused")]
        _refused: String,
    },
    Known {
        claims: Map<String, Value>,
    },
}

/// What `begin_update` returns.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Updating {
    Refused { refused: String },
    Changing { password_hash: Option<String> },
}

/// What `sign_out` returns.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum SignedOut {
    Refused { refused: String },
    Ended { ended: u64 },
}

/// What `complete_sign_in`, `refresh_session` and `get_user` return.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Opened {
    Refused { refused: String },
    Open(Document),
}

/// What `verify_link` returns.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Verified {
    Refused {
        refused: String,
    },
    /// The session waits for the code.
    Coded {
        #[serde(rename = "coded")]
        _coded: bool,
    },
    Open(Document),
}

/// An open session: whose it is.
#[derive(Deserialize)]
pub(super) struct Document {
    pub claims: Map<String, Value>,
    pub user: Map<String, Value>,
}

impl Contract {
    /// Calls a function.
    ///
    /// # Errors
    /// [`AccountError::Unavailable`], [`AccountError::Contract`].
    pub async fn call<T: DeserializeOwned>(
        &self,
        database: Database<'_>,
        function: &str,
        request: &Value,
    ) -> Result<T, AccountError> {
        let function = QualifiedName {
            schema: self.schema.clone(),
            name: function.to_owned(),
        };
        let main = sql::exchange(&function, &request.to_string(), &self.role);
        let settings = sql::preamble(&Preamble {
            search_path: vec!["pg_catalog"],
            role: &self.role,
            claims: "{}",
            method: "",
            path: "",
            headers: "{}",
            cookies: "{}",
            read_only: false,
            timezone: Some("UTC"),
            custom_plan: false,
            without_jit: false,
            exact_text: false,
            role_settings: Vec::new(),
            settings: Vec::new(),
        });
        let work = Work {
            role: &self.role,
            begin: sql::BEGIN,
            settings: &settings,
            pre_request: None,
            main: &main,
            expected: None,
            unmet: None,
            ending: Ending::default(),
            once: None,
            explains: false,
        };
        let outcome = database.pool.run(&work, database.path).await?;
        serde_json::from_slice(&outcome.body).map_err(|error| {
            AccountError::Contract(format!(
                "{}.{} returned something else than expected: {error}",
                function.schema, function.name
            ))
        })
    }
}
