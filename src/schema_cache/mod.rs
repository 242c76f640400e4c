//! What the database offers: relations, relationships, routines, filter types, media type handlers. An immutable snapshot, swapped as a
//! whole; loaded by the `.sql` files beside this one. Knows nothing of HTTP.
//! (PostgREST, `docs/references/schema_cache.rst`.)

mod details;
mod dump;
mod filter_type;
mod identifier;
mod key;
mod load;
mod media_handler;
mod relation;
mod relationship;
mod relationships;
mod representation;
mod routine;
mod rule;
mod view;

pub use details::{ColumnDetails, Details, Member, Signature, TypeDetails, TypeKind};
pub use filter_type::{FILTER_SCHEMA, FilterType, Operand, spell};
pub use identifier::{QualifiedName, SqlExpression, SqlType};
pub use load::Catalog;
pub use media_handler::{HandledType, MediaHandler, MediaHandlers};
pub use relation::{Column, JsonKind, Relation, Writes};
pub use relationship::{Cardinality, ColumnPair, Junction, Key, Relationship, RowFunction};
pub use representation::Representation;
pub use routine::{
    FilterAttribute, Filters, PageDefaults, Parameter, Returns, Routine, Volatility,
};

use std::collections::{HashMap, HashSet};
use std::fmt;

/// What the exposed schemas held when it was loaded.
#[derive(Debug, Default)]
pub struct SchemaCache {
    pub relations: HashMap<QualifiedName, Relation>,
    /// By the relation they start from, sorted. Both ends and the junction are in `relations`; of a computed
    /// one only the first need be.
    pub relationships: HashMap<QualifiedName, Vec<Relationship>>,
    /// Relations whose rows may be hidden from some: tables with row-level security, views that are security
    /// barriers, and views over either.
    pub guarded: HashSet<QualifiedName>,
    /// Overloads share a name.
    pub routines: HashMap<QualifiedName, Vec<Routine>>,
    /// Functions that no request can name the arguments of; they may be computed fields.
    pub uncallable: HashSet<QualifiedName>,
    pub media_handlers: MediaHandlers,
    /// For descriptions of the API.
    pub details: Details,
}

/// Its size, in the words of PostgREST's log: `8 Relations, 7 Relationships, 8 Functions`.
impl fmt::Display for SchemaCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let relationships: usize = self.relationships.values().map(Vec::len).sum();
        let functions: usize = self.routines.values().map(Vec::len).sum();
        let relations = self.relations.len();
        write!(
            f,
            "{relations} Relations, {relationships} Relationships, {functions} Functions"
        )
    }
}

impl SchemaCache {
    #[must_use]
    pub fn relation(&self, name: &QualifiedName) -> Option<&Relation> {
        self.relations.get(name)
    }

    #[must_use]
    pub fn relationships(&self, of: &QualifiedName) -> &[Relationship] {
        self.relationships.get(of).map_or(&[], Vec::as_slice)
    }

    #[must_use]
    pub fn overloads(&self, name: &QualifiedName) -> &[Routine] {
        self.routines.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether any function has the name, callable over HTTP or not.
    #[must_use]
    pub fn has_function(&self, name: &QualifiedName) -> bool {
        self.routines.contains_key(name) || self.uncallable.contains(name)
    }
}
