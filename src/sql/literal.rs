//! A statement as psql takes it: its parameters written out as literals.

use super::fragment::Statement;

/// The statement without parameters. Each stands there as the quoted literal that Postgres reads as it reads the
/// parameter's text.
///
/// ```
/// use rowdesk::sql::{Statement, TextParam, written_out};
///
/// let statement = Statement {
///     sql: r#"select "$1" from t where a = $1 and b = '$1'"#.to_owned(),
///     params: vec![TextParam("it's".to_owned())],
/// };
/// assert_eq!(written_out(&statement), r#"select "$1" from t where a = 'it''s' and b = '$1'"#);
/// ```
#[must_use]
pub fn written_out(statement: &Statement) -> String {
    let mut out = String::with_capacity(statement.sql.len());
    let mut quote = None;
    let mut rest = statement.sql.chars().peekable();
    while let Some(character) = rest.next() {
        match (quote, character) {
            // A doubled quote ends and begins again.
            (Some(open), _) if character == open => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '$') => {
                let mut number = String::new();
                while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                    number.push(digit);
                }
                let index = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                if let Some(param) = index.and_then(|index| statement.params.get(index)) {
                    literal(&mut out, &param.0);
                } else {
                    out.push('$');
                    out.push_str(&number);
                }
                continue;
            }
            _ => {}
        }
        out.push(character);
    }
    out
}

/// `'it''s'`; with backslashes `E'…'`, which means the same whatever `standard_conforming_strings` is. Text of
/// Postgres holds no NUL.
pub(super) fn literal(out: &mut String, text: &str) {
    // It would be part of the word or literal before it.
    if out.ends_with(|c: char| c.is_alphanumeric() || c == '\'') {
        out.push(' ');
    }
    if text.contains('\\') {
        out.push('E');
    }
    out.push('\'');
    for character in text.chars().filter(|c| *c != '\0') {
        if character == '\'' || character == '\\' {
            out.push(character);
        }
        out.push(character);
    }
    out.push('\'');
}

#[cfg(test)]
mod tests {
    use super::super::fragment::TextParam;
    use super::*;

    fn written(sql: &str, params: &[&str]) -> String {
        written_out(&Statement {
            sql: sql.to_owned(),
            params: params.iter().map(|it| TextParam((*it).into())).collect(),
        })
    }

    #[test]
    fn parameters_become_literals() {
        for (sql, params, expected) in [
            ("a = $1", &["x"] as &[_], "a = 'x'"),
            ("$1$2", &["a", "b"], "'a' 'b'"),
            ("limit$1", &["5"], "limit '5'"),
            ("$2, $1", &["'", r"\'"], r"E'\\''', ''''"),
            (r#""a""$1" = $1"#, &["$1"], r#""a""$1" = '$1'"#),
            ("'it''s $1', $1", &["x"], "'it''s $1', 'x'"),
            ("$10", &["x"], "$10"),
            ("a $ b", &[], "a $ b"),
        ] {
            assert_eq!(written(sql, params), expected, "{sql}");
        }
    }
}
