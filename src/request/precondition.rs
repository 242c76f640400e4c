//! `If-Match` (RFC 9110, 13.1.1): versions of a row that the caller knows.

use super::{RawRequest, RequestError};

/// What a request demands of the version that it meets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    /// It is one of these.
    pub matching: Option<EntityTags>,
}

/// A list of tags, or `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntityTags {
    /// Any version, but one must be there.
    Any,
    /// What stands between the quotes.
    Of(Vec<String>),
}

impl Preconditions {
    /// Of a header given twice both lists count.
    ///
    /// # Errors
    /// [`RequestError::IfMatch`]: it is no list of tags.
    ///
    /// ```
    /// use rowdesk::request::{RawRequest, precondition::{EntityTags, Preconditions}};
    ///
    /// let headers = [("if-match".to_owned(), r#""a", W/"b""#.to_owned())];
    /// let found = Preconditions::of(&RawRequest { headers: &headers, ..RawRequest::default() });
    /// assert_eq!(found.unwrap().matching, Some(EntityTags::Of(vec!["a".to_owned()])));
    /// ```
    pub fn of(raw: &RawRequest<'_>) -> Result<Self, RequestError> {
        let list = |name| {
            let values: Vec<&str> = raw.header_values(name).collect();
            (!values.is_empty()).then(|| values.join(","))
        };
        let matching = list("if-match").map(|written| tags(&written).ok_or(RequestError::IfMatch));
        Ok(Self {
            matching: matching.transpose()?,
        })
    }
}

/// The tags of a list, which may have empty items. A weak one promises less than a change needs: it counts for none.
fn tags(written: &str) -> Option<EntityTags> {
    if written.trim() == "*" {
        return Some(EntityTags::Any);
    }
    let mut found = Vec::new();
    let mut any = false;
    let mut rest = written.trim_start_matches(BETWEEN);
    while !rest.is_empty() {
        let weak = rest.strip_prefix("W/");
        let (tag, after) = weak.unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
        // Nothing but a comma ends it.
        let end = after.trim_start_matches(SPACE);
        let is_visible = |c: char| c > ' ' && c != '\x7f';
        if !(end.is_empty() || end.starts_with(',')) || !tag.chars().all(is_visible) {
            return None;
        }
        any = true;
        if weak.is_none() {
            found.push(tag.to_owned());
        }
        rest = after.trim_start_matches(BETWEEN);
    }
    any.then_some(EntityTags::Of(found))
}

const SPACE: [char; 2] = [' ', '\t'];
const BETWEEN: [char; 3] = [' ', '\t', ','];

#[cfg(test)]
mod tests {
    use super::*;

    fn preconditions(headers: &[(&str, &str)]) -> Result<Preconditions, RequestError> {
        let headers = headers.iter();
        let headers: Vec<(String, String)> = headers
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Preconditions::of(&RawRequest {
            headers: &headers,
            ..RawRequest::default()
        })
    }

    #[test]
    fn lists_of_tags() {
        for (written, expected) in [
            ("*", Some("*")),
            (" * ", Some("*")),
            (r#""a""#, Some("a")),
            (r#""""#, Some("")),
            (r#""a", "b""#, Some("a b")),
            (r#", "a",, "b" ,"#, Some("a b")),
            (
                r#""2025-01-01T00:00:00,5Z""#,
                Some("2025-01-01T00:00:00,5Z"),
            ),
            (r#"W/"a""#, Some("")),
            (r#"W/"a", "b""#, Some("b")),
            (r#""é""#, Some("é")),
            ("", None),
            (",", None),
            ("a", None),
            (r#""a"#, None),
            (r#"a""#, None),
            (r#"w/"a""#, None),
            (r#""a" "b""#, None),
            (r#""a"b"#, None),
            (r#""a b""#, None),
            (r#""a", *"#, None),
        ] {
            let found = preconditions(&[("if-match", written)]).ok().map(|found| {
                match found.matching.expect("a list") {
                    EntityTags::Any => "*".to_owned(),
                    EntityTags::Of(tags) => tags.join(" "),
                }
            });
            assert_eq!(found.as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn a_header_given_twice_is_one_list() {
        let found = preconditions(&[("if-match", r#""a""#), ("if-match", r#""b""#)]);
        let both = EntityTags::Of(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(found.expect("tags").matching, Some(both));
        assert_eq!(preconditions(&[]), Ok(Preconditions::default()));
    }
}
