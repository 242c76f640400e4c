//! `host=db user = ann password='a \' b'`: the other form of a connection string.

/// One `key=value`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Keyword<'a> {
    /// As it stands there.
    pub text: &'a str,
    pub key: &'a str,
    /// Without quotes and backslashes.
    pub value: String,
}

/// `None`: it is made of something else.
pub(super) fn keywords(text: &str) -> Option<Vec<Keyword<'_>>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once('=')?;
        let (value, behind) = value(behind.trim_start())?;
        let length = rest.len() - behind.len();
        found.push(Keyword {
            text: rest.get(..length)?,
            key: key.trim_end(),
            value,
        });
        rest = behind.trim_start();
    }
    Some(found)
}

/// The value at the start, and what stands behind it.
fn value(text: &str) -> Option<(String, &str)> {
    let quoted = text.strip_prefix('\'');
    let mut value = String::new();
    let mut chars = quoted.unwrap_or(text).chars();
    loop {
        let before = chars.as_str();
        match chars.next() {
            Some('\'') if quoted.is_some() => return Some((value, chars.as_str())),
            Some('\\') => value.push(chars.next()?),
            Some(c) if quoted.is_none() && c.is_whitespace() => return Some((value, before)),
            Some(c) => value.push(c),
            None => return quoted.is_none().then_some((value, before)),
        }
    }
}
