//! Running a file statement by statement, so that an error has a line even where Postgres gives no
//! position.

use tokio_postgres::Transaction;

use super::error::MigrateError;
use super::split::{Statement, statements};

/// Runs the statements of `text`, which begins on line `first_line` of `file`.
pub(super) async fn run(
    transaction: &Transaction<'_>,
    file: &str,
    first_line: usize,
    text: &str,
) -> Result<(), MigrateError> {
    for statement in statements(text) {
        let line = first_line + statement.line - 1;
        refuse_transaction_control(file, line, &statement)?;
        transaction
            .batch_execute(statement.text)
            .await
            .map_err(|error| MigrateError::statement(file, line, statement.text, error))?;
    }
    Ok(())
}

/// `commit` in a file would leave half of the files applied when a later one fails.
fn refuse_transaction_control(
    file: &str,
    line: usize,
    statement: &Statement<'_>,
) -> Result<(), MigrateError> {
    match transaction_control(statement) {
        Some(word) => Err(MigrateError::TransactionControl {
            file: file.to_owned(),
            line,
            statement: word.to_owned(),
        }),
        None => Ok(()),
    }
}

/// The first word of a statement that begins or ends a transaction.
pub(crate) fn transaction_control<'a>(statement: &Statement<'a>) -> Option<&'a str> {
    let words = ["begin", "start", "commit", "end", "rollback", "abort"];
    let first = statement.tokens.first()?;
    let controls = words.iter().any(|word| first.is_word(word));
    controls.then_some(first.text)
}
