//! Names, JSON paths and the paths of embedded resources.

use super::{
    cursor::{Cursor, Parsed},
    filter::{EmbedPath, Field, JsonKey, JsonStep},
    trouble::Message,
};

pub(super) const LETTER_OR_DIGIT: &[Message] =
    &[Message::Expected("letter"), Message::Expected("digit")];

/// A name, bare or in double quotes. Spaces around a bare one do not count; dashes may be inside.
pub(super) fn name(cursor: &mut Cursor<'_>) -> Parsed<String> {
    cursor.label("field name (* or [a..z0..9_$])", |cursor| {
        cursor.or(quoted, |cursor| joined_by_dashes(cursor, identifier))
    })
}

/// Letters of any script, digits, `_`, `$` and spaces.
pub(super) fn identifier<'a>(cursor: &mut Cursor<'a>) -> Parsed<&'a str> {
    let belongs = |c: char| c.is_alphabetic() || c.is_ascii_digit() || "_ $".contains(c);
    cursor
        .some_of(belongs, LETTER_OR_DIGIT)
        .map(|name| name.trim_matches(' '))
}

/// `"…"`, where a backslash takes the next character as it is.
pub(super) fn quoted(cursor: &mut Cursor<'_>) -> Parsed<String> {
    cursor.text("\"")?;
    let mut value = String::new();
    loop {
        value.push_str(cursor.run_of(
            |c| c != '"' && c != '\\',
            &[Message::ExpectedText("\\"), Message::ExpectedText("\"")],
        ));
        if cursor.peek() == Some('\\') {
            cursor.text("\\")?;
            value.push(cursor.one(|_| true)?);
        } else {
            cursor.text("\"")?;
            return Ok(value);
        }
    }
}

fn joined_by_dashes<'a>(
    cursor: &mut Cursor<'a>,
    part: impl FnMut(&mut Cursor<'a>) -> Parsed<&'a str>,
) -> Parsed<String> {
    let parts = cursor.separated(part, |cursor| {
        // `->` begins a JSON path.
        cursor.attempt(|cursor| {
            cursor.text("-")?;
            cursor.not_followed_by(|c| c == '>', &[Message::ExpectedText(">")])
        })
    })?;
    Ok(parts.join("-"))
}

/// A field with its JSON path, spaces around allowed.
pub(super) fn field(cursor: &mut Cursor<'_>) -> Parsed<Field> {
    cursor.lexeme(|cursor| {
        let name = name(cursor)?;
        let json_path = json_path(cursor)?;
        Ok(Field { name, json_path })
    })
}

/// Postgres nests the expression of a path as deep as the path is long.
const MOST_STEPS: usize = 100;

pub(super) fn json_path(cursor: &mut Cursor<'_>) -> Parsed<Vec<JsonStep>> {
    let path = cursor.many(|cursor| {
        let as_text = cursor.or(
            |cursor| cursor.attempt(|cursor| cursor.text("->>")).map(|()| true),
            |cursor| cursor.attempt(|cursor| cursor.text("->")).map(|()| false),
        )?;
        let key = cursor.or(
            |cursor| cursor.attempt(json_index),
            |cursor| cursor.attempt(json_key),
        )?;
        Ok(JsonStep { as_text, key })
    })?;
    if path.len() > MOST_STEPS {
        return cursor.fail(&[Message::Note("a JSON path has at most 100 steps")]);
    }
    Ok(path)
}

fn json_key(cursor: &mut Cursor<'_>) -> Parsed<JsonKey> {
    cursor.label(
        "any non reserved character different from: .,>()",
        |cursor| {
            let bare = |c: char| !"(-:.,>)".contains(c);
            let key = cursor.or(quoted, |cursor| {
                joined_by_dashes(cursor, |cursor| cursor.some_of(bare, &[]).map(str::trim))
            })?;
            Ok(JsonKey::Key(key))
        },
    )
}

/// Digits, if nothing but the end of the field follows. A closing parenthesis is no such end: in
/// `embedded(data->0)` PostgREST reads the key `0`.
fn json_index(cursor: &mut Cursor<'_>) -> Parsed<JsonKey> {
    let start = cursor.rest();
    cursor.optional(|cursor| cursor.text("-"))?;
    cursor.some_of(|c| c.is_ascii_digit(), &[Message::Expected("digit")])?;
    let index = cursor.since(start).to_owned();
    ends_with(cursor, &["->", "::", ".", ","], true)?;
    Ok(JsonKey::Index(index))
}

/// One of the texts must follow, or the end of the input; none is consumed.
pub(super) fn ends_with(
    cursor: &mut Cursor<'_>,
    texts: &[&'static str],
    or_end: bool,
) -> Parsed<()> {
    match texts {
        [] if or_end => cursor.attempt(Cursor::end),
        [] => Err(super::cursor::Failed),
        [text, others @ ..] => cursor.or(
            |cursor| cursor.attempt(|cursor| cursor.look_ahead(|cursor| cursor.text(text))),
            |cursor| ends_with(cursor, others, or_end),
        ),
    }
}

pub(super) fn delimiter(cursor: &mut Cursor<'_>) -> Parsed<()> {
    cursor.label("delimiter (.)", |cursor| cursor.text("."))
}

/// `embedded.resource.field->key`.
pub(super) fn tree_path(cursor: &mut Cursor<'_>) -> Parsed<(EmbedPath, Field)> {
    let mut names = cursor.separated(name, delimiter)?;
    let json_path = json_path(cursor)?;
    let name = names.pop().unwrap_or_default();
    Ok((names, Field { name, json_path }))
}

/// `a,b,"c d"`.
pub(super) fn columns(cursor: &mut Cursor<'_>) -> Parsed<Vec<String>> {
    cursor.separated(name, |cursor| cursor.lexeme(|cursor| cursor.text(",")))
}
