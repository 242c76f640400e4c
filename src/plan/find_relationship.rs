//! Which relationship `origin?select=target!hint(…)` means.

use serde_json::{Value, json};

use super::PlanError;
use super::suggest::{FAINT, nearest, shortened};
use crate::schema_cache::{
    Cardinality, ColumnPair, Junction, Key, QualifiedName, Relationship, SchemaCache,
};

/// The only one that fits. The target is a relation or a function of `schema`.
///
/// # Errors
/// [`PlanError::RelationshipNotFound`], [`PlanError::AmbiguousRelationship`].
pub(super) fn find_relationship<'a>(
    cache: &'a SchemaCache,
    schema: &str,
    origin: &QualifiedName,
    target: &str,
    hint: Option<&str>,
) -> Result<&'a Relationship, PlanError> {
    let all: Vec<&Relationship> = cache
        .relationships(origin)
        .iter()
        .filter(|relationship| target_of(relationship).schema == schema)
        .collect();
    // A function is named on purpose: whatever else has its name gives way to it.
    if let Some(computed) = all.iter().find(|it| is_function(it, target)) {
        return Ok(computed);
    }
    let origin = &origin.name;
    let mut fitting = all.iter().copied().filter(|r| fits(r, target, hint));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only),
        (Some(first), Some(second)) => Err(ambiguous(
            origin,
            target,
            [first, second].into_iter().chain(fitting),
        )),
        (None, _) => Err(PlanError::RelationshipNotFound {
            origin: origin.to_owned(),
            target: shortened(target),
            hint: hint.map(shortened),
            schema: schema.to_owned(),
            suggestion: suggestion(cache, schema, origin, target, &all),
        }),
    }
}

/// What a URL calls it.
fn target_of(relationship: &Relationship) -> &QualifiedName {
    match &relationship.cardinality {
        Cardinality::Computed(function) => &function.name,
        _ => &relationship.foreign_table,
    }
}

fn is_function(relationship: &Relationship, name: &str) -> bool {
    matches!(&relationship.cardinality, Cardinality::Computed(function) if function.name.name == name)
}

/// The target is the foreign table, or the foreign key or its only column; a hint narrows it further.
fn fits(relationship: &Relationship, target: &str, hint: Option<&str>) -> bool {
    let cardinality = &relationship.cardinality;
    if matches!(cardinality, Cardinality::Computed(_)) {
        return false;
    }
    let key = cardinality.key();
    let column = |side: fn(&ColumnPair) -> &str, name: &str| {
        key.and_then(Key::single)
            .is_some_and(|pair| side(pair) == name)
    };
    let is_table = target == relationship.foreign_table.name;
    if relationship.is_self {
        // One foreign key, two directions: the table's name means the children, the column the parent.
        let to_many = matches!(cardinality, Cardinality::OneToMany(_));
        return match hint {
            None if to_many => is_table,
            None => matches!(cardinality, Cardinality::ManyToOne(_)) && column(own_of, target),
            Some(hint) => to_many && is_table && column(foreign_of, hint),
        };
    }
    match hint {
        None => {
            is_table
                || !relationship.foreign_is_view
                    && (is_constraint(key, target) || column(own_of, target))
        }
        Some(hint) => {
            is_table
                && (is_constraint(key, hint)
                    || column(own_of, hint)
                    || column(foreign_of, hint)
                    || is_junction(cardinality, hint))
        }
    }
}

fn own_of(pair: &ColumnPair) -> &str {
    &pair.own
}

fn foreign_of(pair: &ColumnPair) -> &str {
    &pair.foreign
}

fn is_constraint(key: Option<&Key>, name: &str) -> bool {
    key.is_some_and(|key| key.constraint == name)
}

fn is_junction(cardinality: &Cardinality, name: &str) -> bool {
    matches!(cardinality, Cardinality::ManyToMany(junction) if junction.table.name == name)
}

/// The name nearest to the one that is wrong. Nothing where both are right: then the hint is wrong.
fn suggestion(
    cache: &SchemaCache,
    schema: &str,
    origin: &str,
    target: &str,
    all: &[&Relationship],
) -> Option<String> {
    let is_related = cache
        .relationships
        .contains_key(&QualifiedName::new(schema, origin));
    let (wrong, near) = if is_related {
        let names = || all.iter().map(|r| target_of(r).name.as_str());
        if names().any(|name| name == target) {
            return None;
        }
        (target, nearest(target, names(), FAINT)?)
    } else {
        let origins = cache.relationships.keys().filter(|o| o.schema == schema);
        let names = origins.map(|origin| origin.name.as_str());
        (origin, nearest(origin, names, FAINT)?)
    };
    Some(format!(
        "Perhaps you meant '{near}' instead of '{}'.",
        shortened(wrong)
    ))
}

fn ambiguous<'a>(
    origin: &str,
    target: &str,
    candidates: impl Iterator<Item = &'a Relationship>,
) -> PlanError {
    let (mut details, mut write) = (Vec::new(), Vec::new());
    for relationship in candidates {
        let foreign = &relationship.foreign_table.name;
        let by = match &relationship.cardinality {
            Cardinality::ManyToMany(junction) => &junction.table.name,
            Cardinality::OneToMany(key)
            | Cardinality::ManyToOne(key)
            | Cardinality::OneToOne { key, .. } => &key.constraint,
            Cardinality::Computed(function) => &function.name.name,
        };
        write.push(format!("'{foreign}!{by}'"));
        details.push(described(relationship));
    }
    PlanError::AmbiguousRelationship {
        origin: origin.to_owned(),
        target: target.to_owned(),
        candidates: details,
        write,
    }
}

fn described(relationship: &Relationship) -> Value {
    let table = &relationship.table.name;
    let foreign_table = &relationship.foreign_table.name;
    let by_key = |key: &Key| {
        format!(
            "{} using {table}{} and {foreign_table}{}",
            key.constraint,
            listed(&key.columns, own_of),
            listed(&key.columns, foreign_of)
        )
    };
    let (cardinality, by) = match &relationship.cardinality {
        Cardinality::OneToMany(key) => ("one-to-many", by_key(key)),
        Cardinality::ManyToOne(key) => ("many-to-one", by_key(key)),
        Cardinality::OneToOne { key, .. } => ("one-to-one", by_key(key)),
        Cardinality::ManyToMany(junction) => ("many-to-many", through(junction)),
        Cardinality::Computed(function) if function.is_to_one => {
            ("many-to-one", function.name.name.clone())
        }
        Cardinality::Computed(function) => ("one-to-many", function.name.name.clone()),
    };
    json!({
        "cardinality": cardinality,
        "relationship": by,
        "embedding": format!("{table} with {foreign_table}"),
    })
}

fn through(junction: &Junction) -> String {
    let (source, target) = &junction.constraints;
    format!(
        "{} using {source}{} and {target}{}",
        junction.table.name,
        listed(&junction.source, foreign_of),
        listed(&junction.target, foreign_of)
    )
}

/// `(a, b)`.
fn listed(pairs: &[ColumnPair], side: fn(&ColumnPair) -> &str) -> String {
    let names: Vec<&str> = pairs.iter().map(side).collect();
    format!("({})", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema_cache::RowFunction;

    /// `task` refers to `person` twice, to `team` once, and to itself; `person` and `team` meet in
    /// `member`. `crew` is a view of `team`. A function gives a person's `urgent` tasks.
    fn cache() -> SchemaCache {
        let mut cache = SchemaCache::default();
        let junction = |source: &str, target: &str| {
            Cardinality::ManyToMany(Junction {
                table: QualifiedName::new("public", "member"),
                constraints: (format!("member_{source}"), format!("member_{target}")),
                source: vec![pair("id", source)],
                target: vec![pair("id", target)],
            })
        };
        for (from, to, cardinality) in [
            (
                "task",
                "person",
                Cardinality::ManyToOne(key("task_author", "author", "id")),
            ),
            (
                "task",
                "person",
                Cardinality::ManyToOne(key("task_owner", "owner", "id")),
            ),
            (
                "task",
                "team",
                Cardinality::ManyToOne(key("task_team", "team_id", "id")),
            ),
            (
                "task",
                "crew",
                Cardinality::ManyToOne(key("task_team", "team_id", "crew_id")),
            ),
            (
                "task",
                "task",
                Cardinality::ManyToOne(key("task_parent", "parent", "id")),
            ),
            (
                "task",
                "task",
                Cardinality::OneToMany(key("task_parent", "id", "parent")),
            ),
            (
                "person",
                "task",
                Cardinality::OneToMany(key("task_author", "id", "author")),
            ),
            (
                "person",
                "task",
                Cardinality::OneToMany(key("task_owner", "id", "owner")),
            ),
            ("person", "team", junction("person", "team")),
            ("person", "task", computed("urgent")),
        ] {
            let relationship = Relationship {
                table: QualifiedName::new("public", from),
                foreign_table: QualifiedName::new("public", to),
                is_self: from == to,
                cardinality,
                table_is_view: false,
                foreign_is_view: to == "crew",
            };
            let from = relationship.table.clone();
            cache
                .relationships
                .entry(from)
                .or_default()
                .push(relationship);
        }
        cache
    }

    fn computed(function: &str) -> Cardinality {
        Cardinality::Computed(RowFunction {
            name: QualifiedName::new("public", function),
            is_to_one: false,
        })
    }

    fn pair(own: &str, foreign: &str) -> ColumnPair {
        ColumnPair {
            own: own.to_owned(),
            foreign: foreign.to_owned(),
        }
    }

    fn key(constraint: &str, own: &str, foreign: &str) -> Key {
        Key {
            constraint: constraint.to_owned(),
            columns: vec![pair(own, foreign)],
        }
    }

    /// The relationship's description, or the code and hint of the error.
    fn found(origin: &str, embed: &str) -> String {
        let (target, hint) = match embed.split_once('!') {
            Some((target, hint)) => (target, Some(hint)),
            None => (embed, None),
        };
        let origin = QualifiedName::new("public", origin);
        match find_relationship(&cache(), "public", &origin, target, hint) {
            Ok(relationship) => described(relationship)["relationship"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            Err(PlanError::AmbiguousRelationship { write, .. }) => write.join(" or "),
            Err(PlanError::RelationshipNotFound { suggestion, .. }) => {
                suggestion.unwrap_or_else(|| "nothing".to_owned())
            }
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn targets_and_hints_mean_what_postgrest_takes_them_for() {
        let by_author = "task_author using task(author) and person(id)";
        let parent = "task_parent using task(parent) and task(id)";
        let children = "task_parent using task(id) and task(parent)";
        for (origin, embed, expected) in [
            ("task", "team", "task_team using task(team_id) and team(id)"),
            (
                "task",
                "person",
                "'person!task_author' or 'person!task_owner'",
            ),
            ("task", "author", by_author),
            ("task", "task_author", by_author),
            ("task", "person!author", by_author),
            ("task", "person!task_author", by_author),
            (
                "task",
                "person!id",
                "'person!task_author' or 'person!task_owner'",
            ),
            ("task", "author!task_author", "nothing"),
            ("task", "person!reader", "nothing"),
            // Of a foreign key that leads to a table and to a view of it, the table is meant.
            (
                "task",
                "team_id",
                "task_team using task(team_id) and team(id)",
            ),
            (
                "task",
                "crew",
                "task_team using task(team_id) and crew(crew_id)",
            ),
            (
                "task",
                "crew!team_id",
                "task_team using task(team_id) and crew(crew_id)",
            ),
            ("task", "task", children),
            ("task", "parent", parent),
            ("task", "task!parent", children),
            (
                "task",
                "parent!parent",
                "Perhaps you meant 'crew' instead of 'parent'.",
            ),
            (
                "person",
                "task!author",
                "task_author using person(id) and task(author)",
            ),
            (
                "person",
                "team",
                "member using member_person(person) and member_team(team)",
            ),
            (
                "person",
                "team!member",
                "member using member_person(person) and member_team(team)",
            ),
            ("person", "team!task", "nothing"),
            (
                "person",
                "teams",
                "Perhaps you meant 'team' instead of 'teams'.",
            ),
            (
                "persons",
                "team",
                "Perhaps you meant 'person' instead of 'persons'.",
            ),
            ("elsewhere", "team", "nothing"),
            // Functions are known by their names alone.
            ("person", "urgent", "urgent"),
            ("person", "urgent!anything", "urgent"),
            (
                "person",
                "urgend",
                "Perhaps you meant 'urgent' instead of 'urgend'.",
            ),
            ("task", "urgent", "nothing"),
            ("person", "task!urgent", "nothing"),
        ] {
            assert_eq!(
                found(origin, embed),
                expected,
                "/{origin}?select={embed}(*)"
            );
        }
    }

    #[test]
    fn both_ends_are_of_one_schema() {
        let cache = cache();
        let task = QualifiedName::new("public", "task");
        let error = find_relationship(&cache, "other", &task, "team", None);
        assert!(matches!(error, Err(PlanError::RelationshipNotFound { .. })));
    }
}
