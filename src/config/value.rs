//! The types of values, and how text becomes one of them.

use std::fmt;
use std::net::{AddrParseError, IpAddr};
use std::time::Duration;

use ipnet::IpNet;

/// What a setting would have accepted: the end of the sentence "…, expected".
pub(super) type Expected = String;

/// A value that is never shown: `Debug` and `Display` print a mask.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub fn new(value: impl Into<Vec<u8>>) -> Self {
        Self(value.into())
    }

    /// The value itself. Bytes, for a secret read from a file need not be text.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// An enum whose variants have names in the settings.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// The names, in the order of the documentation.
            pub const NAMES: &'static [&'static str] = &[$($text,)*];

            /// The name in the settings.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The variant of that name.
            pub(super) fn parse(text: &str) -> Result<Self, Expected> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(format!("one of {}", Self::NAMES.join(", "))),
                }
            }
        }
    };
}

choices! {
    /// What the description of the API holds.
    OpenApiMode {
        /// What the caller may use.
        FollowPrivileges = "follow-privileges",
        /// Everything that is exposed.
        IgnorePrivileges = "ignore-privileges",
        /// There is none.
        Disabled = "disabled",
    }
}

choices! {
    /// How much is logged; each level includes those before it.
    LogLevel {
        /// Start-up and recovery only. Logged as [`LogLevel::Error`] is: there is no lower level.
        Crit = "crit",
        /// Server errors (5xx).
        Error = "error",
        /// Request errors (4xx).
        Warn = "warn",
        /// All requests.
        Info = "info",
        /// Everything.
        Debug = "debug",
    }
}

choices! {
    /// How log lines look.
    LogFormat {
        /// For people, and for what reads Apache's logs.
        Text = "text",
        /// An object a line.
        Json = "json",
    }
}

choices! {
    /// How much of an error a client sees.
    Verbosity {
        /// Code, message, details and hint.
        Verbose = "verbose",
        /// Code and message.
        Minimal = "minimal",
    }
}

choices! {
    /// How transactions end, and whether a request may choose (`Prefer: tx=…`).
    TransactionEnd {
        /// Always committed.
        Commit = "commit",
        /// Committed unless a request says otherwise.
        CommitAllowOverride = "commit-allow-override",
        /// Always rolled back.
        Rollback = "rollback",
        /// Rolled back unless a request says otherwise.
        RollbackAllowOverride = "rollback-allow-override",
    }
}

choices! {
    /// Who may ask for an account.
    Signup {
        /// Nobody: others invite them.
        Closed = "closed",
        /// Whom the database knows by their email.
        Allowlist = "allowlist",
        /// Whoever confirms an address; others wait until somebody says yes.
        Approval = "approval",
        /// Whoever confirms an address.
        Open = "open",
    }
}

choices! {
    /// How a request's statements travel to Postgres.
    RequestPath {
        /// All in one round trip, prepared.
        Pipelined = "pipelined",
        /// One after the other, prepared anew each time: what the benchmarks compare with.
        Naive = "naive",
    }
}

/// `true`, `FALSE`, `on`, `off`, or a number (more than 0 is true), with or without quotes, as
/// PostgREST reads them.
pub(super) fn boolean(text: &str) -> Result<bool, Expected> {
    let bare = text.trim_matches(|c: char| c == '"' || c.is_whitespace());
    match bare.to_ascii_lowercase().as_str() {
        "true" | "on" => Ok(true),
        "false" | "off" => Ok(false),
        number => number
            .parse::<i64>()
            .map(|n| n > 0)
            .map_err(|_| "true or false".to_owned()),
    }
}

/// A whole number of at least `least`.
pub(super) fn number<T>(text: &str, least: T) -> Result<T, Expected>
where
    T: std::str::FromStr + PartialOrd + fmt::Display + Copy,
{
    match text.trim().parse::<T>() {
        Ok(n) if n >= least => Ok(n),
        _ => Err(format!("a whole number, at least {least}")),
    }
}

/// Whole seconds.
pub(super) fn seconds(text: &str) -> Result<Duration, Expected> {
    text.trim()
        .parse()
        .map(Duration::from_secs)
        .map_err(|_| "a whole number of seconds".to_owned())
}

/// Whole seconds, few enough for an integer of Postgres.
pub(super) fn database_seconds(text: &str, least: i32) -> Result<Duration, Expected> {
    match text.trim().parse::<i32>() {
        Ok(n) if n >= least => Ok(Duration::from_secs(n.unsigned_abs().into())),
        _ => Err(format!(
            "a whole number of seconds from {least} to {}",
            i32::MAX
        )),
    }
}

/// Comma-separated networks; an address is a network of one.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, Expected> {
    list(text)
        .into_iter()
        .map(|one| {
            let network = one
                .parse::<IpNet>()
                .or_else(|_| one.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_: AddrParseError| {
                format!("addresses or networks such as 10.0.0.0/8, which {one:?} is not")
            })
        })
        .collect()
}

/// Comma-separated names, white space around them dropped. Empty text is an empty list.
pub(super) fn list(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Empty text is no value, as PostgREST has it.
pub(super) fn optional(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
