//! `grant`, `revoke`, `alter default privileges`, `create role`.

use std::collections::BTreeSet;

use super::cursor::{Cursor, items, names};
use super::fold::Fold;
use super::routine;
use crate::check::model::{DefaultPrivilege, Grant, PUBLIC, Place, Qualified, Role, SchemaGrant};
use crate::migrate::{Statement, Token};

/// What new objects are granted from the start.
#[derive(Debug, Clone)]
pub(super) struct DefaultGrant {
    pub owner: Option<String>,
    pub schema: Option<String>,
    pub kind: String,
    pub grant: Grant,
}

/// On what a right is granted, and to whom.
struct Rights<'a> {
    privileges: Vec<(String, Vec<String>)>,
    on: Option<&'a [Token<'a>]>,
    roles: Vec<String>,
    /// Behind the roles.
    rest: Cursor<'a>,
}

fn rights<'a>(mut cursor: Cursor<'a>, direction: &str) -> Rights<'a> {
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
            for relation in fold.catalog.relations.values_mut() {
                if named.has(&relation.name) {
                    relation.grants.extend(grants(Kind::Table));
                }
            }
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
            for relation in fold.catalog.relations.values_mut() {
                if named.has(&relation.name) {
                    relation.grants.retain(|grant| keeps(grant, Kind::Table));
                }
            }
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
enum Kind {
    Table,
    Routine,
    Schema,
}

/// `all` in so many words; verbs in capitals.
fn verbs(privileges: &[(String, Vec<String>)], kind: Kind) -> Vec<(String, Vec<String>)> {
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
    fn has(&self, name: &Qualified) -> bool {
        match self {
            Self::All(schemas) => schemas.contains(&name.schema),
            Self::These(names) => names.iter().any(|(one, _)| one == name),
        }
    }

    fn has_routine(&self, found: &crate::check::model::Routine) -> bool {
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

/// Once all files are read: who can be whom, and what is everybody's.
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
