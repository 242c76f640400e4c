//! `alter default privileges`, and what it makes of what is made later.

use super::cursor::{Cursor, names};
use super::fold::Fold;
use super::rights::{Kind, rights, verbs};
use crate::check::model::{DefaultPrivilege, Grant, PUBLIC, Place};
use crate::migrate::{Statement, Token};

/// What new objects are granted from the start.
#[derive(Debug, Clone)]
pub(super) struct DefaultGrant {
    pub owner: Option<String>,
    pub schema: Option<String>,
    pub kind: String,
    pub grant: Grant,
}

/// `[for role …] [in schema …] grant|revoke … on tables|functions|… to|from …`
pub(super) fn default_privileges(
    fold: &mut Fold,
    mut cursor: Cursor<'_>,
    statement: &Statement<'_>,
) {
    let is_verb = |token: &Token<'_>| token.is_word("grant") || token.is_word("revoke");
    let mut before = Cursor::new(cursor.until(is_verb));
    let (mut owners, mut schemas) = (vec![fold.maker()], vec![None]);
    while !before.rest.is_empty() {
        let is_part = |token: &Token<'_>| token.is_word("for") || token.is_word("in");
        if before.words("for role") || before.words("for user") {
            owners = names(before.until(is_part)).into_iter().map(Some).collect();
        } else if before.words("in schema") {
            schemas = names(before.until(is_part)).into_iter().map(Some).collect();
        } else {
            before.next();
        }
    }
    let is_grant = cursor.words("grant");
    if !is_grant {
        cursor.next();
    }
    let rights = rights(cursor, if is_grant { "to" } else { "from" });
    let kind = rights.on.and_then(|on| on.first()?.name());
    let kind = match kind.as_deref() {
        Some("routines") => "functions".to_owned(),
        Some(kind) => kind.to_owned(),
        None => return,
    };
    let verb_kind = match kind.as_str() {
        "functions" => Kind::Routine,
        "schemas" => Kind::Schema,
        _ => Kind::Table,
    };
    let place = fold.place(statement);
    for owner in &owners {
        for schema in &schemas {
            for role in &rights.roles {
                let is_built_in = role == PUBLIC && kind == "functions" && schema.is_none();
                for (verb, _) in verbs(&rights.privileges, verb_kind) {
                    if is_built_in {
                        // The one right that Postgres gives unasked.
                        if is_grant {
                            fold.without_public.remove(owner);
                        } else {
                            fold.without_public.insert(owner.clone());
                        }
                        continue;
                    }
                    fold.default_grants.retain(|one| {
                        one.owner != *owner
                            || one.schema != *schema
                            || one.kind != kind
                            || one.grant.role != *role
                            || one.grant.verb != verb
                    });
                    if is_grant {
                        fold.default_grants.push(DefaultGrant {
                            owner: owner.clone(),
                            schema: schema.clone(),
                            kind: kind.clone(),
                            grant: Grant {
                                role: role.clone(),
                                verb,
                                columns: Vec::new(),
                                place: Some(place.clone()),
                            },
                        });
                    }
                }
            }
        }
    }
}

/// What a new object has.
pub(super) fn of_new(fold: &Fold, kind: &str, schema: &str) -> Vec<Grant> {
    let maker = fold.maker();
    let mut grants: Vec<Grant> = fold
        .default_grants
        .iter()
        .filter(|one| one.owner == maker && one.kind == kind)
        .filter(|one| one.schema.as_deref().is_none_or(|of| of == schema))
        .map(|one| one.grant.clone())
        .collect();
    if kind == "functions" && !fold.without_public.contains(&maker) {
        grants.push(Grant {
            role: PUBLIC.to_owned(),
            verb: "EXECUTE".to_owned(),
            columns: Vec::new(),
            place: None,
        });
    }
    grants
}

/// Once all files are read: what is everybody's from its making.
pub(super) fn finish(fold: &mut Fold) {
    let built_in = fold
        .first_routine
        .iter()
        .filter(|(owner, _)| !fold.without_public.contains(*owner))
        .map(|(owner, place)| everybodys(owner.clone(), None, "functions", true, place.clone()));
    let explicit = fold
        .default_grants
        .iter()
        .filter(|one| one.grant.role == PUBLIC)
        .filter_map(|one| {
            let place = one.grant.place.clone()?;
            Some(everybodys(
                one.owner.clone(),
                one.schema.clone(),
                &one.kind,
                false,
                place,
            ))
        });
    let mut all: Vec<DefaultPrivilege> = Vec::new();
    for one in built_in.chain(explicit) {
        let is_known = all.iter().any(|known| {
            (&known.owner, &known.schema, &known.kind) == (&one.owner, &one.schema, &one.kind)
        });
        if !is_known {
            all.push(one);
        }
    }
    fold.catalog.default_privileges = all;
}

fn everybodys(
    owner: Option<String>,
    schema: Option<String>,
    kind: &str,
    is_built_in: bool,
    place: Place,
) -> DefaultPrivilege {
    DefaultPrivilege {
        owner,
        schema,
        kind: kind.to_owned(),
        is_built_in,
        place: Some(place),
    }
}
