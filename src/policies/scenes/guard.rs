//! What no scene may say: nothing of it survives, and nobody in it becomes somebody else.

use crate::migrate::{Statement, transaction_control};

/// Why the statement does not belong into a scene, or not into the part of one who asks.
pub(super) fn refuse(statement: &Statement<'_>, is_caller: bool) -> Result<(), String> {
    let word = |at: usize, word: &str| {
        statement
            .tokens
            .get(at)
            .is_some_and(|one| one.is_word(word))
    };
    let control = transaction_control(statement)
        .or_else(|| {
            ["savepoint", "release"]
                .into_iter()
                .find(|one| word(0, one))
        })
        .or_else(|| {
            (word(0, "prepare") && word(1, "transaction")).then_some("prepare transaction")
        });
    if let Some(control) = control {
        return Err(format!(
            "{control} does not belong here: each scene is one transaction, which is rolled back"
        ));
    }
    if word(0, "copy") {
        return Err("copy reaches out of the transaction: insert and select instead".to_owned());
    }
    let scope = usize::from(word(1, "local") || word(1, "session"));
    let becomes = word(0, "set")
        && (word(1 + scope, "role") || word(1, "session") && word(2, "authorization"))
        || word(0, "reset") && (word(1, "role") || word(1, "session") || word(1, "all"))
        || word(0, "discard");
    if becomes && is_caller {
        return Err("who asks stays who it is: another role begins with `-- as: …`".to_owned());
    }
    if becomes {
        return Err(
            "to become a role here, say `-- setup: ROLE`, or `-- as: ROLE` for one that asks"
                .to_owned(),
        );
    }
    Ok(())
}

pub(super) fn sets_constraints(statement: &Statement<'_>) -> bool {
    let mut words = statement.tokens.iter();
    words.next().is_some_and(|one| one.is_word("set"))
        && words.next().is_some_and(|one| one.is_word("constraints"))
}
