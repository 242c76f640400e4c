//! Primary and foreign keys as the catalog has them, and as views show them.

use super::view::Views;
use super::{Cardinality, ColumnPair, Key, QualifiedName, Relationship};

/// A primary or foreign key.
pub(super) struct TableKey {
    pub constraint: String,
    pub own: KeyColumns,
    /// What a foreign key refers to.
    pub foreign: Option<KeyColumns>,
    /// The own columns are unique.
    pub is_one_to_one: bool,
}

/// One end of a key.
pub(super) struct KeyColumns {
    pub table: QualifiedName,
    pub table_id: i64,
    /// In the order of the key.
    pub columns: Vec<String>,
    pub numbers: Vec<i16>,
}

/// An end of a key on a relation that shows it.
struct End {
    relation: QualifiedName,
    is_view: bool,
    columns: Vec<String>,
}

impl TableKey {
    /// The foreign key as relationships of the table and of every view that shows its columns, to the
    /// foreign table and to every view that shows the columns it refers to. Nothing of a primary key.
    pub fn relationships(&self, views: &Views) -> Vec<Relationship> {
        let Some(foreign) = &self.foreign else {
            return Vec::new();
        };
        let foreign_ends = foreign.ends(views);
        let mut found = Vec::new();
        for own in self.own.ends(views) {
            for foreign in &foreign_ends {
                found.push(self.relationship(&own, foreign));
            }
        }
        found
    }

    fn relationship(&self, own: &End, foreign: &End) -> Relationship {
        let pairs = own.columns.iter().zip(&foreign.columns);
        let key = Key {
            constraint: self.constraint.clone(),
            columns: pairs
                .map(|(own, foreign)| ColumnPair {
                    own: own.clone(),
                    foreign: foreign.clone(),
                })
                .collect(),
        };
        Relationship {
            table: own.relation.clone(),
            foreign_table: foreign.relation.clone(),
            is_self: own.relation == foreign.relation,
            cardinality: if self.is_one_to_one {
                Cardinality::OneToOne {
                    key,
                    is_parent: false,
                }
            } else {
                Cardinality::ManyToOne(key)
            },
            table_is_view: own.is_view,
            foreign_is_view: foreign.is_view,
        }
    }

    /// The views that show a primary key, with the names of its columns: of a column that is shown
    /// more than once the first.
    pub fn views_of_primary(&self, views: &Views) -> Vec<(QualifiedName, Vec<String>)> {
        if self.foreign.is_some() {
            return Vec::new();
        }
        let mut shown = views.showing(self.own.table_id, &self.own.numbers);
        shown.dedup_by_key(|(view, _)| *view);
        let owned = shown.into_iter().map(|(view, names)| (view.clone(), names));
        owned.collect()
    }
}

impl KeyColumns {
    fn ends(&self, views: &Views) -> Vec<End> {
        let mut ends = vec![End {
            relation: self.table.clone(),
            is_view: false,
            columns: self.columns.clone(),
        }];
        for (view, columns) in views.showing(self.table_id, &self.numbers) {
            ends.push(End {
                relation: view.clone(),
                is_view: true,
                columns,
            });
        }
        ends
    }
}
