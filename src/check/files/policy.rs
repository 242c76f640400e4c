//! `create policy` and `alter policy`.

use super::cursor::{Cursor, names, text};
use super::fold::Fold;
use crate::check::model::{Command, Expression, PUBLIC, Policy};
use crate::migrate::Statement;

pub(super) fn create(fold: &mut Fold, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
    let place = fold.place(statement);
    let (Some(name), true) = (cursor.name(), cursor.words("on")) else {
        return;
    };
    let Some(relation) = fold.existing(&mut cursor) else {
        return;
    };
    let mut policy = Policy {
        relation,
        name,
        is_permissive: true,
        command: Command::All,
        roles: vec![PUBLIC.to_owned()],
        using: None,
        check: None,
        search_path: fold.path.clone(),
        place: Some(place),
    };
    clauses(&mut policy, cursor, statement);
    fold.catalog.policies.push(policy);
}

pub(super) fn alter(fold: &mut Fold, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
    let (Some(name), true) = (cursor.name(), cursor.words("on")) else {
        return;
    };
    let Some(relation) = fold.existing(&mut cursor) else {
        return;
    };
    let (place, path) = (fold.place(statement), fold.path.clone());
    let altered = fold
        .catalog
        .policies
        .iter_mut()
        .find(|policy| policy.relation == relation && policy.name == name);
    if let Some(policy) = altered {
        if cursor.words("rename to") {
            policy.name = cursor.name().unwrap_or_default();
        } else {
            clauses(policy, cursor, statement);
            policy.search_path = path;
            policy.place = Some(place);
        }
    }
}

fn clauses(policy: &mut Policy, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
    let start = statement.tokens.first().map_or(0, |first| first.start);
    while !cursor.rest.is_empty() {
        if cursor.words("as") {
            policy.is_permissive = !cursor.words("restrictive");
        } else if cursor.words("for") {
            let verb = cursor.one_of(&["select", "insert", "update", "delete"]);
            policy.command = match verb {
                Some("select") => Command::Select,
                Some("insert") => Command::Insert,
                Some("update") => Command::Update,
                Some("delete") => Command::Delete,
                _ => Command::All,
            };
        } else if cursor.words("to") {
            let roles = cursor.until(|token| token.is_word("using") || token.is_word("with"));
            policy.roles = names(roles);
        } else if cursor.words("using") {
            policy.using = cursor
                .parentheses()
                .map(|inside| Expression::from(text(inside, statement.text, start).to_owned()));
        } else if cursor.words("with check") {
            policy.check = cursor
                .parentheses()
                .map(|inside| Expression::from(text(inside, statement.text, start).to_owned()));
        } else {
            cursor.next();
        }
    }
}
