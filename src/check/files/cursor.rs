//! A walk over the tokens of a statement, for what no parser reads alike in all its forms.

use crate::check::model::Qualified;
use crate::migrate::{Token, TokenKind};

/// What is left of a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub rest: &'a [Token<'a>],
}

impl<'a> Cursor<'a> {
    pub fn new(tokens: &'a [Token<'a>]) -> Self {
        Self { rest: tokens }
    }

    pub fn next(&mut self) -> Option<&'a Token<'a>> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Steps over the words, if they come next, all of them.
    pub fn words(&mut self, words: &str) -> bool {
        let mut ahead = *self;
        let matches = words
            .split(' ')
            .all(|word| ahead.next().is_some_and(|token| token.is_word(word)));
        if matches {
            *self = ahead;
        }
        matches
    }

    /// Steps over whichever of the words comes next.
    pub fn one_of(&mut self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().copied().find(|word| self.words(word))
    }

    pub fn symbol(&mut self, symbol: &str) -> bool {
        let matches = self
            .rest
            .first()
            .is_some_and(|token| token.is_symbol(symbol));
        if matches {
            self.next();
        }
        matches
    }

    pub fn name(&mut self) -> Option<String> {
        let name = self.rest.first()?.name()?;
        self.next();
        Some(name)
    }

    /// A name with or without its schema.
    pub fn qualified(&mut self, schema: &str) -> Option<Qualified> {
        let first = self.name()?;
        Some(if self.symbol(".") {
            Qualified::new(first, self.name()?)
        } else {
            Qualified::new(schema, first)
        })
    }

    /// What stands in the parentheses that come next.
    pub fn parentheses(&mut self) -> Option<&'a [Token<'a>]> {
        if !self.rest.first()?.is_symbol("(") {
            return None;
        }
        let mut depth = 0_usize;
        for (at, token) in self.rest.iter().enumerate() {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth -= 1;
            }
            if depth == 0 {
                let inside = self.rest.get(1..at);
                self.rest = self.rest.get(at + 1..).unwrap_or_default();
                return inside;
            }
        }
        None
    }

    /// What comes before the word, outside parentheses; stops in front of the word, or at the end.
    pub fn until(&mut self, stop: impl Fn(&Token<'_>) -> bool) -> &'a [Token<'a>] {
        let mut depth = 0_usize;
        let end = self.rest.iter().position(|token| {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth = depth.saturating_sub(1);
            }
            depth == 0 && stop(token)
        });
        let (before, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        before
    }

    /// Whether the words stand anywhere in it, one behind the other.
    pub fn contains(&self, words: &str) -> bool {
        (0..self.rest.len()).any(|at| {
            let rest = self.rest.get(at..).unwrap_or_default();
            Self { rest }.words(words)
        })
    }
}

/// Cuts at the commas outside parentheses.
pub(super) fn items<'a>(tokens: &'a [Token<'a>]) -> Vec<&'a [Token<'a>]> {
    let mut cursor = Cursor::new(tokens);
    let mut found = Vec::new();
    while !cursor.rest.is_empty() {
        found.push(cursor.until(|token| token.is_symbol(",")));
        cursor.next();
    }
    found
}

/// The text that the tokens stand in, from the first to the last.
pub(super) fn text<'a>(tokens: &[Token<'a>], statement: &'a str, start: usize) -> &'a str {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return "";
    };
    statement
        .get(first.start - start..last.end() - start)
        .unwrap_or_default()
}

/// `a, "B", public` as Postgres reads it.
pub(super) fn names(tokens: &[Token<'_>]) -> Vec<String> {
    items(tokens)
        .into_iter()
        .filter_map(|item| {
            item.iter()
                .filter(|token| !token.is_word("group"))
                .find_map(Token::name)
        })
        .collect()
}

/// Whether it can be the name of something.
pub(super) fn is_name(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Quoted)
}
