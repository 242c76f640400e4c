//! What pending files would change, before they do: they are applied within a transaction, everything that
//! callers notice is compared with what it was, and the transaction is rolled back.

mod announcements;
mod difference;
mod rows;
mod run;
mod samples;
mod state;
mod text;

pub use difference::{ApiChange, Difference, Keys, RoleChange, RoleFate, RowsChange};
pub use rows::{Tally, Verb};
pub use run::{Asked, begin, diff};
pub use samples::samples;
