//! A file's text to its scenes.
//!
//! Directives are comments that begin a line, so that editors, formatters and `psql` take the file for what it
//! is, plain SQL. What nearly looks like one is an error: an expectation that is not read would pass.

use super::expectation::{Expectation, expectation};
use super::guard;
use crate::migrate::{TokenKind, statements, tokens};
use crate::policies::Caller;

const DIRECTIVES: [&str; 4] = ["scene", "setup", "as", "expect"];

/// One story, played in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// As the messages name it.
    pub file: String,
    /// Of its `-- scene:`.
    pub line: usize,
    /// What stands behind that.
    pub title: String,
    /// Who does what, in order; the file's own setup first.
    pub(super) acts: Vec<Act>,
}

/// What one role does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Act {
    pub who: Who,
    /// Of the directive that names it.
    pub line: usize,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Who {
    /// The login, or a role that owns what is needed: above the policies.
    Setup(Option<String>),
    /// Somebody who asks.
    Caller(Caller),
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub line: usize,
    pub sql: String,
    /// All must hold; none: it must not be refused.
    pub expectations: Vec<Expectation>,
    /// It looks at deferred constraints itself.
    pub settles: bool,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct Mistake {
    /// Which file.
    pub file: String,
    /// Which line.
    pub line: usize,
    /// What, and what to write instead.
    pub what: String,
}

/// A comment that is more than one.
struct Directive<'a> {
    at: usize,
    line: usize,
    name: &'a str,
    value: &'a str,
    /// The comment lines right behind it, without their dashes.
    more: Vec<&'a str>,
}

/// Reads a file.
///
/// # Errors
/// The first thing that cannot be meant.
pub fn parse(file: &str, sql: &str) -> Result<Vec<Scene>, Mistake> {
    read(file, sql).map_err(|(line, what)| Mistake {
        file: file.to_owned(),
        line,
        what,
    })
}

type Wrong = (usize, String);

fn read(file: &str, sql: &str) -> Result<Vec<Scene>, Wrong> {
    let mut reader = Reader::default();
    let mut directives = directives(sql)?.into_iter().peekable();
    for statement in statements(sql) {
        let start = statement.tokens.first().map_or(0, |token| token.start);
        while let Some(directive) = directives.next_if(|one| one.at < start) {
            reader.direct(file, &directive)?;
        }
        let end = start + statement.text.len();
        if let Some(inside) = directives.peek().filter(|one| one.at < end) {
            let what = format!(
                "`-- {}:` stands within the statement of line {}: is a semicolon missing?",
                inside.name, statement.line
            );
            return Err((inside.line, what));
        }
        reader.step(&statement)?;
    }
    for directive in directives {
        reader.direct(file, &directive)?;
    }
    reader.finish()
}

fn directives(sql: &str) -> Result<Vec<Directive<'_>>, Wrong> {
    let mut found: Vec<Directive<'_>> = Vec::new();
    let mut last_line = 0;
    let mut is_waiting = false;
    let mut line_of = lines(sql);
    for token in tokens(sql) {
        is_waiting &= token.kind == TokenKind::Comment;
        let Some(comment) = token.text.strip_prefix("--") else {
            continue;
        };
        let line = line_of(token.start);
        let before = sql.get(..token.start).unwrap_or_default();
        let begins_line = before
            .rsplit('\n')
            .next()
            .is_some_and(|it| it.trim().is_empty());
        if token.kind != TokenKind::Comment || !begins_line {
            continue;
        }
        let comment = comment.trim();
        if let Some((name, value)) = directive(comment).map_err(|what| (line, what))? {
            is_waiting = name == "expect" && value.starts_with("rows");
            found.push(Directive {
                at: token.start,
                line,
                name,
                value,
                more: Vec::new(),
            });
        } else if let Some(one) = found.last_mut().filter(|_| last_line + 1 == line) {
            one.more.push(comment);
        } else if is_waiting {
            // It could be a row that nobody would miss.
            let what = "an empty line stands between the expected rows and this comment: move it to them, or above \
                        `-- expect:`";
            return Err((line, what.to_owned()));
        } else {
            continue;
        }
        last_line = line;
    }
    Ok(found)
}

/// Tells the line of positions that never go back.
fn lines(sql: &str) -> impl FnMut(usize) -> usize {
    let (mut at, mut line) = (0, 1);
    move |position| {
        line += sql
            .get(at..position)
            .unwrap_or_default()
            .matches('\n')
            .count();
        at = position;
        line
    }
}

/// `expect: 2 rows` is one, `a list: red, green` is not, `expct: 2 rows` is a mistake.
fn directive(comment: &str) -> Result<Option<(&str, &str)>, String> {
    let end = comment.find(|c: char| !c.is_ascii_alphabetic());
    let (word, rest) = comment
        .split_at_checked(end.unwrap_or(comment.len()))
        .unwrap_or_default();
    let value = rest.strip_prefix(':');
    if DIRECTIVES.contains(&word) && (value.is_some() || word == "setup" && rest.is_empty()) {
        return Ok(Some((word, value.unwrap_or_default().trim())));
    }
    let near = if word.eq_ignore_ascii_case("expect") {
        Some("expect")
    } else {
        let is_near = |one: &&str| is_nearly(word, one);
        value.and_then(|_| DIRECTIVES.into_iter().find(is_near))
    };
    match near {
        Some(near) => Err(format!(
            "`-- {comment}` is only a comment; did you mean `-- {near}: …`?"
        )),
        None => Ok(None),
    }
}

/// `expcet` and `Scenes` are meant for directives, `step` and `is` are not.
fn is_nearly(word: &str, directive: &str) -> bool {
    let slips = usize::from(directive.len() > 3);
    strsim::osa_distance(&word.to_lowercase(), directive) <= slips
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    /// What stands before the first scene: part of each.
    shared: Vec<Act>,
    scenes: Vec<Scene>,
    /// Waiting for their statement.
    expectations: Vec<(usize, Expectation)>,
}

impl Reader {
    fn acts(&mut self) -> &mut Vec<Act> {
        match self.scenes.last_mut() {
            Some(scene) => &mut scene.acts,
            None => &mut self.shared,
        }
    }

    fn direct(&mut self, file: &str, directive: &Directive<'_>) -> Result<(), Wrong> {
        let (line, value) = (directive.line, directive.value);
        let wrong = |what: String| (line, what);
        if directive.name == "expect" {
            let read = expectation(value, &directive.more).map_err(wrong)?;
            self.expectations.push((line, read));
            return Ok(());
        }
        self.refuse_waiting()?;
        let who = match directive.name {
            "scene" if value.is_empty() => {
                return Err(wrong(
                    "a scene has a title: `-- scene: who may do what`".to_owned(),
                ));
            }
            "scene" => {
                self.refuse_idle()?;
                self.scenes.push(Scene {
                    file: file.to_owned(),
                    line,
                    title: value.to_owned(),
                    acts: self.shared.clone(),
                });
                return Ok(());
            }
            "setup" => Who::Setup((!value.is_empty()).then(|| unquoted(value))),
            _ if self.scenes.is_empty() => {
                return Err(wrong(
                    "who does something does it in a scene: begin with `-- scene: …`".to_owned(),
                ));
            }
            _ => Who::Caller(caller(value).map_err(wrong)?),
        };
        self.acts().push(Act {
            who,
            line,
            steps: Vec::new(),
        });
        Ok(())
    }

    fn step(&mut self, statement: &crate::migrate::Statement<'_>) -> Result<(), Wrong> {
        let expectations = std::mem::take(&mut self.expectations);
        let Some(act) = self.acts().last_mut() else {
            let what = "who does this? Say `-- setup`, or `-- as: ROLE {\"claim\": 1}`, before it";
            return Err((statement.line, what.to_owned()));
        };
        let is_caller = matches!(act.who, Who::Caller(_));
        if let (false, Some((line, _))) = (is_caller, expectations.first()) {
            return Err((
                *line,
                "a setup only prepares: expect something of who asks, behind `-- as: …`".to_owned(),
            ));
        }
        guard::refuse(statement, is_caller).map_err(|what| (statement.line, what))?;
        for (line, one) in &expectations {
            one.refuse_misfit(statement, expectations.len())
                .map_err(|what| (*line, what))?;
        }
        act.steps.push(Step {
            line: statement.line,
            sql: statement.text.to_owned(),
            expectations: expectations.into_iter().map(|(_, one)| one).collect(),
            settles: guard::settles(statement),
        });
        Ok(())
    }

    fn finish(self) -> Result<Vec<Scene>, Wrong> {
        self.refuse_waiting()?;
        self.refuse_idle()?;
        if self.scenes.is_empty() {
            return Err((
                1,
                "there is no scene: begin one with `-- scene: who may do what`".to_owned(),
            ));
        }
        Ok(self.scenes)
    }

    fn refuse_waiting(&self) -> Result<(), Wrong> {
        match self.expectations.first() {
            Some((line, _)) => Err((
                *line,
                "no statement follows that this could be expected of".to_owned(),
            )),
            None => Ok(()),
        }
    }

    /// A scene that expects nothing passes whatever the policies say.
    fn refuse_idle(&self) -> Result<(), Wrong> {
        let is_idle = |scene: &&Scene| {
            let mut steps = scene.acts.iter().flat_map(|act| &act.steps);
            steps.all(|step| step.expectations.is_empty())
        };
        match self.scenes.last().filter(is_idle) {
            Some(scene) => Err((
                scene.line,
                format!(
                    "the scene \"{}\" expects nothing: say `-- expect: …` before a statement",
                    scene.title
                ),
            )),
            None => Ok(()),
        }
    }
}

/// `reader {"tenant": 1}`
fn caller(text: &str) -> Result<Caller, String> {
    let (role, claims) = match text.find('{') {
        Some(at) => text.split_at_checked(at).unwrap_or_default(),
        None => (text, "{}"),
    };
    let role = unquoted(role.trim());
    if role.is_empty() || role.contains(char::is_whitespace) && !text.starts_with('"') {
        return Err("expected `-- as: ROLE` or `-- as: ROLE {\"claim\": 1}`".to_owned());
    }
    let claims: serde_json::Map<String, serde_json::Value> = serde_json::from_str(claims)
        .map_err(|error| format!("the claims are no JSON object: {error}"))?;
    Ok(Caller::new(&role, claims))
}

fn unquoted(name: &str) -> String {
    let inside = name.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inside.map_or_else(|| name.to_owned(), |it| it.replace("\"\"", "\""))
}
