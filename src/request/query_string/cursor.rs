//! A cursor over text that fails with PostgREST's words.
//!
//! Clients see PostgREST's parse errors to the column and the last expectation, and these come from
//! Parsec. So this cursor keeps Parsec's books: a parser fails without or after consuming; only the
//! former lets an alternative try; what was expected at the furthest place is collected on the way
//! and forgotten as soon as something is consumed. `trouble` is that collection. Keeping it takes longer
//! than the reading itself, so it is kept only where something turned out to be wrong.

use std::borrow::Cow;

use crate::request::RequestError;

use super::trouble::{Message, Trouble};

/// How deep parentheses may nest, in logic trees and embeds. Parsing, planning and rendering
/// recurse as deep.
pub(super) const MAX_DEPTH: usize = 50;

pub(super) struct Cursor<'a> {
    input: &'a str,
    rest: &'a str,
    trouble: Trouble,
}

/// The parser stopped; the cursor knows why.
#[derive(Debug)]
pub(super) struct Failed;

pub(super) type Parsed<T> = Result<T, Failed>;

impl<'a> Cursor<'a> {
    /// One that cannot say what was wrong.
    pub(super) fn quick(input: &'a str) -> Self {
        Self::new(input, Trouble::ignored())
    }

    fn new(input: &'a str, trouble: Trouble) -> Self {
        Self {
            input,
            rest: input,
            trouble,
        }
    }

    /// Runs a parser over a whole parameter. `what` is the parameter's kind, `shown` the value as
    /// the client wrote it. What follows the parsed part is ignored, as in PostgREST.
    pub(super) fn run<T>(
        input: &'a str,
        what: &str,
        shown: &str,
        parser: impl Fn(&mut Self) -> Parsed<T>,
    ) -> Result<T, RequestError> {
        if let Ok(parsed) = parser(&mut Self::quick(input)) {
            return Ok(parsed);
        }
        let mut cursor = Self::new(input, Trouble::kept());
        parser(&mut cursor).map_err(|Failed| RequestError::Syntax {
            message: format!(
                "\"failed to parse {what} ({})\" {}",
                told(shown),
                cursor.trouble.place(input)
            ),
            details: cursor.trouble.to_string(),
        })
    }

    fn at(&self) -> usize {
        self.input.len() - self.rest.len()
    }

    fn stands_at(&self, rest: &str) -> bool {
        self.rest.len() == rest.len()
    }

    /// What was consumed since `rest` was the rest.
    pub(super) fn since(&self, rest: &'a str) -> &'a str {
        let consumed = rest.len() - self.rest.len();
        rest.get(..consumed).unwrap_or_default()
    }

    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Moves on without asking; nothing that was expected before matters any more.
    pub(super) fn advance(&mut self, rest: &'a str) {
        self.rest = rest;
        self.trouble.clear();
    }

    /// Notes what was wrong here, and fails.
    pub(super) fn fail<T>(&mut self, messages: &[Message]) -> Parsed<T> {
        self.note(messages);
        Err(Failed)
    }

    fn note(&mut self, messages: &[Message]) {
        let at = self.at();
        self.trouble.add(at, messages);
    }

    /// Fails whatever alternatives there are.
    pub(super) fn refuse<T>(&mut self, reason: &'static str) -> Parsed<T> {
        let at = self.at();
        self.trouble.replace(at, &[Message::Note(reason)]);
        Err(Failed)
    }

    // One piece of text

    /// One character of a kind.
    pub(super) fn one(&mut self, fits: impl Fn(char) -> bool) -> Parsed<char> {
        let mut chars = self.rest.chars();
        match chars.next() {
            Some(found) if fits(found) => {
                self.advance(chars.as_str());
                Ok(found)
            }
            found => self.fail(&[Message::Found(found)]),
        }
    }

    /// As many characters of a kind as there are; `expected` names the kinds.
    pub(super) fn run_of(&mut self, fits: impl Fn(char) -> bool, expected: &[Message]) -> &'a str {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        if !run.is_empty() {
            self.advance(rest);
        }
        self.note(&[Message::Found(self.peek())]);
        self.note(expected);
        run
    }

    /// Like [`Self::run_of`], but at least one.
    pub(super) fn some_of(
        &mut self,
        fits: impl Fn(char) -> bool,
        expected: &[Message],
    ) -> Parsed<&'a str> {
        let run = self.run_of(fits, expected);
        if run.is_empty() {
            return Err(Failed);
        }
        Ok(run)
    }

    /// This text. Parsec reports a mismatch at the start of the text but with the character that
    /// did not match, and has consumed what did.
    pub(super) fn text(&mut self, text: &'static str) -> Parsed<()> {
        if let Some(rest) = self.rest.strip_prefix(text) {
            self.advance(rest);
            return Ok(());
        }
        let at = self.at();
        let mut found = self.rest.chars();
        let mut wanted = text.chars();
        let mut matched = self.rest;
        let mismatch = loop {
            let next = found.next();
            if next != wanted.next() {
                break next;
            }
            matched = found.as_str();
        };
        let messages = [Message::Found(mismatch), Message::ExpectedText(text)];
        if self.stands_at(matched) {
            return self.fail(&messages);
        }
        self.rest = matched;
        self.trouble.replace(at, &messages);
        Err(Failed)
    }

    /// The end of the input.
    pub(super) fn end(&mut self) -> Parsed<()> {
        match self.peek() {
            None => Ok(()),
            Some(found) => {
                self.fail(&[Message::Unwanted(found), Message::Expected("end of input")])
            }
        }
    }

    /// Spaces and tabs around something.
    pub(super) fn lexeme<T>(&mut self, parser: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let is_space = |c| c == ' ' || c == '\t';
        self.run_of(is_space, &[]);
        let parsed = parser(self)?;
        self.run_of(is_space, &[]);
        Ok(parsed)
    }

    // Combinators

    /// The second parser, if the first failed without consuming.
    pub(super) fn or<T>(
        &mut self,
        first: impl FnOnce(&mut Self) -> Parsed<T>,
        second: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let start = self.rest;
        match first(self) {
            Err(Failed) if self.stands_at(start) => second(self),
            parsed => parsed,
        }
    }

    /// Nothing, if the parser failed without consuming.
    pub(super) fn optional<T>(
        &mut self,
        parser: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<Option<T>> {
        self.or(|cursor| parser(cursor).map(Some), |_| Ok(None))
    }

    /// A failing parser consumes nothing.
    pub(super) fn attempt<T>(&mut self, parser: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let start = self.rest;
        let before = self.trouble.take();
        let parsed = parser(self);
        if parsed.is_err() {
            self.rest = start;
        }
        if self.stands_at(start) {
            self.trouble.prepend(before);
        }
        parsed
    }

    /// The parser must succeed, but consumes nothing.
    pub(super) fn look_ahead(
        &mut self,
        parser: impl FnOnce(&mut Self) -> Parsed<()>,
    ) -> Parsed<()> {
        let start = self.rest;
        let before = self.trouble.take();
        let parsed = parser(self);
        if parsed.is_ok() {
            self.rest = start;
            self.trouble = before;
        } else if self.stands_at(start) {
            self.trouble.prepend(before);
        }
        parsed
    }

    /// No character of that kind may follow. Parsec reports the place after it; and if it does not
    /// follow, Parsec remembers that it could have (`could_be`).
    pub(super) fn not_followed_by(
        &mut self,
        unwanted: impl Fn(char) -> bool,
        could_be: &[Message],
    ) -> Parsed<()> {
        match self.peek() {
            Some(found) if unwanted(found) => {
                let at = self.at() + found.len_utf8();
                self.trouble.add(at, &[Message::Unwanted(found)]);
                Err(Failed)
            }
            found => {
                self.note(&[Message::Found(found)]);
                self.note(could_be);
                Ok(())
            }
        }
    }

    /// One name for whatever the parser would have expected at its start.
    pub(super) fn label<T>(
        &mut self,
        label: &'static str,
        parser: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let start = self.rest;
        let before = self.trouble.take();
        let parsed = parser(self);
        if self.stands_at(start) {
            if parsed.is_err() || !self.trouble.is_empty() {
                self.trouble.relabel(label);
            }
            self.trouble.prepend(before);
        }
        parsed
    }

    /// As often as the parser succeeds.
    pub(super) fn many<T>(
        &mut self,
        mut parser: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let mut items = Vec::new();
        loop {
            let start = self.rest;
            match parser(self) {
                // Consumed nothing: it would go on for ever.
                Ok(item) if self.stands_at(start) => {
                    items.push(item);
                    return Ok(items);
                }
                Ok(item) => items.push(item),
                Err(Failed) if self.stands_at(start) => return Ok(items),
                Err(Failed) => return Err(Failed),
            }
            // Parsec's `many` drops what the items before expected behind themselves.
            self.trouble.clear();
        }
    }

    /// At least one item, with separators between.
    pub(super) fn separated<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Parsed<T>,
        mut separator: impl FnMut(&mut Self) -> Parsed<()>,
    ) -> Parsed<Vec<T>> {
        let first = item(self)?;
        let mut items = vec![first];
        items.extend(self.many(|cursor| {
            separator(cursor)?;
            item(cursor)
        })?);
        Ok(items)
    }
}

/// As much of the input as an error repeats.
fn told(input: &str) -> Cow<'_, str> {
    const LONGEST: usize = 1_000;
    match input.char_indices().nth(LONGEST) {
        None => input.into(),
        Some((end, _)) => format!("{}…", input.get(..end).unwrap_or_default()).into(),
    }
}
