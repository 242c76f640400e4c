//! Every relationship that follows from the keys, or is computed by a function.

use std::collections::HashMap;

use super::key::TableKey;
use super::relationship::inverse;
use super::view::Views;
use super::{Cardinality, Junction, Key, QualifiedName, Relation, Relationship, SchemaCache};

impl SchemaCache {
    /// Derives primary keys of views and all relationships between the cache's relations.
    pub(super) fn relate(&mut self, keys: &[TableKey], views: &Views, computed: Vec<Relationship>) {
        for key in keys {
            for (view, columns) in key.views_of_primary(views) {
                if let Some(relation) = self.relations.get_mut(&view) {
                    relation.primary_key.extend(columns);
                }
            }
        }
        let keys = keys.iter().flat_map(|key| key.relationships(views));
        self.relationships = derive(keys.collect(), &self.relations);
        for relationship in computed {
            self.add_computed(relationship);
        }
        for relationships in self.relationships.values_mut() {
            relationships.sort();
        }
    }

    /// A function replaces what the keys say of the relation whose name it has.
    fn add_computed(&mut self, computed: Relationship) {
        let Cardinality::Computed(function) = &computed.cardinality else {
            return;
        };
        if !self.relations.contains_key(&computed.table) {
            return;
        }
        let of_table = self.relationships.entry(computed.table.clone());
        let of_table = of_table.or_default();
        of_table.retain(|other| {
            matches!(other.cardinality, Cardinality::Computed(_))
                || other.foreign_table != function.name
        });
        of_table.push(computed);
    }
}

/// Both ways, and through junctions, in no order. `keys` are the relationships of those that have foreign keys.
fn derive(
    keys: Vec<Relationship>,
    relations: &HashMap<QualifiedName, Relation>,
) -> HashMap<QualifiedName, Vec<Relationship>> {
    let mut by_table: HashMap<QualifiedName, Vec<Relationship>> = HashMap::new();
    // Hints take a relation for related, whose name is then right, that only a hidden junction relates.
    for table in ends_of_hidden_junctions(&keys, relations) {
        by_table.entry(table).or_default();
    }
    let keys: Vec<Relationship> = keys
        .into_iter()
        .filter(|key| {
            relations.contains_key(&key.table) && relations.contains_key(&key.foreign_table)
        })
        .collect();
    let inverses = keys.iter().filter_map(Relationship::inverse);
    let mut all: Vec<Relationship> = inverses
        .chain(through_junctions(&keys, relations))
        .collect();
    all.extend(keys);
    for relationship in all {
        let table = relationship.table.clone();
        by_table.entry(table).or_default().push(relationship);
    }
    by_table
}

fn ends_of_hidden_junctions(
    keys: &[Relationship],
    relations: &HashMap<QualifiedName, Relation>,
) -> Vec<QualifiedName> {
    let mut by_hidden: HashMap<&QualifiedName, Vec<&QualifiedName>> = HashMap::new();
    for key in keys {
        if !relations.contains_key(&key.table) && relations.contains_key(&key.foreign_table) {
            let ends = by_hidden.entry(&key.table).or_default();
            ends.push(&key.foreign_table);
        }
    }
    let junctions = by_hidden.into_values().filter(|ends| ends.len() > 1);
    junctions.flatten().cloned().collect()
}

/// A junction is a relation whose primary key covers two foreign keys of it.
fn through_junctions(
    keys: &[Relationship],
    relations: &HashMap<QualifiedName, Relation>,
) -> Vec<Relationship> {
    let mut by_table: HashMap<&QualifiedName, Vec<(&Relationship, &Key)>> = HashMap::new();
    for relationship in keys {
        if let Cardinality::ManyToOne(key) = &relationship.cardinality {
            let keys = by_table.entry(&relationship.table).or_default();
            keys.push((relationship, key));
        }
    }
    let mut found = Vec::new();
    for (table, keys) in by_table {
        let Some(junction) = relations.get(table) else {
            continue;
        };
        let covered: Vec<_> = keys
            .into_iter()
            .filter(|(_, key)| is_covered(key, &junction.primary_key))
            .collect();
        for (here, here_key) in &covered {
            for (there, there_key) in &covered {
                if here_key.constraint != there_key.constraint {
                    found.push(Relationship {
                        table: here.foreign_table.clone(),
                        foreign_table: there.foreign_table.clone(),
                        is_self: here.foreign_table == there.foreign_table,
                        cardinality: Cardinality::ManyToMany(Junction {
                            table: table.clone(),
                            constraints: (
                                here_key.constraint.clone(),
                                there_key.constraint.clone(),
                            ),
                            source: inverse(&here_key.columns),
                            target: inverse(&there_key.columns),
                        }),
                        table_is_view: here.foreign_is_view,
                        foreign_is_view: there.foreign_is_view,
                    });
                }
            }
        }
    }
    found
}

fn is_covered(key: &Key, primary_key: &[String]) -> bool {
    key.columns
        .iter()
        .all(|pair| primary_key.contains(&pair.own))
}
