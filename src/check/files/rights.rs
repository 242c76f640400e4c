//! `grant` and `revoke`.

use super::cursor::{Cursor, items, names};
use super::fold::Fold;
use super::routine;
use crate::check::model::{Grant, Qualified, Relation, Routine, SchemaGrant};
use crate::migrate::{Statement, Token};

/// On what a right is granted, and to whom.
pub(super) struct Rights<'a> {
    pub privileges: Vec<(String, Vec<String>)>,
    pub on: Option<&'a [Token<'a>]>,
    pub roles: Vec<String>,
    /// Behind the roles.
    rest: Cursor<'a>,
}

pub(super) fn rights<'a>(mut cursor: Cursor<'a>, direction: &str) -> Rights<'a> {
    cursor.words("grant option for");
    let is_end = |token: &Token<'_>| token.is_word("on") || token.is_word(direction);
    let privileges = items(cursor.until(is_end));
    let on = cursor
        .words("on")
        .then(|| cursor.until(|token| token.is_word(direction)));
    cursor.next();
    let is_rest = |token: &Token<'_>| {
        ["with", "cascade", "restrict", "granted"]
            .iter()
            .any(|word| token.is_word(word))
    };
    Rights {
        privileges: privileges.into_iter().map(privilege).collect(),
        on,
        roles: names(cursor.until(is_rest)),
        rest: cursor,
    }
}

/// `insert (a, b)`; `all privileges`
fn privilege(tokens: &[Token<'_>]) -> (String, Vec<String>) {
    let mut cursor = Cursor::new(tokens);
    let word = cursor.next().map(|token| token.name().unwrap_or_default());
    cursor.words("privileges");
    let columns = cursor.parentheses().map(names).unwrap_or_default();
    (word.unwrap_or_default(), columns)
}

pub(super) fn grant(fold: &mut Fold, cursor: Cursor<'_>, statement: &Statement<'_>) {
    let rights = rights(cursor, "to");
    let place = fold.place(statement);
    let Some(on) = rights.on else {
        let inherits = !rights.rest.contains("inherit false");
        for (of, _) in &rights.privileges {
            for role in &rights.roles {
                fold.memberships.push((role.clone(), of.clone(), inherits));
            }
        }
        return;
    };
    let verbs = |kind: Kind| verbs(&rights.privileges, kind);
    let grants = |kind: Kind| {
        let (roles, place) = (&rights.roles, &place);
        let all = verbs(kind).into_iter().flat_map(move |(verb, columns)| {
            roles.iter().map(move |role| Grant {
                role: role.clone(),
                verb: verb.clone(),
                columns: columns.clone(),
                place: Some(place.clone()),
            })
        });
        all.collect::<Vec<_>>()
    };
    match target(on, &fold.schema) {
        Target::Relations(named) => {
            named.each(fold, |relation| {
                relation.grants.extend(grants(Kind::Table));
            });
        }
        Target::Routines(named) => {
            for found in &mut fold.catalog.routines {
                if named.has_routine(found) {
                    found.grants.extend(grants(Kind::Routine));
                }
            }
        }
        Target::Schemas(schemas) => {
            for schema in schemas {
                let all = grants(Kind::Schema).into_iter().map(|grant| SchemaGrant {
                    schema: schema.clone(),
                    role: grant.role,
                    verb: grant.verb,
                    place: grant.place,
                });
                fold.catalog.schema_grants.extend(all);
            }
        }
        Target::Other => {}
    }
}

pub(super) fn revoke(fold: &mut Fold, cursor: Cursor<'_>) {
    let rights = rights(cursor, "from");
    let Some(on) = rights.on else {
        fold.memberships.retain(|(role, of, _)| {
            !rights.roles.contains(role) || !rights.privileges.iter().any(|(one, _)| one == of)
        });
        return;
    };
    let keeps = |grant: &Grant, kind: Kind| {
        !rights.roles.contains(&grant.role)
            || !verbs(&rights.privileges, kind)
                .iter()
                .any(|(verb, columns)| {
                    *verb == grant.verb && (columns.is_empty() || *columns == grant.columns)
                })
    };
    match target(on, &fold.schema) {
        Target::Relations(named) => {
            named.each(fold, |relation| {
                relation.grants.retain(|grant| keeps(grant, Kind::Table));
            });
        }
        Target::Routines(named) => {
            for found in &mut fold.catalog.routines {
                if named.has_routine(found) {
                    found.grants.retain(|grant| keeps(grant, Kind::Routine));
                }
            }
        }
        Target::Schemas(schemas) => {
            let verbs = verbs(&rights.privileges, Kind::Schema);
            fold.catalog.schema_grants.retain(|grant| {
                !schemas.contains(&grant.schema)
                    || !rights.roles.contains(&grant.role)
                    || !verbs.iter().any(|(verb, _)| *verb == grant.verb)
            });
        }
        Target::Other => {}
    }
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Table,
    Routine,
    Schema,
}

/// `all` in so many words; verbs in capitals.
pub(super) fn verbs(
    privileges: &[(String, Vec<String>)],
    kind: Kind,
) -> Vec<(String, Vec<String>)> {
    let all: &[&str] = match kind {
        Kind::Table => &[
            "SELECT",
            "INSERT",
            "UPDATE",
            "DELETE",
            "TRUNCATE",
            "REFERENCES",
            "TRIGGER",
        ],
        Kind::Routine => &["EXECUTE"],
        Kind::Schema => &["CREATE", "USAGE"],
    };
    let mut found = Vec::new();
    for (verb, columns) in privileges {
        if verb == "all" {
            found.extend(all.iter().map(|verb| ((*verb).to_owned(), columns.clone())));
        } else {
            found.push((verb.to_uppercase(), columns.clone()));
        }
    }
    found
}

enum Target {
    Relations(Named),
    Routines(Named),
    Schemas(Vec<String>),
    Other,
}

/// Names with the types of their arguments, or all of some schemas.
enum Named {
    All(Vec<String>),
    These(Vec<(Qualified, Option<Vec<String>>)>),
}

impl Named {
    fn each(&self, fold: &mut Fold, change: impl Fn(&mut Relation)) {
        match self {
            Self::All(schemas) => {
                let relations = fold.catalog.relations.values_mut();
                relations
                    .filter(|relation| schemas.contains(&relation.name.schema))
                    .for_each(change);
            }
            Self::These(names) => {
                for (name, _) in names {
                    fold.relation(name).into_iter().for_each(&change);
                }
            }
        }
    }

    fn has_routine(&self, found: &Routine) -> bool {
        match self {
            Self::All(schemas) => schemas.contains(&found.name.schema),
            Self::These(names) => names
                .iter()
                .any(|(name, types)| routine::is_meant(found, name, types.as_deref())),
        }
    }
}

fn target(on: &[Token<'_>], schema: &str) -> Target {
    let mut cursor = Cursor::new(on);
    let routines = ["functions", "procedures", "routines"];
    if cursor.words("all") {
        let what = cursor.one_of(&["tables", "sequences", "functions", "procedures", "routines"]);
        cursor.words("in schema");
        let schemas = Named::All(names(cursor.rest));
        return match what {
            Some("tables") => Target::Relations(schemas),
            Some(what) if routines.contains(&what) => Target::Routines(schemas),
            _ => Target::Other,
        };
    }
    let kind = cursor.one_of(&[
        "table",
        "function",
        "procedure",
        "routine",
        "schema",
        "sequence",
        "type",
        "domain",
        "database",
        "language",
        "foreign",
        "large",
        "parameter",
        "tablespace",
    ]);
    match kind {
        Some("schema") => Target::Schemas(names(cursor.rest)),
        None | Some("table" | "function" | "procedure" | "routine") => {
            let these = items(cursor.rest).into_iter().filter_map(|item| {
                let mut item = Cursor::new(item);
                let name = item.qualified(schema)?;
                Some((name, routine::signature(&mut item)))
            });
            let these = Named::These(these.collect());
            match kind {
                None | Some("table") => Target::Relations(these),
                _ => Target::Routines(these),
            }
        }
        Some(_) => Target::Other,
    }
}
