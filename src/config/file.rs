//! PostgREST's configuration file: lines of `name = value`, `#` comments.
//!
//! The format is that of Haskell's `configurator`, without what PostgREST has no use for (groups,
//! lists, imports): values are `"text"`, numbers and booleans; in text `$$` is `$` and `$(NAME)` a
//! variable.

use std::iter::Peekable;
use std::path::Path;
use std::str::Chars;

use super::ConfigError;

/// `name = value` in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Counted from 1.
    pub line: usize,
    pub name: String,
    /// Without quotes, whatever its type.
    pub value: String,
}

/// Reads the text of a file. `variable` looks up a variable of the environment.
///
/// # Errors
/// [`ConfigError::Syntax`] with the first line that cannot be read.
pub(super) fn entries(
    text: &str,
    path: &Path,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Vec<Entry>, ConfigError> {
    let mut entries = Vec::new();
    // Some editors begin a file with it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let number = index + 1;
        let entry = entry(line, &variable).map_err(|problem| ConfigError::Syntax {
            path: path.to_owned(),
            line: number,
            problem,
        })?;
        entries.push(Entry {
            line: number,
            name: entry.0,
            value: entry.1,
        });
    }
    Ok(entries)
}

fn entry(
    line: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(String, String), String> {
    let form = "expected name = value, such as db-anon-role = \"anon\"";
    let (name, value) = line.split_once('=').ok_or(form)?;
    let name = name.trim();
    let is_name_char = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || !name.chars().all(is_name_char) {
        return Err(form.to_owned());
    }
    let value = value.trim();
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted_text(quoted, variable)?,
        None => bare_value(value)?,
    };
    Ok((name.to_owned(), value))
}

fn bare_value(text: &str) -> Result<String, String> {
    let value = text.split('#').next().unwrap_or_default().trim();
    let is_number = value.parse::<f64>().is_ok();
    if is_number || ["true", "false", "on", "off"].contains(&value) {
        return Ok(value.to_owned());
    }
    Err("text must stand in double quotes".to_owned())
}

/// What follows the opening quote, up to the closing one.
fn quoted_text(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut value = String::new();
    let mut rest = text.chars().peekable();
    loop {
        match rest.next().ok_or("the closing double quote is missing")? {
            '"' => break,
            '\\' => value.push(escaped(&mut rest)?),
            '$' => value.push_str(&interpolated(&mut rest, &variable)?),
            other => value.push(other),
        }
    }
    let after: String = rest.collect();
    match after.trim() {
        after if after.is_empty() || after.starts_with('#') => Ok(value),
        _ => Err("more text after the closing double quote".to_owned()),
    }
}

fn escaped(rest: &mut Peekable<Chars<'_>>) -> Result<char, String> {
    match rest.next() {
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('t') => Ok('\t'),
        Some('u') => {
            let digits: String = rest.by_ref().take(4).collect();
            u32::from_str_radix(&digits, 16)
                .ok()
                .and_then(char::from_u32)
                .ok_or_else(|| "\\u wants four hexadecimal digits".to_owned())
        }
        Some(literal @ ('"' | '\\')) => Ok(literal),
        _ => Err("unknown escape: write \\\\ for a backslash".to_owned()),
    }
}

fn interpolated(
    rest: &mut Peekable<Chars<'_>>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<String, String> {
    match rest.next() {
        Some('$') => Ok("$".to_owned()),
        Some('(') => {
            let name: String = rest.by_ref().take_while(|c| *c != ')').collect();
            variable(&name).ok_or_else(|| format!("the variable {name} is not set"))
        }
        _ => Err("write $$ for a dollar sign, or $(NAME) for a variable".to_owned()),
    }
}
