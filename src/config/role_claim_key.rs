//! `jwt-role-claim-key`: where a token names its role.
//!
//! Two languages, as in PostgREST 16 (`auth.rst`, "JWT Role Extraction"): JSON Path (RFC 9535,
//! `$.role`), and the older `.role`, which PostgREST still reads.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::{Notice, NoticeLevel};

/// A parsed path to the role.
#[derive(Debug, Clone)]
pub struct RoleClaimKey {
    text: String,
    path: Path,
}

#[derive(Debug, Clone)]
enum Path {
    Rfc9535(JsonPath),
    Older(Vec<Step>),
}

/// A step of the older language.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// `.name` or `."any name"`.
    Key(String),
    /// `[0]`
    Index(usize),
    /// `[?(@ == "text")]`: the first text in the array that fits. Only as the last step.
    Filter(Comparison, String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    StartsWith,
    EndsWith,
    Contains,
}

/// Longest first: `==^` begins with `==`.
const COMPARISONS: &[(&str, Comparison)] = &[
    ("==^", Comparison::EndsWith),
    ("^==", Comparison::StartsWith),
    ("*==", Comparison::Contains),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
];

impl RoleClaimKey {
    /// That it is written in the older language, which PostgREST says at each start, too.
    pub(super) fn notice(&self) -> Option<Notice> {
        let Path::Older(_) = &self.path else {
            return None;
        };
        Some(Notice {
            level: NoticeLevel::Warn,
            text: format!(
                "jwt-role-claim-key is {}, in the older language of PostgREST, which will drop it: write a \
                 JSON Path (RFC 9535) such as $.role",
                self.text
            ),
        })
    }

    /// Parses a path.
    ///
    /// # Errors
    /// What was expected, and why the text is not that.
    pub fn parse(text: &str) -> Result<Self, String> {
        let path = if text.starts_with('$') {
            JsonPath::parse(text)
                .map(Path::Rfc9535)
                .map_err(|error| format!("a JSON Path such as $.role ({error})"))?
        } else {
            older_steps(text).map(Path::Older).ok_or_else(|| {
                "a JSON Path such as $.role, $['my claim'].key or $.roles[0]".to_owned()
            })?
        };
        Ok(Self {
            text: text.to_owned(),
            path,
        })
    }

    /// The role in these claims, of whatever JSON type. Where the path leads to several values, it
    /// is the first.
    pub fn find<'a>(&self, claims: &'a Value) -> Option<&'a Value> {
        match &self.path {
            Path::Rfc9535(path) => path.query(claims).first(),
            Path::Older(steps) => steps.iter().try_fold(claims, |value, step| step.go(value)),
        }
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Default for RoleClaimKey {
    /// `$.role`
    fn default() -> Self {
        Self {
            text: "$.role".to_owned(),
            path: Path::Older(vec![Step::Key("role".to_owned())]),
        }
    }
}

impl Step {
    fn go<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        match self {
            Self::Key(key) => value.as_object()?.get(key),
            Self::Index(index) => value.as_array()?.get(*index),
            Self::Filter(comparison, text) => value.as_array()?.iter().find(|element| {
                element
                    .as_str()
                    .is_some_and(|found| comparison.holds(found, text))
            }),
        }
    }
}

impl Comparison {
    fn holds(self, found: &str, text: &str) -> bool {
        match self {
            Self::Equal => found == text,
            Self::NotEqual => found != text,
            Self::StartsWith => found.starts_with(text),
            Self::EndsWith => found.ends_with(text),
            Self::Contains => found.contains(text),
        }
    }
}

fn older_steps(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (step, after) = older_step(rest)?;
        if matches!(step, Step::Filter(..)) && !after.is_empty() {
            return None;
        }
        steps.push(step);
        rest = after;
    }
    (!steps.is_empty()).then_some(steps)
}

fn older_step(text: &str) -> Option<(Step, &str)> {
    if let Some(rest) = text.strip_prefix('.') {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (key, after) = quoted.split_once('"')?;
            return Some((Step::Key(key.to_owned()), after));
        }
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || "_$@".contains(c)))
            .unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        return (!key.is_empty()).then(|| (Step::Key(key.to_owned()), after));
    }
    if let Some(rest) = text.strip_prefix("[?(@") {
        let rest = rest.trim_start();
        let (comparison, rest) = COMPARISONS
            .iter()
            .find_map(|(sign, comparison)| Some((*comparison, rest.strip_prefix(sign)?)))?;
        let (operand, after) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
        let after = after.strip_prefix(")]")?;
        return Some((Step::Filter(comparison, operand.to_owned()), after));
    }
    let (digits, after) = text.strip_prefix('[')?.split_once(']')?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((Step::Index(digits.parse().ok()?), after))
}
