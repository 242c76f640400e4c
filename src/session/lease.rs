//! A connection on loan that goes back to the pool only if its transaction has ended.

use tracing::debug;

use super::pool::Loan;
use super::{Connection, SessionError};

/// Dropped before [`Lease::give_back`] (the client hung up, so hyper dropped the request), the
/// connection is in an unknown state: its statement is cancelled and it is closed. Otherwise the next
/// request would run inside the last one's transaction, with its role.
pub(super) struct Lease {
    loan: Option<Loan>,
}

impl Lease {
    pub fn new(loan: Loan) -> Self {
        Self { loan: Some(loan) }
    }

    pub fn connection(&mut self) -> Result<&mut Connection, SessionError> {
        match &mut self.loan {
            Some(loan) => Ok(loan),
            None => Err(SessionError::Protocol(
                "the connection was given back already",
            )),
        }
    }

    /// The transaction has ended: others may have the connection.
    pub fn give_back(mut self) {
        drop(self.loan.take());
    }

    /// The connection is of no more use to anybody: it is closed.
    pub fn discard(mut self) {
        drop(self.loan.take().map(Loan::take));
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(loan) = self.loan.take() else { return };
        let connection = Loan::take(loan);
        let cancel = connection.cancel();
        drop(connection);
        debug!("a request was dropped: cancelling its statement");
        // Outside a runtime the process is ending, and Postgres sees the connection close.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(cancel);
        }
    }
}
