//! Exclusions: what somebody looked at and found right as it is, each with its reason.
//!
//! One grammar wherever they are written: `RULE: reason`, `RULE OBJECT: reason`, `RULE for ROLE: reason`.

use super::model::{Object, Place};
use super::rules;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The rule's name; there is one.
    pub rule: &'static str,
    /// What of it.
    pub target: Target,
    /// Never empty.
    pub reason: String,
    /// Where it is written; `None`: on the command line.
    pub place: Option<Place>,
    /// The first line of the statement that it is written beside.
    pub statement: Option<usize>,
}

/// What an exclusion is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The statement beside which it is written; on the command line: all that the rule finds.
    Here,
    /// This object, or what belongs to this table or schema.
    Object(String),
    /// What is found because of this role.
    Role(String),
}

/// A comment that is meant to be an exclusion and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Where.
    pub place: Place,
    /// What is wrong with it.
    pub why: String,
}

impl Exclusion {
    /// Reads what follows `check:allow`, or what `--exclude` was given.
    pub fn parse(text: &str, place: Option<Place>) -> Result<Self, String> {
        let (what, reason) = text
            .split_once(':')
            .map_or((text, ""), |(what, reason)| (what, reason.trim()));
        let what = what.trim();
        let (rule, target) = what.split_once(char::is_whitespace).unwrap_or((what, ""));
        let rule = rules::named(rule).map_err(|unknown| unknown.to_string())?;
        if reason.is_empty() {
            return Err(format!(
                "it has no reason; write `{what}: why it is right as it is`"
            ));
        }
        let target = target.trim();
        Ok(Self {
            rule: rule.name,
            target: match target.strip_prefix("for ") {
                Some(role) => Target::Role(role.trim().to_owned()),
                None if target.is_empty() => Target::Here,
                None => Target::Object(target.to_owned()),
            },
            reason: reason.to_owned(),
            place,
            statement: None,
        })
    }

    /// Whether it speaks of what was found there. Of several roles, each needs its own.
    pub fn is_about(&self, object: &Object, place: Option<&Place>, role: Option<&str>) -> bool {
        match &self.target {
            Target::Here => match &self.place {
                None => true,
                Some(here) => place.is_some_and(|place| {
                    place.file == here.file && Some(place.line) == self.statement
                }),
            },
            Target::Object(name) => is_within(&object.name, name),
            Target::Role(name) => role == Some(name),
        }
    }
}

/// `public.notes.select_own` is within `public.notes`, `public.f(text)` within `public.f`, both within `public`.
fn is_within(object: &str, name: &str) -> bool {
    object
        .strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(']))
}

#[cfg(test)]
mod tests {
    use super::{Exclusion, Target};
    use crate::check::model::Object;

    #[test]
    fn one_grammar_for_all() {
        let parsed = |text| Exclusion::parse(text, None);
        let one = parsed("force_missing: its owner does nothing").unwrap();
        assert_eq!((one.rule, one.target), ("force_missing", Target::Here));
        let one = parsed("force_missing public.f(text, int): a: b").unwrap();
        assert_eq!(one.target, Target::Object("public.f(text, int)".to_owned()));
        assert_eq!(one.reason, "a: b");
        let one = parsed("always_true_policy for web_user: trusted").unwrap();
        assert_eq!(one.target, Target::Role("web_user".to_owned()));
        assert!(parsed("force_missing").unwrap_err().contains("no reason"));
        let unknown = parsed("force_mising: x").unwrap_err();
        assert!(unknown.contains("force_missing"), "{unknown}");
    }

    #[test]
    fn a_name_covers_what_is_within_it() {
        let object = Object::new("policy", "public.notes.select_own");
        for (name, expected) in [
            ("public.notes.select_own", true),
            ("public.notes", true),
            ("public", true),
            ("public.note", false),
            ("other.notes", false),
        ] {
            let one = Exclusion::parse(&format!("force_missing {name}: x"), None).unwrap();
            assert_eq!(one.is_about(&object, None, None), expected, "{name}");
        }
    }
}
