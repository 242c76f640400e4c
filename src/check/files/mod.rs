//! What the files say, without a database: their statements folded in order onto an empty catalog.
//!
//! What only a database can work out (`do`, `call`) is not guessed: the tables that such a statement names have
//! switches that are unknown from then on.

mod allow;
mod cursor;
mod defaults;
mod drop;
mod fold;
mod policy;
mod relation;
mod rights;
mod roles;
mod routine;
mod table;
mod types;

use std::collections::BTreeSet;

use super::exclude::{Exclusion, Malformed};
use super::model::{Catalog, Place};
use crate::migrate::{Script, Statement, TokenKind, mentioned, statements, tokens};

pub(super) use routine::is_same_type;

/// What was read.
#[derive(Debug, Default)]
pub struct Files {
    /// The definitions.
    pub catalog: Catalog,
    /// What comments exclude.
    pub exclusions: Vec<Exclusion>,
    /// Comments that are meant to exclude something.
    pub malformed: Vec<Malformed>,
    /// Statements that no parser of ours reads, and that define something.
    pub unread: Vec<Place>,
    /// Words in code that puts statements together while it runs: what it makes may have these names.
    pub dynamic: BTreeSet<String>,
}

/// Reads the files in their order; `owner` is who applies them.
pub fn read(scripts: &[Script], owner: Option<&str>) -> Files {
    let mut fold = fold::Fold {
        owner: owner.map(str::to_owned),
        ..fold::Fold::default()
    };
    let mut files = Files::default();
    for script in scripts {
        fold.begin_file(&script.path);
        for statement in statements(&script.text) {
            fold.apply(&statement);
            files.dynamic.append(&mut dynamic(&statement));
        }
        for allowed in allow::allowed(&script.path, &script.text) {
            match allowed {
                Ok(exclusion) => files.exclusions.push(exclusion),
                Err(malformed) => files.malformed.push(malformed),
            }
        }
    }
    roles::finish(&mut fold);
    defaults::finish(&mut fold);
    files.catalog = fold.catalog;
    files.catalog.sort();
    files.unread = fold.unread;
    files
}

fn dynamic(statement: &Statement<'_>) -> BTreeSet<String> {
    let bodies = statement
        .tokens
        .iter()
        .filter(|token| token.kind == TokenKind::Dollar)
        .map(|token| tokens(token.inside().unwrap_or_default()))
        .filter(|body| body.iter().any(|token| token.is_word("execute")));
    let texts = bodies.flatten().filter_map(|token| token.inside());
    texts
        .flat_map(|text| {
            tokens(text)
                .into_iter()
                .filter_map(|token| token.name())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests;
