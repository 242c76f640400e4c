//! Status and headers that SQL sets (PostgREST, `transactions.rst`, "Response Headers").

use serde_json::{Map, Value};

use super::answer::Answer;

/// `response.status`. Nothing if it is not a number that HTTP takes as a status; that is answered
/// with PGRST112.
///
/// ```
/// use rowdesk::response::guc;
///
/// assert_eq!(guc::status("205"), Some(205));
/// assert_eq!(guc::status("teapot"), None);
/// ```
#[must_use]
pub fn status(text: &str) -> Option<u16> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).next()?;
    digits
        .parse()
        .ok()
        .filter(|status| (100..1000).contains(status))
}

/// `response.headers`: a JSON array of objects with one key and a text each. Nothing if it is
/// anything else; that is answered with PGRST111.
///
/// ```
/// use rowdesk::response::guc;
///
/// assert_eq!(
///     guc::headers(r#"[{"Cache-Control": "public"}, {"X-A": "b"}]"#),
///     Some(vec![
///         ("Cache-Control".to_owned(), "public".to_owned()),
///         ("X-A".to_owned(), "b".to_owned()),
///     ])
/// );
/// assert_eq!(guc::headers(r#"[{"a": "b", "c": "d"}]"#), None);
/// assert_eq!(guc::headers(r#"{"a": "b"}"#), None);
/// assert_eq!(guc::headers(r#"[{"a": 1}]"#), None);
/// ```
#[must_use]
pub fn headers(text: &str) -> Option<Vec<(String, String)>> {
    let objects: Vec<Map<String, Value>> = serde_json::from_str(text).ok()?;
    objects
        .into_iter()
        .map(
            |object| match object.into_iter().collect::<Vec<_>>().as_slice() {
                [(name, Value::String(value))] => Some((name.clone(), value.clone())),
                _ => None,
            },
        )
        .collect()
}

/// Puts what SQL set in the place of what the server would have said.
#[must_use]
pub fn override_with(
    mut answer: Answer,
    status: Option<u16>,
    headers: Vec<(String, String)>,
) -> Answer {
    answer.status = status.unwrap_or(answer.status);
    answer.headers.retain(|(name, _)| {
        !headers
            .iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(name))
    });
    answer.headers.extend(headers);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_headers_replace_and_add() {
        let answer = Answer::empty(200, vec![("Content-Type", "a".to_owned())]);
        let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let answer = override_with(
            answer,
            Some(304),
            vec![set("content-type", "b"), set("X-A", "1"), set("X-A", "2")],
        );
        assert_eq!(answer.status, 304);
        assert_eq!(
            answer.headers,
            [set("content-type", "b"), set("X-A", "1"), set("X-A", "2")]
        );
    }
}
