//! What is not JSON but nearly: how to write it, for the slips of the command line.

/// What to type instead, where it is plain what was meant.
///
/// A shell that does not know single quotes sends them along; a form is what `curl --data` sends by
/// itself; a comma too many is left behind by whoever takes the last line out.
pub(super) fn hint(body: &str) -> Option<&'static str> {
    let body = body.trim();
    let dense: String = body.split_whitespace().collect();
    let has = |slip: &str| dense.contains(slip);
    let is_bracketed = body.starts_with(['{', '[']);
    if body.starts_with('\'') || is_bracketed && (has("{'") || has("['")) {
        return Some("Put names and texts into double quotes: {\"name\": \"text\"}");
    }
    if is_bracketed && (has(",}") || has(",]")) {
        return Some("Take out the comma before the closing bracket");
    }
    let (name, _) = body.split_once('=')?;
    let is_name = |c: char| c.is_alphanumeric() || "_-.%".contains(c);
    (!name.is_empty() && name.chars().all(is_name)).then_some(
        "Write {\"name\": \"value\"}, or send it with Content-Type: application/x-www-form-urlencoded",
    )
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn slips_are_told_from_what_is_no_json_at_all() {
        for (body, word) in [
            ("{'title': 'x'}", "double quotes"),
            ("'{\"title\": 1}'", "double quotes"),
            ("[ { 'a': 1 } ]", "double quotes"),
            ("['a']", "double quotes"),
            ("{\"a\": 1, }", "comma"),
            ("[{\"a\": 1},\n]", "comma"),
            ("title=x&status=open", "form"),
        ] {
            let hint = hint(body).unwrap_or_default();
            assert!(hint.contains(word), "{body}: {hint}");
        }
        for body in [
            "",
            "}{ x = 2",
            "{\"a\"",
            "{\"a\": \"it's\"",
            "text",
            "=",
            "{}{}",
        ] {
            assert_eq!(hint(body), None, "{body}");
        }
    }
}
