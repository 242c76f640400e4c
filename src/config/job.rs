//! Functions that the server calls again and again.

use std::fmt;
use std::time::Duration;

use super::value::{self, Expected};

/// A function of the database, and how often it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// `schema.name`, or a name in the login's search path.
    pub function: String,
    /// At least one second.
    pub every: Duration,
}

impl Job {
    /// `schema.name every SECONDS`, as many as there are, with commas between.
    pub(super) fn parse_all(text: &str) -> Result<Vec<Self>, Expected> {
        value::list(text)
            .iter()
            .map(|one| Self::parse(one))
            .collect()
    }

    fn parse(text: &str) -> Result<Self, Expected> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let seconds = match words.as_slice() {
            [_, "every", seconds] => value::seconds(seconds).ok(),
            _ => None,
        };
        match (words.first(), seconds) {
            (Some(function), Some(every)) if !every.is_zero() => Ok(Self {
                function: (*function).to_owned(),
                every,
            }),
            _ => Err(
                "functions such as ops.clean every 60 (seconds), with commas between".to_owned(),
            ),
        }
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} every {}", self.function, self.every.as_secs())
    }
}
