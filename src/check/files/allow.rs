//! `-- check:allow RULE: reason` in a comment: somebody looked, and says why it is right as it is.

use crate::check::exclude::{Exclusion, Malformed};
use crate::check::model::Place;
use crate::migrate::{TokenKind, statements, tokens};

const MARK: &str = "check:allow";

/// What the comments of a file exclude, and those that cannot be read.
pub(super) fn allowed(file: &str, text: &str) -> Vec<Result<Exclusion, Malformed>> {
    let mut found = Vec::new();
    for token in tokens(text) {
        if token.kind != TokenKind::Comment {
            continue;
        }
        for (number, line) in token.text.lines().enumerate() {
            let said = line.trim().trim_start_matches(['-', '/', '*']).trim();
            let Some(said) = said.strip_prefix(MARK) else {
                continue;
            };
            let before = text.get(..token.start).unwrap_or_default();
            let line = 1 + before.matches('\n').count() + number;
            let place = Place {
                file: file.to_owned(),
                line,
            };
            found.push(
                Exclusion::parse(said.trim(), Some(place.clone()))
                    .map(|exclusion| Exclusion {
                        statement: statement_at(text, line),
                        ..exclusion
                    })
                    .map_err(|why| Malformed { place, why }),
            );
        }
    }
    found
}

/// The line of the statement that the comment stands in, or else before.
fn statement_at(text: &str, line: usize) -> Option<usize> {
    statements(text).into_iter().find_map(|statement| {
        let last = statement.line + statement.text.matches('\n').count();
        (last >= line).then_some(statement.line)
    })
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn a_comment_is_about_the_statement_that_it_stands_in_or_before() {
        let text = "select 1;\n-- check:allow rls_disabled: it holds nothing\n\nselect 2;\nselect\n  -- check:allow rls_disabled: nor this\n  3;\n-- check:allow rls_disabled\n";
        let found = allowed("f.sql", text);
        let lines: Vec<_> = found
            .iter()
            .map(|one| one.as_ref().map(|one| one.statement).ok())
            .collect();
        assert_eq!(lines, [Some(Some(4)), Some(Some(5)), None]);
        let malformed = found[2].as_ref().unwrap_err();
        assert_eq!(malformed.place.to_string(), "f.sql:8");
        assert!(malformed.why.contains("reason"), "{}", malformed.why);
    }
}
