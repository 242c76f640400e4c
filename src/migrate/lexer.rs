//! SQL's tokens, as far as quoting goes: just enough to find statements and names in text that no
//! parser of ours reads (PostgreSQL, chapter "Lexical Structure").

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A key word or a name without quotes.
    Word,
    /// `"A name"`.
    Quoted,
    /// `'text'`, also `E'…'`.
    Text,
    /// `$tag$ … $tag$`.
    Dollar,
    /// `-- …` and `/* … */`.
    Comment,
    /// Any other single character; numbers, too, come as words.
    Symbol,
}

/// A piece of the text it was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// In bytes, from the start of the whole text.
    pub start: usize,
}

impl<'a> Token<'a> {
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// The name that Postgres makes of an identifier.
    pub fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_lowercase()),
            Kind::Quoted => Some(self.text.trim_matches('"').replace("\"\"", "\"")),
            _ => None,
        }
    }

    /// Whether the quote or comment that it starts with ends.
    pub fn is_terminated(&self) -> bool {
        let text = self.text;
        match self.kind {
            Kind::Text if text.starts_with('\'') => quoted(text, 1, b'\'', false).is_some(),
            Kind::Text => quoted(text, 2, b'\'', true).is_some(),
            Kind::Quoted => quoted(text, 1, b'"', false).is_some(),
            Kind::Comment => text.starts_with("--") || block_comment(text).is_some(),
            Kind::Dollar => dollar_tag(text)
                .and_then(|tag| text.split_at_checked(tag))
                .is_some_and(|(tag, body)| body.ends_with(tag)),
            Kind::Word | Kind::Symbol => true,
        }
    }

    /// What stands between the quotes; escapes are left as they are.
    pub fn inside(&self) -> Option<&'a str> {
        match self.kind {
            Kind::Text => self
                .text
                .split_once('\'')
                .map(|(_, rest)| rest.trim_end_matches('\'')),
            Kind::Dollar => {
                let tag = self.text.get(..dollar_tag(self.text)?)?;
                let rest = self.text.strip_prefix(tag)?;
                Some(rest.strip_suffix(tag).unwrap_or(rest))
            }
            _ => None,
        }
    }
}

/// All tokens of a text, without white space. A quote that never ends reaches to the end of the
/// text: Postgres will say so better than we could.
pub(crate) fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(rest) = sql.get(start..).filter(|rest| !rest.is_empty()) {
        let (kind, length) = first(rest);
        if let (Some(kind), Some(text)) = (kind, rest.get(..length)) {
            found.push(Token { kind, text, start });
        }
        start += length;
    }
    found
}

/// The line, from 1, and the first characters of a quote or comment that never ends: it swallows all that follows.
pub(crate) fn unterminated(sql: &str) -> Option<(usize, &str)> {
    let last = tokens(sql).pop().filter(|last| !last.is_terminated())?;
    let line = 1 + sql.get(..last.start)?.matches('\n').count();
    let opening = match last.kind {
        Kind::Dollar => dollar_tag(last.text)?,
        Kind::Quoted => 1,
        Kind::Text => last.text.find('\'')? + 1,
        _ => 2,
    };
    Some((line, last.text.get(..opening)?))
}

/// The kind (`None`: white space) and the length of the token that the text starts with.
fn first(rest: &str) -> (Option<Kind>, usize) {
    let mut chars = rest.chars();
    let (here, next) = (chars.next().unwrap_or(' '), chars.next());
    match (here, next) {
        _ if here.is_whitespace() => (None, here.len_utf8()),
        ('-', Some('-')) => (Some(Kind::Comment), rest.find('\n').unwrap_or(rest.len())),
        ('/', Some('*')) => (
            Some(Kind::Comment),
            block_comment(rest).unwrap_or(rest.len()),
        ),
        ('\'', _) => (
            Some(Kind::Text),
            quoted(rest, 1, b'\'', false).unwrap_or(rest.len()),
        ),
        ('e' | 'E', Some('\'')) => (
            Some(Kind::Text),
            quoted(rest, 2, b'\'', true).unwrap_or(rest.len()),
        ),
        ('"', _) => (
            Some(Kind::Quoted),
            quoted(rest, 1, b'"', false).unwrap_or(rest.len()),
        ),
        ('$', _) => dollar_tag(rest).map_or((Some(Kind::Symbol), 1), |tag| {
            let body = rest.get(tag..).unwrap_or_default();
            let end = body.find(rest.get(..tag).unwrap_or_default());
            (
                Some(Kind::Dollar),
                end.map_or(rest.len(), |end| tag + end + tag),
            )
        }),
        _ if is_name(here) => (
            Some(Kind::Word),
            rest.find(|c| !is_name(c) && c != '$').unwrap_or(rest.len()),
        ),
        _ => (Some(Kind::Symbol), here.len_utf8()),
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of `$tag$` at the start of the text; `$1` is a parameter, not a tag.
fn dollar_tag(rest: &str) -> Option<usize> {
    let tag = rest.strip_prefix('$')?;
    // Not any later dollar: in a long text that would be a long way, from every one of them.
    let length = tag.find(|c: char| !is_name(c))?;
    if !tag.get(length..)?.starts_with('$') {
        return None;
    }
    let tag = tag.get(..length)?;
    let is_tag = !tag.starts_with(|c: char| c.is_ascii_digit());
    is_tag.then_some(length + 2)
}

fn quoted(rest: &str, opening: usize, quote: u8, has_escapes: bool) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = opening;
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'\\' if has_escapes => 2,
            // A doubled quote is one that belongs to the text.
            _ if byte == quote && bytes.get(at + 1) == Some(&quote) => 2,
            _ if byte == quote => return Some(at + 1),
            _ => 1,
        };
    }
    None
}

fn block_comment(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'/', Some(b'*')) => (at, depth) = (at + 2, depth + 1),
            (b'*', Some(b'/')) => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens, unterminated};

    fn kinds(sql: &str) -> Vec<(Kind, &str)> {
        tokens(sql)
            .into_iter()
            .map(|token| (token.kind, token.text))
            .collect()
    }

    #[test]
    fn quotes_of_every_kind_end_where_postgres_ends_them() {
        for (sql, kind) in [
            ("'it''s; -- no comment'", Kind::Text),
            (r"E'it\'s; \\'", Kind::Text),
            ("\"a;\"\"b\"", Kind::Quoted),
            ("$$ ; $x$ ' $$", Kind::Dollar),
            ("$body$ $$ ; $$ $body$", Kind::Dollar),
            ("/* ; /* nested */ ; */", Kind::Comment),
            ("-- ; 'x", Kind::Comment),
        ] {
            assert_eq!(kinds(sql), [(kind, sql)]);
        }
        // A backslash is a backslash outside E''.
        assert_eq!(kinds(r"'a\' x"), [(Kind::Text, r"'a\'"), (Kind::Word, "x")]);
        assert_eq!(kinds("a$b$ $1").first(), Some(&(Kind::Word, "a$b$")));
    }

    #[test]
    fn what_never_ends_is_told() {
        for (sql, opening) in [
            ("select 1;\nselect 'abc; select ''", "'"),
            ("\nselect E'it\\'", "E'"),
            ("\nselect \"a\"\"", "\""),
            ("\n/* /* */", "/*"),
            ("\ndo $x$ begin $$ end", "$x$"),
            ("\ndo $$ $", "$$"),
            ("\n$$$", "$$"),
        ] {
            assert_eq!(unterminated(sql), Some((2, opening)), "{sql}");
        }
        for sql in [
            "",
            "'a'",
            "''",
            "/**/ --",
            "$$$$",
            "$x$ $$ $x$;",
            "\"\"",
            "select $1",
        ] {
            assert_eq!(unterminated(sql), None, "{sql}");
        }
    }

    #[test]
    fn a_name_is_folded_unless_quoted() {
        let names: Vec<_> = tokens(r#"Foo "Ba""r""#)
            .iter()
            .filter_map(super::Token::name)
            .collect();
        assert_eq!(names, ["foo", "Ba\"r"]);
        assert_eq!(tokens("$x$ select 1 $x$")[0].inside(), Some(" select 1 "));
        assert_eq!(tokens("'a.b'")[0].inside(), Some("a.b"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_without_loss(sql in r#"[-a$'"/*;.\\ E\n]{0,40}"#) {
            let mut at = 0;
            for token in tokens(&sql) {
                assert!(sql.get(at..token.start).unwrap().trim().is_empty());
                assert_eq!(sql.get(token.start..token.end()), Some(token.text));
                at = token.end();
            }
            assert!(sql.get(at..).unwrap().trim().is_empty());
        }
    }
}
