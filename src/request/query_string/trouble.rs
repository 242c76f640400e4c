//! What was expected where, in Parsec's words.

use std::fmt;
use std::mem;

/// The messages at the furthest place that parsing got to.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    is_kept: bool,
    at: usize,
    messages: Vec<Message>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    /// This character, or the end, did not fit. Shown only if nothing is `Unwanted`.
    Found(Option<char>),
    /// This character must not stand here.
    Unwanted(char),
    /// Something with a name.
    Expected(&'static str),
    /// Literal text.
    ExpectedText(&'static str),
    Note(&'static str),
}

impl Trouble {
    pub(super) fn kept() -> Self {
        Self::new(true)
    }

    /// It stays empty.
    pub(super) fn ignored() -> Self {
        Self::new(false)
    }

    fn new(is_kept: bool) -> Self {
        Self {
            is_kept,
            at: 0,
            messages: Vec::new(),
        }
    }

    /// Leaves none.
    pub(super) fn take(&mut self) -> Self {
        mem::replace(self, Self::new(self.is_kept))
    }

    /// Nothing but these.
    pub(super) fn replace(&mut self, at: usize, messages: &[Message]) {
        self.clear();
        self.add(at, messages);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.messages.clear();
    }

    /// Adds later messages: of two places the further one counts, of one place both.
    pub(super) fn add(&mut self, at: usize, messages: &[Message]) {
        if !self.is_kept || messages.is_empty() || (!self.is_empty() && at < self.at) {
            return;
        }
        if at > self.at || self.is_empty() {
            self.messages.clear();
        }
        self.at = at;
        self.messages.extend_from_slice(messages);
    }

    /// The same the other way round: `self` came after `before`.
    pub(super) fn prepend(&mut self, mut before: Self) {
        if before.is_empty() {
            return;
        }
        before.add(self.at, &self.messages);
        *self = before;
    }

    /// Puts one name in the place of every expectation.
    pub(super) fn relabel(&mut self, label: &'static str) {
        if !self.is_kept {
            return;
        }
        self.messages
            .retain(|message| !matches!(message, Message::Expected(_) | Message::ExpectedText(_)));
        self.messages.push(Message::Expected(label));
    }

    /// `(line 1, column 7)`, counted from 1 in characters; a tab goes to the next multiple of 8.
    pub(super) fn place(&self, input: &str) -> String {
        let (mut line, mut column) = (1_usize, 1_usize);
        for c in input.get(..self.at).unwrap_or(input).chars() {
            match c {
                '\n' => (line, column) = (line + 1, 1),
                '\t' => column += 8 - (column - 1) % 8,
                _ => column += 1,
            }
        }
        format!("(line {line}, column {column})")
    }

    fn unexpected(&self) -> Option<String> {
        let unwanted = self.messages.iter().find_map(|message| match message {
            Message::Unwanted(c) => Some(format!("unexpected {}", quoted(&c.to_string(), '\''))),
            _ => None,
        });
        unwanted.or_else(|| {
            self.messages.iter().find_map(|message| match message {
                Message::Found(Some(c)) => {
                    Some(format!("unexpected {}", quoted(&c.to_string(), '"')))
                }
                Message::Found(None) => Some("unexpected end of input".to_owned()),
                _ => None,
            })
        })
    }

    fn expectations(&self) -> Vec<String> {
        let mut expected: Vec<String> = Vec::new();
        for message in &self.messages {
            let text = match message {
                Message::Expected(name) => (*name).to_owned(),
                Message::ExpectedText(text) => quoted(text, '"'),
                _ => continue,
            };
            if !expected.contains(&text) {
                expected.push(text);
            }
        }
        expected
    }
}

/// `unexpected "x" expecting a, b or c`.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.unexpected().into_iter().collect();
        match self.expectations().as_slice() {
            [] => {}
            [only] => parts.push(format!("expecting {only}")),
            [most @ .., last] => {
                parts.push(format!("expecting {} or {last}", most.join(", ")));
            }
        }
        for message in &self.messages {
            if let Message::Note(note) = message {
                parts.push((*note).to_owned());
            }
        }
        if parts.is_empty() {
            parts.push("unknown parse error".to_owned());
        }
        f.write_str(&parts.join(" "))
    }
}

/// Text in quotes, escaped as Haskell's `show` does it.
fn quoted(text: &str, quote: char) -> String {
    let mut shown = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            c if c == quote => shown.extend(['\\', c]),
            c if c.is_ascii() && !c.is_ascii_control() => shown.push(c),
            c => {
                shown.push('\\');
                shown.push_str(&u32::from(c).to_string());
            }
        }
    }
    shown.push(quote);
    shown
}
