//! What becomes of a request, told instead of done: its statements, the policies that bind it, its plan, the time it
//! takes, and why its answer is empty. Reads no settings and makes no request: who asks has both.
//!
//! Contents of rows are never told, only how many there are.

mod asked;
mod document;
mod empty;
mod policies;
mod shown;
mod text;
mod tree;
mod wording;

pub use asked::{named, understood};
pub use document::{
    Answered, Asker, Document, Planned, Refusal, Request, Sql, Statements, Times, Understood,
};
pub use empty::{EmbedCount, Emptiness, FilterCount, Level, Levels, PolicyCount, emptiness};
pub use policies::{Guarded, Policy, RowSecurity, policies, read_policies};
pub use shown::shown;
pub use tree::Tree;
