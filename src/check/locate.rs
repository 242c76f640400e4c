//! Where the objects of the catalog are written, by the files that name them.

use super::files::is_same_type;
use super::model::{Catalog, Grant, Place, Routine};

/// Gives every object the place of its namesake in the files.
pub(super) fn locate(catalog: &mut Catalog, files: &Catalog) {
    for (name, relation) in &mut catalog.relations {
        if let Some(known) = files.relations.get(name) {
            relation.place.clone_from(&known.place);
            grants(&mut relation.grants, &known.grants);
        }
    }
    for policy in &mut catalog.policies {
        let known = files
            .policies
            .iter()
            .find(|one| one.relation == policy.relation && one.name == policy.name);
        policy.place = known.and_then(|one| one.place.clone());
    }
    for routine in &mut catalog.routines {
        if let Some(known) = namesake(routine, files) {
            routine.place.clone_from(&known.place);
            grants(&mut routine.grants, &known.grants);
        }
    }
    for index in &mut catalog.indexes {
        let known = files.indexes.iter().find(|one| one.name == index.name);
        index.place = known.and_then(|one| one.place.clone());
    }
    for key in &mut catalog.foreign_keys {
        let known = files
            .foreign_keys
            .iter()
            .find(|one| one.relation == key.relation && one.name == key.name);
        key.place = known.and_then(|one| one.place.clone());
    }
    for composite in &mut catalog.composites {
        let known = files
            .composites
            .iter()
            .find(|one| one.name == composite.name);
        composite.place = known.and_then(|one| one.place.clone());
    }
    for (name, role) in &mut catalog.roles {
        role.place = files.roles.get(name).and_then(|one| one.place.clone());
    }
    for grant in &mut catalog.schema_grants {
        let known = files.schema_grants.iter().find(|one| {
            (&one.schema, &one.role, &one.verb) == (&grant.schema, &grant.role, &grant.verb)
        });
        grant.place = known.and_then(|one| one.place.clone());
    }
    for default in &mut catalog.default_privileges {
        let known = files.default_privileges.iter().find(|one| {
            (&one.owner, &one.schema, &one.kind) == (&default.owner, &default.schema, &default.kind)
        });
        default.place = known.and_then(|one| one.place.clone());
    }
    for extension in &mut catalog.extensions {
        let known = files
            .extensions
            .iter()
            .find(|one| one.name == extension.name);
        extension.place = known.and_then(|one| one.place.clone());
    }
}

/// The overload in the files that is this one. Types may be written without their schema there.
pub(super) fn namesake<'a>(routine: &Routine, files: &'a Catalog) -> Option<&'a Routine> {
    files.routines.iter().find(|one| {
        one.name == routine.name
            && one.arguments.len() == routine.arguments.len()
            && one
                .arguments
                .iter()
                .zip(&routine.arguments)
                .all(|(one, other)| is_same_type(one, other))
    })
}

fn grants(grants: &mut [Grant], known: &[Grant]) {
    for grant in grants {
        let place = known
            .iter()
            .filter(|one| one.role == grant.role && one.verb == grant.verb)
            .find_map(|one| one.place.clone());
        grant.place = place.or_else(|| grant.place.take());
    }
}

/// Whether two places are the same, and known.
pub(super) fn is_same(one: Option<&Place>, other: Option<&Place>) -> bool {
    one.is_some() && one == other
}
