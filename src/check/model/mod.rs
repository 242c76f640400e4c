//! What is checked, wherever it was read: plain data, the same of the live catalog and of the files.

mod catalog;
mod exposure;
mod expression;
mod index;
mod name;
mod place;
mod policy;
mod relation;
mod rights;
mod routine;

pub use catalog::{Catalog, Composite, Extension, Leftover, Subject};
pub use exposure::Exposure;
pub use expression::Expression;
pub use index::{ForeignKey, Index};
pub use name::{Object, Qualified};
pub use place::Place;
pub use policy::{Command, Policy};
pub use relation::{Column, Relation, RelationKind, Switch};
pub use rights::{DefaultPrivilege, Grant, PUBLIC, Role, SchemaGrant};
pub use routine::Routine;
