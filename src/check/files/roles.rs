//! `create role` and `alter role`, and who can be whom.

use std::collections::BTreeSet;

use super::cursor::{Cursor, names};
use super::fold::Fold;
use crate::check::model::Role;
use crate::migrate::{Statement, Token};

/// `create role` and `alter role`
pub(super) fn role(fold: &mut Fold, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
    let place = fold.place(statement);
    let Some(name) = cursor.name() else { return };
    let role = fold
        .catalog
        .roles
        .entry(name.clone())
        .or_insert_with(|| Role {
            name: name.clone(),
            place: Some(place.clone()),
            ..Role::default()
        });
    if cursor.contains("superuser") || cursor.contains("bypassrls") {
        role.place = Some(place);
    }
    let is = |yes: &str, no: &str, was: bool| (was || cursor.contains(yes)) && !cursor.contains(no);
    role.is_superuser = is("superuser", "nosuperuser", role.is_superuser);
    role.bypasses_rls = is("bypassrls", "nobypassrls", role.bypasses_rls);
    if cursor.contains("noinherit") {
        fold.noinherit.insert(name.clone());
    }
    let mut cursor = cursor;
    let is_in = |token: &Token<'_>| token.is_word("in");
    cursor.until(is_in);
    if cursor.words("in role") || cursor.words("in group") {
        for of in names(cursor.rest) {
            fold.memberships.push((name.clone(), of, true));
        }
    }
}

/// Once all files are read: who can be whom; and owners need no grants.
pub(super) fn finish(fold: &mut Fold) {
    let names: Vec<String> = fold.catalog.roles.keys().cloned().collect();
    for name in names {
        let member_of = reached(fold, &name, false);
        let inherits = reached(fold, &name, true);
        if let Some(role) = fold.catalog.roles.get_mut(&name) {
            role.member_of = member_of;
            role.inherits = inherits;
        }
    }
    for relation in fold.catalog.relations.values_mut() {
        let owner = relation.owner.clone();
        relation
            .grants
            .retain(|grant| owner.as_ref() != Some(&grant.role));
    }
    for routine in &mut fold.catalog.routines {
        let owner = routine.owner.clone();
        routine
            .grants
            .retain(|grant| owner.as_ref() != Some(&grant.role));
    }
}

fn reached(fold: &Fold, from: &str, by_inheritance: bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(role) = open.pop() {
        for (member, of, inherits) in &fold.memberships {
            let counts = !by_inheritance || (*inherits && !fold.noinherit.contains(member));
            if *member == role && counts && found.insert(of.clone()) {
                open.push(of.clone());
            }
        }
    }
    found
}
