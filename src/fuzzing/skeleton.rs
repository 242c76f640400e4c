//! What of a statement is SQL: everything but quoted identifiers and the numbers of parameters. It may
//! hold only what the renderer's own source and the catalog hold.

use std::collections::HashSet;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace, Word};

use super::cache::CATALOG_TEXTS;

static RENDERER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/sql");

/// Words and strings of the literals of `src/sql`, and of types and defaults of the fixed cache.
static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut known = HashSet::new();
    let sources = RENDERER.files().filter(|file| {
        let name = file.path().to_string_lossy();
        !name.contains("test")
    });
    for source in sources.filter_map(|file| file.contents_utf8()) {
        // Literals stand between quotes; those that hold quotes themselves are split, which only makes
        // the list shorter or adds words of Rust.
        for literal in source.split('"') {
            words(literal, &mut known);
        }
    }
    for text in CATALOG_TEXTS {
        words(text, &mut known);
    }
    known
});

fn words(text: &str, into: &mut HashSet<String>) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    into.extend(text.split(|c| !is_word(c)).map(str::to_ascii_lowercase));
    // String literals of SQL as they are.
    into.extend(text.split('\'').map(|string| format!("'{string}'")));
}

/// # Panics
/// If anything of the statement is neither quoted, a parameter nor known; or if it is not one query.
pub(super) fn check(sql: &str, params: usize) {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql)
        .tokenize()
        .unwrap_or_else(|error| panic!("{error}: {sql}"));
    let mut depth = 0_i64;
    for token in &tokens {
        match token {
            Token::Word(Word {
                quote_style: Some('"'),
                ..
            })
            | Token::Whitespace(Whitespace::Space)
            | Token::Number(..) => {}
            Token::Word(Word {
                value,
                quote_style: None,
                ..
            }) => assert!(is_known(value), "{value} in {sql}"),
            Token::SingleQuotedString(text) => {
                assert!(KNOWN.contains(&format!("'{text}'")), "'{text}' in {sql}");
            }
            Token::Placeholder(number) => {
                let number: Option<usize> = number.strip_prefix('$').and_then(|n| n.parse().ok());
                assert!(number.is_some_and(|n| (1..=params).contains(&n)), "{sql}");
            }
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            Token::SemiColon | Token::Whitespace(_) | Token::Backslash => {
                panic!("{token:?} in {sql}")
            }
            other => {
                let text = other.to_string();
                assert!(text.len() <= 4 && text.is_ascii(), "{text} in {sql}");
            }
        }
        assert!(depth >= 0, "{sql}");
    }
    assert_eq!(depth, 0, "{sql}");
    if let Ok(statements) = Parser::parse_sql(&PostgreSqlDialect {}, sql) {
        assert_eq!(statements.len(), 1, "{sql}");
    }
}

fn is_known(word: &str) -> bool {
    KNOWN.contains(&word.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_renderer_writes_is_noticed() {
        check("select \"a;b\".* from \"--\" where \"x\" = $1", 1);
        for (sql, params) in [
            ("select attacker from \"a\"", 0),
            ("select 'attacker' from \"a\"", 0),
            ("select \"a\" from \"b\"; select 1", 0),
            ("select \"a\" -- from", 0),
            ("select \"a\" /* from */", 0),
            ("select $2", 1),
            ("select \"a\") from", 0),
            ("select (\"a\" from", 0),
            ("select \"a", 0),
            ("select $$a$$", 0),
        ] {
            let checked = std::panic::catch_unwind(|| check(sql, params));
            assert!(checked.is_err(), "{sql}");
        }
    }
}
