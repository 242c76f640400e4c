//! What is in the database and in no file any more.

use std::collections::BTreeSet;

use super::files::Files;
use super::locate::namesake;
use super::model::{Catalog, Leftover, Object, RelationKind};
use crate::migrate::Plan;

/// Files that are gone; and, where nothing is pending, functions, views and policies that no file makes, in schemas
/// where the files make such things.
pub fn leftovers(catalog: &Catalog, files: &Files, plan: &Plan) -> Vec<Leftover> {
    let gone = plan.leftovers.iter().map(|path| Leftover {
        object: Object::new("file", path),
        why: format!("{path} is gone, but what it made is still in the database"),
    });
    let mut found: Vec<_> = gone.collect();
    // What a pending file drops is not left over.
    if plan.pending().next().is_none() {
        let nameless = routines(catalog, files)
            .chain(views(catalog, files))
            .chain(policies(catalog, files));
        found.extend(nameless.map(|object| Leftover {
            why: format!("no file makes {object}"),
            object,
        }));
    }
    found
}

fn routines(catalog: &Catalog, files: &Files) -> impl Iterator<Item = Object> {
    let known = &files.catalog.routines;
    let schemas: BTreeSet<_> = known.iter().map(|one| &one.name.schema).collect();
    catalog
        .routines
        .iter()
        .filter(move |routine| schemas.contains(&routine.name.schema))
        .filter(|routine| namesake(routine, &files.catalog).is_none())
        .filter(|routine| !files.dynamic.contains(&routine.name.name))
        .map(super::model::Routine::object)
}

fn views(catalog: &Catalog, files: &Files) -> impl Iterator<Item = Object> {
    let is_view =
        |kind: RelationKind| matches!(kind, RelationKind::View | RelationKind::Materialized);
    let known = files.catalog.relations.values();
    let schemas: BTreeSet<_> = known
        .filter(|relation| is_view(relation.kind))
        .map(|relation| &relation.name.schema)
        .collect();
    catalog
        .relations
        .values()
        .filter(move |relation| is_view(relation.kind) && schemas.contains(&relation.name.schema))
        .filter(|relation| !files.catalog.relations.contains_key(&relation.name))
        .filter(|relation| !files.dynamic.contains(&relation.name.name))
        .map(super::model::Relation::object)
}

fn policies(catalog: &Catalog, files: &Files) -> impl Iterator<Item = Object> {
    let known = &files.catalog.policies;
    let tables: BTreeSet<_> = known.iter().map(|policy| &policy.relation).collect();
    catalog
        .policies
        .iter()
        .filter(move |policy| tables.contains(&policy.relation))
        .filter(|policy| {
            !known
                .iter()
                .any(|one| one.relation == policy.relation && one.name == policy.name)
        })
        .filter(|policy| !files.dynamic.contains(&policy.name))
        .map(super::model::Policy::object)
}
