//! Which objects a statement defines, and which it may mention.

use std::collections::BTreeSet;

use super::lexer::{Kind, Token, tokens};
use super::split::Statement;

/// What kind of object a name is looked up as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ObjectKind {
    /// Tables, views, materialized views.
    Relation,
    /// Functions, procedures, aggregates.
    Routine,
    /// Types, domains, operators: nothing that is looked for in the database.
    Other,
}

/// An object with its name as `schema.name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    pub kind: ObjectKind,
    pub name: String,
}

/// What a statement does to an object of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Creates(Object),
    Drops(Object),
}

/// The object that a `create` or `drop` statement is about, if its name is qualified.
pub(super) fn effect(statement: &Statement<'_>) -> Option<Effect> {
    let mut rest = statement.tokens.iter().enumerate();
    let (_, verb) = rest.next()?;
    let (creates, drops) = (verb.is_word("create"), verb.is_word("drop"));
    if !creates && !drops {
        return None;
    }
    // `create or replace recursive view`, `create unlogged table`: the kind is among the next few.
    let (at, kind) = rest
        .take(4)
        .find_map(|(at, token)| Some((at, kind(token)?)))?;
    let after = statement.tokens.get(at + 1..)?;
    let skipped = after
        .iter()
        .take_while(|token| {
            ["if", "not", "exists"]
                .iter()
                .any(|word| token.is_word(word))
        })
        .count();
    let name = qualified(after.get(skipped..)?)?;
    let object = Object { kind, name };
    Some(if creates {
        Effect::Creates(object)
    } else {
        Effect::Drops(object)
    })
}

/// Every qualified name in the statement that Postgres may look up when it runs it. A guess: an
/// alias and a column look the same.
pub(crate) fn mentioned(statement: &Statement<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(&statement.tokens, !is_late_bound(statement), &mut found);
    found
}

/// Whether the body is only looked into when it is called. SQL bodies are checked at creation, and
/// `do` runs at once.
pub(super) fn is_late_bound(statement: &Statement<'_>) -> bool {
    let is_do = statement
        .tokens
        .first()
        .is_some_and(|first| first.is_word("do"));
    let language = statement
        .tokens
        .windows(2)
        .find(|pair| pair[0].is_word("language"));
    let is_sql = language.is_none_or(|pair| {
        pair[1]
            .text
            .trim_matches(['\'', '"'])
            .eq_ignore_ascii_case("sql")
    });
    !is_do && !is_sql
}

fn collect(tokens_of: &[Token<'_>], with_bodies: bool, found: &mut BTreeSet<String>) {
    for (at, token) in tokens_of.iter().enumerate() {
        let is_continued = at > 0 && tokens_of[at - 1].is_symbol(".");
        match token.kind {
            Kind::Word | Kind::Quoted if !is_continued => {
                found.extend(tokens_of.get(at..).and_then(qualified));
            }
            Kind::Dollar if with_bodies => {
                let inner: Vec<_> = tokens(token.inside().unwrap_or_default())
                    .into_iter()
                    .filter(|token| token.kind != Kind::Comment)
                    .collect();
                collect(&inner, true, found);
            }
            // 'schema.name'::regclass is looked up, too.
            Kind::Text => {
                let inner = tokens(token.inside().unwrap_or_default());
                if inner.len() == 3 {
                    found.extend(qualified(&inner));
                }
            }
            _ => {}
        }
    }
}

fn qualified(tokens: &[Token<'_>]) -> Option<String> {
    let [schema, dot, name, ..] = tokens else {
        return None;
    };
    if !dot.is_symbol(".") {
        return None;
    }
    Some(format!("{}.{}", schema.name()?, name.name()?))
}

fn kind(token: &Token<'_>) -> Option<ObjectKind> {
    let is = |words: &[&str]| words.iter().any(|word| token.is_word(word));
    if is(&["table", "view"]) {
        Some(ObjectKind::Relation)
    } else if is(&["function", "procedure", "aggregate"]) {
        Some(ObjectKind::Routine)
    } else if is(&["type", "domain", "operator", "sequence", "collation"]) {
        Some(ObjectKind::Other)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::split::statements;
    use super::{Effect, Object, ObjectKind, effect, mentioned};

    #[test]
    fn definitions_are_found_behind_every_decoration() {
        for (sql, kind, name) in [
            (
                "create or replace view a.b as select 1",
                ObjectKind::Relation,
                "a.b",
            ),
            (
                "create materialized view if not exists a.b as select 1",
                ObjectKind::Relation,
                "a.b",
            ),
            (
                "CREATE FUNCTION A.\"B\"() returns int",
                ObjectKind::Routine,
                "a.B",
            ),
            ("create type a.b as (x int)", ObjectKind::Other, "a.b"),
        ] {
            let object = Object {
                kind,
                name: name.to_owned(),
            };
            assert_eq!(
                effect(&statements(sql)[0]),
                Some(Effect::Creates(object)),
                "{sql}"
            );
        }
        assert!(matches!(
            effect(&statements("drop view if exists a.b")[0]),
            Some(Effect::Drops(_))
        ));
        for sql in [
            "create policy p on a.b",
            "create trigger t before update on a.b",
            "create view b as select 1",
        ] {
            assert_eq!(effect(&statements(sql)[0]), None, "{sql}");
        }
    }

    #[test]
    fn only_what_is_looked_up_at_creation_is_mentioned() {
        let names = |sql| Vec::from_iter(mentioned(&statements(sql)[0]));
        assert_eq!(
            names("select a.b.c from x.y /* z.z */ where 'p.q'::regclass > 'r.s t'"),
            ["a.b", "p.q", "x.y"]
        );
        assert_eq!(
            names("create function f.g() returns int language sql as $$ select h.i() $$"),
            ["f.g", "h.i"]
        );
        assert_eq!(
            names("create function f.g() returns r.t language plpgsql as $$ begin h.i(); end $$"),
            ["f.g", "r.t"]
        );
        assert_eq!(
            names("do language plpgsql $$ begin perform h.i(); end $$"),
            ["h.i"]
        );
    }
}
