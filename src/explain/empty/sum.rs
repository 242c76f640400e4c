//! From rows by what they pass to the counts of a level.

use tokio_postgres::Row;

use super::super::{Policy, RowSecurity};
use super::levels::{Condition, Source};
use super::{EmbedCount, FilterCount, Level, PolicyCount, choosing};
use crate::session::{SessionError, Trial};
use crate::sql::Statement;

/// How many rows have which flags.
pub(super) struct Tally(Vec<(Vec<bool>, i64)>);

impl Tally {
    pub async fn of(trial: &mut Trial, statement: &Statement) -> Result<Self, SessionError> {
        let rows = trial.try_rows(statement).await?;
        let read = |row: &Row| Ok((row.try_get("flags")?, row.try_get("rows")?));
        let tallied: Result<_, tokio_postgres::Error> = rows.iter().map(read).collect();
        Ok(Self(tallied?))
    }

    pub fn rows(&self, holds: impl Fn(&[bool]) -> bool) -> i64 {
        let passing = self.0.iter().filter(|(flags, _)| holds(flags));
        passing.map(|(_, rows)| rows).sum()
    }
}

/// Which conditions of a source its flags begin with.
pub(super) struct Flags {
    pub own: Vec<usize>,
    pub embeds: Vec<usize>,
    /// Where those of policies begin.
    policies: usize,
}

impl Flags {
    pub fn of(conditions: &[Condition]) -> Self {
        let (embeds, own) =
            (0..conditions.len()).partition(|index| conditions[*index].is_of_embeds);
        Self {
            own,
            embeds,
            policies: conditions.len(),
        }
    }

    pub fn match_own(&self, flags: &[bool]) -> bool {
        self.own.iter().all(|index| is_set(flags, *index))
    }

    pub fn match_embeds(&self, flags: &[bool]) -> bool {
        self.embeds.iter().all(|index| is_set(flags, *index))
    }
}

pub(super) fn is_set(flags: &[bool], index: usize) -> bool {
    flags.get(index) == Some(&true)
}

/// What policies choose.
struct Chosen<'a> {
    verbs: Vec<&'a str>,
    policies: &'a [(&'a str, &'a Policy)],
    is_on: bool,
    first: usize,
}

impl Chosen<'_> {
    fn of(&self, verb: &str, permissive: bool) -> impl Iterator<Item = usize> {
        let policies = self.policies.iter().enumerate();
        policies
            .filter(move |(_, (of, policy))| *of == verb && policy.permissive == permissive)
            .map(|(index, _)| self.first + index)
    }

    /// Whether a permissive policy lets the row pass.
    fn is_let(&self, flags: &[bool], verb: &str) -> bool {
        !self.is_on || self.of(verb, true).any(|index| is_set(flags, index))
    }

    fn is_visible(&self, flags: &[bool]) -> bool {
        self.verbs.iter().all(|verb| {
            self.is_let(flags, verb) && self.of(verb, false).all(|index| is_set(flags, index))
        })
    }
}

pub(super) fn summed(source: &Source<'_>, policies: &[(&str, &Policy)], tally: &Tally) -> Level {
    let own = Flags::of(&source.conditions);
    let chosen = Chosen {
        verbs: choosing(source.guarded),
        policies,
        is_on: source.guarded.row_security == RowSecurity::On,
        first: own.policies,
    };
    let matches = |flags: &[bool]| own.match_own(flags);
    let is_visible = |flags: &[bool]| matches(flags) && chosen.is_visible(flags);
    let counts = policies.iter().enumerate().map(|(index, (verb, policy))| {
        let passes = |flags: &[bool]| is_set(flags, own.policies + index);
        let rows = tally.rows(|flags| {
            let counts = if policy.permissive {
                passes(flags)
            } else {
                chosen.is_let(flags, verb) && !passes(flags)
            };
            matches(flags) && counts
        });
        PolicyCount {
            policy: policy.name.clone(),
            permissive: policy.permissive,
            verb: (*verb).to_owned(),
            rows,
        }
    });
    let is_let = |flags: &[bool]| chosen.verbs.iter().all(|verb| chosen.is_let(flags, verb));
    let verbs = chosen.verbs.iter();
    let lacks_policy = |verb: &&&str| chosen.is_on && chosen.of(verb, true).next().is_none();
    Level {
        exist: Some(tally.rows(|_| true)),
        filters: filter_counts(&source.conditions, &own, tally),
        matching: Some(tally.rows(matches)),
        policies: counts.collect(),
        let_by_none: chosen
            .is_on
            .then(|| tally.rows(|flags| matches(flags) && !is_let(flags))),
        visible: Some(tally.rows(is_visible)),
        without_policy: verbs
            .filter(lacks_policy)
            .map(|it| (*it).to_owned())
            .collect(),
        ..with_embeds(&source.conditions, &own, tally, &is_visible)
    }
}

pub(super) fn filter_counts(
    conditions: &[Condition],
    own: &Flags,
    tally: &Tally,
) -> Vec<FilterCount> {
    let filters = own.own.iter();
    filters
        .map(|index| FilterCount {
            filter: conditions[*index].words.clone(),
            rows: tally.rows(|flags| is_set(flags, *index)),
        })
        .collect()
}

pub(super) fn with_embeds(
    conditions: &[Condition],
    own: &Flags,
    tally: &Tally,
    is_visible: &dyn Fn(&[bool]) -> bool,
) -> Level {
    let embeds = own.embeds.iter().map(|index| EmbedCount {
        condition: conditions[*index].words.clone(),
        rows: tally.rows(|flags| is_visible(flags) && is_set(flags, *index)),
        of_all: None,
    });
    Level {
        embeds: embeds.collect(),
        answered: Some(tally.rows(|flags| is_visible(flags) && own.match_embeds(flags))),
        ..Level::default()
    }
}
