//! Types as `format_type` writes them, whatever a file calls them.

use super::cursor::is_name;
use crate::migrate::Token;

/// Names of one word, and what Postgres calls them.
const ALIASES: &[(&str, &str)] = &[
    ("int", "integer"),
    ("int4", "integer"),
    ("int2", "smallint"),
    ("int8", "bigint"),
    ("bool", "boolean"),
    ("varchar", "character varying"),
    ("char", "character"),
    ("bpchar", "character"),
    ("decimal", "numeric"),
    ("float", "double precision"),
    ("float8", "double precision"),
    ("float4", "real"),
    ("timestamptz", "timestamp with time zone"),
    ("timestamp", "timestamp without time zone"),
    ("timetz", "time with time zone"),
    ("time", "time without time zone"),
    ("varbit", "bit varying"),
];

/// What follows the first word of a type and belongs to it.
const CONTINUED: &[&str] = &["precision", "varying", "with", "without", "time", "zone"];

/// `int[]` → `integer[]`, `varchar(20)` → `character varying`, `public.mood` → `public.mood`.
pub(super) fn canonical(tokens: &[Token<'_>]) -> String {
    let mut words = Vec::new();
    let (mut depth, mut is_list) = (0_usize, false);
    for token in tokens {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            "[" => is_list = true,
            "]" => {}
            text if text.eq_ignore_ascii_case("array") && !words.is_empty() => is_list = true,
            text if is_list && text.chars().all(|c| c.is_ascii_digit()) => {}
            _ => words.push(token.name().unwrap_or_else(|| token.text.to_owned())),
        }
    }
    let name = joined(&words);
    let name = name.strip_prefix("pg_catalog.").unwrap_or(&name);
    let known = ALIASES.iter().find(|(alias, _)| *alias == name);
    let name = known.map_or(name, |(_, of)| *of);
    let list = if is_list { "[]" } else { "" };
    format!("{name}{list}")
}

/// Points join, everything else is words.
fn joined(words: &[String]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() && word != "." && word != "%" && !text.ends_with(['.', '%']) {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

/// Cuts `name type` in two; the name may be missing.
pub(super) fn name_and_type<'a>(tokens: &'a [Token<'a>]) -> (Option<String>, String) {
    let has_name = match tokens {
        [first, second, ..] => {
            is_name(first)
                && is_name(second)
                && !CONTINUED.iter().any(|word| second.is_word(word))
                && !second.is_word("array")
        }
        _ => false,
    };
    if let (true, Some((first, rest))) = (has_name, tokens.split_first()) {
        (first.name(), canonical(rest))
    } else {
        (None, canonical(tokens))
    }
}

#[cfg(test)]
mod tests {
    use super::name_and_type;
    use crate::migrate::tokens;

    #[test]
    fn a_type_has_one_name_however_it_is_written() {
        for (text, name, of) in [
            ("a int", Some("a"), "integer"),
            ("int", None, "integer"),
            ("double precision", None, "double precision"),
            ("at timestamptz", Some("at"), "timestamp with time zone"),
            (
                "timestamp(3) with time zone",
                None,
                "timestamp with time zone",
            ),
            ("words varchar(20)[]", Some("words"), "character varying[]"),
            ("x public.mood", Some("x"), "public.mood"),
            ("public.mood", None, "public.mood"),
            ("\"A b\" pg_catalog.text [3]", Some("A b"), "text[]"),
            ("numeric(10, 2)", None, "numeric"),
        ] {
            let tokens = tokens(text);
            let found = name_and_type(&tokens);
            assert_eq!(found, (name.map(str::to_owned), of.to_owned()), "{text}");
        }
    }
}
