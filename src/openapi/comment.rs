//! SQL comments as summary and description.

/// The first line, and what follows it after empty lines.
///
/// A comment of one line is a summary alone.
pub(super) fn split(comment: Option<&str>) -> (Option<String>, Option<String>) {
    let Some(comment) = comment else {
        return (None, None);
    };
    let (summary, rest) = comment.split_once('\n').unwrap_or((comment, ""));
    let rest = rest.trim_start_matches('\n');
    let description = (!rest.is_empty()).then(|| rest.to_owned());
    (Some(summary.to_owned()), description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_summary() {
        for (comment, summary, description) in [
            (None, None, None),
            (Some("One line."), Some("One line."), None),
            (Some("One line.\n"), Some("One line."), None),
            (
                Some("First.\n\n\nThen\n\nmore"),
                Some("First."),
                Some("Then\n\nmore"),
            ),
            (Some("First.\nThen"), Some("First."), Some("Then")),
        ] {
            let expected = (summary.map(str::to_owned), description.map(str::to_owned));
            assert_eq!(split(comment), expected, "{comment:?}");
        }
    }
}
