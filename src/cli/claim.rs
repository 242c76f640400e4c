//! `--claim NAME=VALUE`, as several commands take it.

use serde_json::Value;

/// `sub=17` is a number, `sub=abc` a text, `sub="17"` (with the quotes) a text.
pub(super) fn parsed(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    if name.is_empty() {
        return Err("the name of the claim is missing".to_owned());
    }
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    Ok((name.to_owned(), value))
}
