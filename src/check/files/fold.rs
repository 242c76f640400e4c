//! One statement after the other, onto what the statements before it made.

use std::collections::{BTreeMap, BTreeSet};

use super::cursor::Cursor;
use super::{defaults, drop, policy, relation, rights, roles, routine, table};
use crate::check::model::{Catalog, Composite, Extension, Place, Qualified, Relation, Routine};
use crate::migrate::{Statement, TokenKind, tokens};

/// What the statements so far have made.
#[derive(Debug, Default)]
pub(super) struct Fold {
    pub catalog: Catalog,
    /// Who applies the files.
    pub owner: Option<String>,
    /// `set role`, until the end of a file.
    pub role: Option<String>,
    /// Where a name without schema is made.
    pub schema: String,
    /// Where a name without schema is looked for.
    pub path: Vec<String>,
    pub file: String,
    /// All that indexes were ever called: what is not among it is free.
    pub index_names: BTreeSet<Qualified>,
    /// What the parser could not read.
    pub unread: Vec<Place>,
    /// Who revoked what PostgreSQL gives everybody on functions.
    pub without_public: BTreeSet<Option<String>>,
    pub default_grants: Vec<defaults::DefaultGrant>,
    /// The first function that somebody makes.
    pub first_routine: BTreeMap<Option<String>, Place>,
    /// (role, of which, inherits)
    pub memberships: Vec<(String, String, bool)>,
    pub noinherit: BTreeSet<String>,
}

impl Fold {
    pub fn begin_file(&mut self, path: &str) {
        path.clone_into(&mut self.file);
        self.role = None;
        self.search(vec!["public".to_owned()]);
    }

    fn search(&mut self, path: Vec<String>) {
        if let Some(first) = path.first() {
            first.clone_into(&mut self.schema);
        }
        self.path = path;
    }

    pub fn place(&self, statement: &Statement<'_>) -> Place {
        Place {
            file: self.file.clone(),
            line: statement.line,
        }
    }

    /// Who makes what is made now.
    pub fn maker(&self) -> Option<String> {
        self.role.clone().or_else(|| self.owner.clone())
    }

    pub fn unread(&mut self, statement: &Statement<'_>) {
        let place = self.place(statement);
        self.unread.push(place);
    }

    pub fn apply(&mut self, statement: &Statement<'_>) {
        let mut cursor = Cursor::new(&statement.tokens);
        let verb = cursor.one_of(&["create", "alter", "drop", "grant", "revoke", "set", "reset"]);
        match verb {
            Some("create") => self.create(cursor, statement),
            Some("alter") => self.alter(cursor, statement),
            Some("drop") => drop::drop(self, cursor),
            Some("grant") => rights::grant(self, cursor, statement),
            Some("revoke") => rights::revoke(self, cursor),
            Some("set") => self.set(cursor),
            Some("reset") => {
                if cursor.words("role") || cursor.words("session authorization") {
                    self.role = None;
                } else if cursor.words("search_path") {
                    self.search(vec!["public".to_owned()]);
                }
            }
            _ => {
                let runs_code = ["do", "call", "select"];
                if cursor.one_of(&runs_code).is_some() {
                    self.lose_sight(statement);
                }
            }
        }
    }

    fn create(&mut self, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
        cursor.words("or replace");
        if cursor.one_of(&["temp", "temporary"]).is_some() {
            return;
        }
        cursor.one_of(&["unlogged", "recursive"]);
        let kind = cursor.one_of(&[
            "table",
            "foreign table",
            "view",
            "recursive view",
            "materialized view",
            "unique index",
            "index",
            "function",
            "procedure",
            "policy",
            "type",
            "role",
            "user",
            "group",
            "extension",
        ]);
        cursor.words("concurrently");
        cursor.words("if not exists");
        match kind {
            Some("table") => table::create(self, cursor, statement),
            Some("foreign table") => relation::foreign(self, cursor, statement),
            Some("view" | "recursive view") => relation::view(self, cursor, statement, false),
            Some("materialized view") => relation::view(self, cursor, statement, true),
            Some("index" | "unique index") => relation::index(self, statement),
            Some(kind @ ("function" | "procedure")) => {
                self.routine(cursor, statement, kind == "procedure");
            }
            Some("policy") => policy::create(self, cursor, statement),
            Some("type") => self.composite(cursor, statement),
            Some("role" | "user" | "group") => roles::role(self, cursor, statement),
            Some("extension") => self.extension(cursor, statement),
            _ => {}
        }
    }

    fn alter(&mut self, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
        let kind = cursor.one_of(&[
            "table",
            "foreign table",
            "view",
            "materialized view",
            "function",
            "procedure",
            "routine",
            "policy",
            "type",
            "role",
            "user",
            "default privileges",
        ]);
        cursor.words("if exists");
        match kind {
            Some("table" | "foreign table" | "view" | "materialized view") => {
                cursor.words("only");
                table::alter(self, cursor, statement);
            }
            Some("function" | "procedure" | "routine") => self.alter_routine(cursor),
            Some("policy") => policy::alter(self, cursor, statement),
            Some("type") => self.alter_type(cursor),
            Some("role" | "user") => roles::role(self, cursor, statement),
            Some("default privileges") => defaults::default_privileges(self, cursor, statement),
            _ => {}
        }
    }

    fn routine(&mut self, cursor: Cursor<'_>, statement: &Statement<'_>, is_procedure: bool) {
        let Some(mut routine) = routine::routine(cursor.rest, &self.schema, is_procedure) else {
            self.unread(statement);
            return;
        };
        let place = self.place(statement);
        routine.place = Some(place.clone());
        let same = |old: &Routine| {
            routine::is_meant(old, &routine.name, Some(routine.arguments.as_slice()))
        };
        if let Some(old) = self.catalog.routines.iter().position(same) {
            let old = self.catalog.routines.swap_remove(old);
            routine.grants = old.grants;
            routine.owner = old.owner;
        } else {
            routine.owner = self.maker();
            routine.grants = defaults::of_new(self, "functions", &routine.name.schema);
            self.first_routine.entry(self.maker()).or_insert(place);
        }
        self.catalog.routines.push(routine);
    }

    fn alter_routine(&mut self, mut cursor: Cursor<'_>) {
        let Some(name) = cursor.qualified(&self.schema) else {
            return;
        };
        let types = routine::signature(&mut cursor);
        for found in &mut self.catalog.routines {
            if !routine::is_meant(found, &name, types.as_deref()) {
                continue;
            }
            let mut rest = cursor;
            if rest.words("owner to") {
                found.owner = rest.name();
            } else if rest.words("rename to") {
                found.name.name = rest.name().unwrap_or_default();
            } else if rest.words("set schema") {
                found.name.schema = rest.name().unwrap_or_default();
            } else {
                routine::options(cursor, found);
            }
        }
    }

    fn composite(&mut self, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
        let Some(name) = cursor.qualified(&self.schema) else {
            return;
        };
        // `as enum`, `as range` and the rest have no attributes.
        if !cursor.words("as") {
            return;
        }
        let Some(inside) = cursor.parentheses() else {
            return;
        };
        let attributes = super::cursor::items(inside)
            .into_iter()
            .filter_map(|item| {
                let (name, of) = super::types::name_and_type(item);
                Some((name?, of))
            })
            .collect();
        self.catalog.composites.push(Composite {
            name,
            attributes,
            place: Some(self.place(statement)),
        });
    }

    fn alter_type(&mut self, mut cursor: Cursor<'_>) {
        let Some(name) = cursor.qualified(&self.schema) else {
            return;
        };
        let Some(found) = self
            .catalog
            .composites
            .iter_mut()
            .find(|composite| composite.name == name)
        else {
            return;
        };
        for item in super::cursor::items(cursor.rest) {
            let mut item = Cursor::new(item);
            if item.words("add attribute") {
                if let (Some(name), of) = super::types::name_and_type(item.rest) {
                    found.attributes.push((name, of));
                }
            } else if item.words("drop attribute") {
                item.words("if exists");
                let name = item.name();
                found
                    .attributes
                    .retain(|(one, _)| Some(one) != name.as_ref());
            }
        }
    }

    fn extension(&mut self, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
        let Some(name) = cursor.name() else { return };
        cursor.words("with");
        let schema = cursor.words("schema").then(|| cursor.name()).flatten();
        self.catalog.extensions.push(Extension {
            name,
            schema: schema.unwrap_or_else(|| self.schema.clone()),
            place: Some(self.place(statement)),
        });
    }

    fn set(&mut self, mut cursor: Cursor<'_>) {
        cursor.one_of(&["local", "session"]);
        if cursor.words("role") || cursor.words("authorization") {
            self.role = cursor
                .next()
                .and_then(|token| token.name().or_else(|| token.inside().map(str::to_owned)))
                .filter(|role| role != "none" && role != "default");
        } else if cursor.words("search_path") {
            if !cursor.symbol("=") {
                cursor.words("to");
            }
            let path = if cursor.words("default") {
                vec!["public".to_owned()]
            } else {
                let names = cursor
                    .rest
                    .iter()
                    .filter_map(|token| token.name().or_else(|| token.inside().map(str::to_owned)));
                // A schema of the login's name is not counted on.
                names
                    .filter(|name| !name.is_empty() && name != "$user")
                    .collect()
            };
            self.search(path);
        }
    }

    /// What a `do`, `call` or `select` does to the tables that it names, only a database knows.
    fn lose_sight(&mut self, statement: &Statement<'_>) {
        let named = crate::check::files::mentioned(statement);
        let bare: BTreeSet<String> = statement
            .tokens
            .iter()
            .flat_map(|token| match token.kind {
                TokenKind::Dollar => tokens(token.inside().unwrap_or_default()),
                _ => vec![*token],
            })
            .filter(|token| token.kind == TokenKind::Text)
            .filter_map(|token| token.inside().map(str::to_owned))
            .collect();
        if named.is_empty() && bare.is_empty() {
            return;
        }
        for relation in self.catalog.relations.values_mut() {
            let is_named =
                named.contains(&relation.name.to_string()) || bare.contains(&relation.name.name);
            if is_named {
                table::forget(relation);
            }
        }
    }

    /// The relation that a name means: one without schema is looked for along the search path.
    pub fn known(&self, name: Qualified) -> Option<Qualified> {
        if !name.schema.is_empty() {
            return Some(name);
        }
        self.path
            .iter()
            .map(|schema| Qualified::new(schema, &name.name))
            .find(|name| self.catalog.relations.contains_key(name))
    }

    /// The relation that comes next, if only by what would be made under its name.
    pub fn existing(&self, cursor: &mut Cursor<'_>) -> Option<Qualified> {
        let name = cursor.qualified("")?;
        let made = || Qualified::new(&self.schema, &name.name);
        Some(self.known(name.clone()).unwrap_or_else(made))
    }

    pub fn relation(&mut self, name: &Qualified) -> Option<&mut Relation> {
        self.catalog.relations.get_mut(name)
    }
}
