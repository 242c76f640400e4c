//! Brings a database to the state that the SQL files describe.
//!
//! Versioned migrations (`migrations/`, by refinery) once each; the current definitions of
//! functions, views and policies (`sql/`) again whenever their text changes. What the files say is
//! not known here, down to the names of the owner and of the history's schema, which
//! `database/bootstrap.sql` states in its header. Must not know HTTP.

mod applied;
mod error;
mod files;
mod header;
mod lexer;
mod names;
mod order;
mod parsed;
mod patience;
mod plan;
mod rehearse;
mod run;
mod script;
mod scripts;
mod session;
mod source;
mod split;
mod steps;

pub use applied::applied_files;
pub use error::MigrateError;
pub(crate) use lexer::{Kind as TokenKind, Token, tokens, unterminated};
pub(crate) use names::mentioned;
pub use plan::{Pending, Plan, Reason};
pub use rehearse::rehearse;
pub use run::{Event, Report, plan, run};
pub(crate) use script::transaction_control;
pub use scripts::{Script, scripts};
pub use session::AdminSession;
pub use source::Source;
pub(crate) use split::{Statement, statements};
pub use steps::Step;
