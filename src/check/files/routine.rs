//! `create function` and `create procedure`, from their tokens: a parser stumbles over half of their bodies.

use super::cursor::{Cursor, items};
use super::types::{canonical, name_and_type};
use crate::check::model::{Qualified, Routine};
use crate::migrate::{Token, TokenKind};

/// Reads what follows `create [or replace] function`. Nobody is granted anything yet.
pub(super) fn routine(tokens: &[Token<'_>], schema: &str, is_procedure: bool) -> Option<Routine> {
    let mut cursor = Cursor::new(tokens);
    let name = cursor.qualified(schema)?;
    let mut arguments = Vec::new();
    let mut outputs = Vec::new();
    for argument in items(cursor.parentheses()?) {
        let (mode, argument) = mode(argument);
        let (name, of) = name_and_type(before_default(argument));
        if mode != "out" {
            arguments.push(of);
        }
        if matches!(mode, "out" | "inout") {
            outputs.extend(name);
        }
    }
    let mut returns = String::new();
    if cursor.words("returns") {
        if cursor.words("table") {
            let columns = items(cursor.parentheses()?);
            outputs.extend(
                columns
                    .into_iter()
                    .filter_map(|column| column.first()?.name()),
            );
            "record".clone_into(&mut returns);
        } else {
            cursor.words("setof");
            returns = canonical(cursor.until(is_option));
        }
    }
    let mut routine = Routine {
        name,
        arguments,
        is_procedure,
        is_trigger: returns == "trigger" || returns == "event_trigger",
        language: "sql".to_owned(),
        is_definer: false,
        is_immutable: false,
        search_path: None,
        outputs,
        returns,
        body: body(cursor),
        owner: None,
        grants: Vec::new(),
        place: None,
    };
    options(cursor, &mut routine);
    Some(routine)
}

/// What is quoted behind `as`, or all that follows `begin atomic` or `return`.
fn body(mut cursor: Cursor<'_>) -> String {
    let is_start = |token: &Token<'_>| {
        ["as", "begin", "return"]
            .iter()
            .any(|word| token.is_word(word))
    };
    cursor.until(is_start);
    if cursor.words("as") {
        let body = cursor.next().and_then(Token::inside);
        return body.unwrap_or_default().to_owned();
    }
    let words: Vec<_> = cursor.rest.iter().map(|token| token.text).collect();
    words.join(" ")
}

/// Options stand before and behind the body; also what `alter function` changes.
pub(super) fn options(mut cursor: Cursor<'_>, routine: &mut Routine) {
    while !cursor.rest.is_empty() {
        // From here on it is the body.
        if cursor.words("begin atomic") || cursor.words("return") {
            return;
        }
        if cursor.words("language") {
            let language = cursor.next();
            routine.language = language
                .and_then(|token| token.name().or_else(|| token.inside().map(str::to_owned)))
                .unwrap_or_default();
        } else if cursor.words("security definer") {
            routine.is_definer = true;
        } else if cursor.words("security invoker") {
            routine.is_definer = false;
        } else if let Some(word) = cursor.one_of(&["immutable", "stable", "volatile"]) {
            routine.is_immutable = word == "immutable";
        } else if cursor.words("reset search_path") || cursor.words("reset all") {
            routine.search_path = None;
        } else if cursor.words("set search_path") {
            routine.search_path = Some(search_path(&mut cursor));
        } else {
            cursor.next();
        }
    }
}

/// The types of `drop function f (…)` and `grant … on function f (…)`; `None`: no parentheses.
pub(super) fn signature(cursor: &mut Cursor<'_>) -> Option<Vec<String>> {
    let arguments = items(cursor.parentheses()?)
        .into_iter()
        .filter_map(|argument| {
            let (mode, argument) = mode(argument);
            (mode != "out").then(|| name_and_type(before_default(argument)).1)
        });
    Some(arguments.collect())
}

/// Whether a routine is meant by a name and types. Names of types may lack their schema.
pub(super) fn is_meant(routine: &Routine, name: &Qualified, types: Option<&[String]>) -> bool {
    routine.name == *name
        && types.is_none_or(|types| {
            types.len() == routine.arguments.len()
                && types
                    .iter()
                    .zip(&routine.arguments)
                    .all(|(one, other)| is_same_type(one, other))
        })
}

/// `mood` and `public.mood` may be the same.
pub(crate) fn is_same_type(one: &str, other: &str) -> bool {
    let bare = |of: &str| of.rsplit('.').next().unwrap_or_default().to_owned();
    one == other || (one.contains('.') != other.contains('.') && bare(one) == bare(other))
}

fn mode<'a>(argument: &'a [Token<'a>]) -> (&'static str, &'a [Token<'a>]) {
    let mut cursor = Cursor::new(argument);
    // `in out` is `inout`
    if cursor.words("in out") {
        return ("inout", cursor.rest);
    }
    let mode = cursor.one_of(&["inout", "out", "in", "variadic"]);
    (mode.unwrap_or("in"), cursor.rest)
}

fn before_default<'a>(argument: &'a [Token<'a>]) -> &'a [Token<'a>] {
    Cursor::new(argument).until(|token| token.is_word("default") || token.is_symbol("="))
}

fn is_option(token: &Token<'_>) -> bool {
    [
        "language",
        "immutable",
        "stable",
        "volatile",
        "leakproof",
        "not",
        "called",
        "returns",
        "strict",
        "external",
        "security",
        "parallel",
        "cost",
        "rows",
        "support",
        "set",
        "as",
        "begin",
        "return",
        "transform",
        "window",
    ]
    .iter()
    .any(|word| token.is_word(word))
}

fn search_path(cursor: &mut Cursor<'_>) -> String {
    if cursor.words("from current") {
        return "from current".to_owned();
    }
    if !cursor.symbol("=") {
        cursor.words("to");
    }
    let mut found = Vec::new();
    while let Some(token) = cursor.next() {
        found.push(match token.kind {
            TokenKind::Text => token.inside().unwrap_or_default().to_owned(),
            TokenKind::Symbol if token.is_symbol("$") => "$user".to_owned(),
            _ => token.name().unwrap_or_default(),
        });
        if !cursor.symbol(",") {
            break;
        }
    }
    found.join(", ")
}

#[cfg(test)]
mod tests {
    use super::routine;
    use crate::migrate::tokens;

    #[test]
    fn a_function_is_read_whatever_its_body_is() {
        let tokens = tokens(
            "api.f(in a int, b text default 'x, y', out c text, variadic d public.mood[]) returns setof record \
             language plpgsql stable security definer set search_path = '' as $$ begin set role x; end $$",
        );
        let found = routine(&tokens, "public", false).unwrap();
        assert_eq!(
            found.object().to_string(),
            "function api.f(integer, text, public.mood[])"
        );
        assert_eq!(found.outputs, ["c"]);
        assert!(found.is_definer && !found.is_immutable);
        assert_eq!(found.language, "plpgsql");
        assert_eq!(found.search_path.as_deref(), Some(""));
    }

    #[test]
    fn options_stand_on_either_side_of_the_body() {
        let tokens = tokens(
            "f() returns table (a int, b numeric(3, 1)) as $$ select 1, 2 $$ language sql immutable set search_path to public, pg_temp",
        );
        let found = routine(&tokens, "api", false).unwrap();
        assert_eq!(found.name.to_string(), "api.f");
        assert_eq!(found.outputs, ["a", "b"]);
        assert!(found.is_immutable);
        assert_eq!(found.search_path.as_deref(), Some("public, pg_temp"));
        let tokens = super::super::super::super::migrate::tokens(
            "f(a int) returns int begin atomic select 1; end",
        );
        assert_eq!(routine(&tokens, "x", false).unwrap().language, "sql");
    }
}
