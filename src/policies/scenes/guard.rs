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

/// What is deferred has spoken behind it.
pub(super) fn settles(statement: &Statement<'_>) -> bool {
    let words = statement.tokens.iter();
    let expected = ["set", "constraints", "all", "immediate"];
    statement.tokens.len() == expected.len()
        && words
            .zip(expected)
            .all(|(word, expected)| word.is_word(expected))
}

/// Whether its command tag counts rows that it changed.
pub(super) fn changes(statement: &Statement<'_>) -> bool {
    let verbs = ["insert", "update", "delete", "merge"];
    let others = ["select", "values", "table"];
    let mut depth = 0_usize;
    for (at, token) in statement.tokens.iter().enumerate() {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ if verbs.iter().any(|verb| token.is_word(verb)) => return true,
            // Of `with a as (…) delete …` the verb comes behind the parentheses.
            _ if at == 0 && !token.is_word("with") => return false,
            _ if others.iter().any(|other| token.is_word(other)) => return false,
            _ => {}
        }
    }
    false
}
