//! `drop …`

use super::cursor::{Cursor, items};
use super::fold::Fold;
use super::routine;
use crate::check::model::Qualified;

pub(super) fn drop(fold: &mut Fold, mut cursor: Cursor<'_>) {
    let kind = cursor.one_of(&[
        "table",
        "foreign table",
        "view",
        "materialized view",
        "index",
        "function",
        "procedure",
        "routine",
        "policy",
        "type",
        "schema",
        "extension",
        "role",
    ]);
    cursor.words("concurrently");
    cursor.words("if exists");
    if kind == Some("policy") {
        policy(fold, cursor);
        return;
    }
    for item in items(cursor.until(|token| token.is_word("cascade") || token.is_word("restrict"))) {
        let mut item = Cursor::new(item);
        let schema = if kind == Some("schema") {
            ""
        } else {
            &fold.schema
        };
        let Some(name) = item.qualified(schema) else {
            continue;
        };
        match kind {
            Some("index") => fold.catalog.indexes.retain(|index| index.name != name),
            Some("function" | "procedure" | "routine") => {
                let types = routine::signature(&mut item);
                fold.catalog
                    .routines
                    .retain(|one| !routine::is_meant(one, &name, types.as_deref()));
            }
            Some("type") => fold.catalog.composites.retain(|one| one.name != name),
            Some("schema") => drop_schema(fold, &name.name),
            Some("extension") => fold.catalog.extensions.retain(|one| one.name != name.name),
            Some("role") => {
                fold.catalog.roles.remove(&name.name);
            }
            Some(_) => drop_relations(fold, |one| *one == name),
            None => {}
        }
    }
}

fn policy(fold: &mut Fold, mut cursor: Cursor<'_>) {
    let (Some(name), true) = (cursor.name(), cursor.words("on")) else {
        return;
    };
    let Some(relation) = cursor.qualified(&fold.schema) else {
        return;
    };
    fold.catalog
        .policies
        .retain(|policy| policy.relation != relation || policy.name != name);
}

fn drop_relations(fold: &mut Fold, is_gone: impl Fn(&Qualified) -> bool) {
    let catalog = &mut fold.catalog;
    catalog.relations.retain(|name, _| !is_gone(name));
    catalog.policies.retain(|policy| !is_gone(&policy.relation));
    catalog.indexes.retain(|index| !is_gone(&index.relation));
    catalog
        .foreign_keys
        .retain(|key| !is_gone(&key.relation) && !is_gone(&key.target));
}

fn drop_schema(fold: &mut Fold, schema: &str) {
    drop_relations(fold, |name| name.schema == schema);
    let catalog = &mut fold.catalog;
    catalog.routines.retain(|one| one.name.schema != schema);
    catalog.composites.retain(|one| one.name.schema != schema);
    catalog.schema_grants.retain(|one| one.schema != schema);
}
