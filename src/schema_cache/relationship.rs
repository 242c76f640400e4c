//! Relationships between relations: a foreign key read both ways, two through a junction, and functions
//! from a row to rows
//! (PostgREST, `docs/references/api/resource_embedding.rst`).

use super::QualifiedName;

/// How to get from one relation to another. The order is that in which ambiguous ones are listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relationship {
    pub table: QualifiedName,
    pub foreign_table: QualifiedName,
    /// Both are the same relation.
    pub is_self: bool,
    pub cardinality: Cardinality,
    pub table_is_view: bool,
    pub foreign_is_view: bool,
}

/// How many rows of the foreign table belong to one of the table, and by what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cardinality {
    OneToMany(Key),
    ManyToOne(Key),
    OneToOne {
        key: Key,
        /// The foreign table has the foreign key.
        is_parent: bool,
    },
    ManyToMany(Junction),
    Computed(RowFunction),
}

/// A foreign key as seen from one side of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub constraint: String,
    /// Never empty.
    pub columns: Vec<ColumnPair>,
}

/// Two columns that are equal in rows that belong together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnPair {
    pub own: String,
    pub foreign: String,
}

/// The relation between the two of a many-to-many relationship.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Junction {
    pub table: QualifiedName,
    /// The foreign key to the table, and that to the foreign table.
    pub constraints: (String, String),
    /// The table's column, then the junction's.
    pub source: Vec<ColumnPair>,
    /// The foreign table's column, then the junction's.
    pub target: Vec<ColumnPair>,
}

/// A function that takes a row of the table and gives those of the foreign table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowFunction {
    pub name: QualifiedName,
    pub is_to_one: bool,
}

impl Relationship {
    /// At most one row of the foreign table belongs to a row of the table.
    #[must_use]
    pub fn is_to_one(&self) -> bool {
        match &self.cardinality {
            Cardinality::ManyToOne(_) | Cardinality::OneToOne { .. } => true,
            Cardinality::OneToMany(_) | Cardinality::ManyToMany(_) => false,
            Cardinality::Computed(function) => function.is_to_one,
        }
    }

    /// Whether more rows than one can come of a relationship to one: a view may show the row that a foreign
    /// key means more than once, and a function only says that it gives one.
    #[must_use]
    pub fn may_repeat(&self) -> bool {
        self.foreign_is_view || matches!(self.cardinality, Cardinality::Computed(_))
    }

    /// The table's columns by which its rows find theirs of the foreign table; `*` where a function may read
    /// them all.
    pub fn own_columns(&self) -> impl Iterator<Item = &str> {
        let (pairs, all) = match &self.cardinality {
            Cardinality::OneToMany(key)
            | Cardinality::ManyToOne(key)
            | Cardinality::OneToOne { key, .. } => (key.columns.as_slice(), None),
            Cardinality::ManyToMany(junction) => (junction.source.as_slice(), None),
            Cardinality::Computed(_) => (&[][..], Some("*")),
        };
        pairs.iter().map(|pair| pair.own.as_str()).chain(all)
    }

    /// The same, seen from the foreign table; nothing of a junction, which is derived from both sides, and of
    /// a function, which knows only one.
    pub(super) fn inverse(&self) -> Option<Self> {
        let cardinality = match &self.cardinality {
            Cardinality::ManyToOne(key) => Cardinality::OneToMany(key.inverse()),
            Cardinality::OneToMany(key) => Cardinality::ManyToOne(key.inverse()),
            Cardinality::OneToOne { key, is_parent } => Cardinality::OneToOne {
                key: key.inverse(),
                is_parent: !is_parent,
            },
            Cardinality::ManyToMany(_) | Cardinality::Computed(_) => return None,
        };
        Some(Self {
            table: self.foreign_table.clone(),
            foreign_table: self.table.clone(),
            is_self: self.is_self,
            cardinality,
            table_is_view: self.foreign_is_view,
            foreign_is_view: self.table_is_view,
        })
    }
}

impl Cardinality {
    /// The foreign key, where there is only one.
    #[must_use]
    pub fn key(&self) -> Option<&Key> {
        match self {
            Self::OneToMany(key) | Self::ManyToOne(key) | Self::OneToOne { key, .. } => Some(key),
            Self::ManyToMany(_) | Self::Computed(_) => None,
        }
    }
}

impl Key {
    /// The only pair of columns.
    #[must_use]
    pub fn single(&self) -> Option<&ColumnPair> {
        match self.columns.as_slice() {
            [pair] => Some(pair),
            _ => None,
        }
    }

    fn inverse(&self) -> Self {
        Self {
            constraint: self.constraint.clone(),
            columns: inverse(&self.columns),
        }
    }
}

pub(super) fn inverse(pairs: &[ColumnPair]) -> Vec<ColumnPair> {
    pairs
        .iter()
        .map(|pair| ColumnPair {
            own: pair.foreign.clone(),
            foreign: pair.own.clone(),
        })
        .collect()
}
