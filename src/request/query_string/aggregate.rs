//! What stands behind a field of `select`: `amount.sum()` (PostgREST, `aggregate_functions.rst`), and what
//! we add to it: `amount.percentile_cont(0.9)`, `amount.median()`, `created_at.month(Europe/Berlin)`.

use super::cursor::{Cursor, Parsed};

/// What is made of the values of a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Aggregate {
    Sum,
    Avg,
    Max,
    Min,
    Count,
    Median,
    /// With the fraction as it stands in the URL: it need not be a number.
    PercentileCont(String),
    PercentileDisc(String),
}

/// The period that a point in time falls into.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bucket {
    pub unit: BucketUnit,
    /// As it stands in the URL: Postgres knows the time zones.
    pub zone: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BucketUnit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
}

/// What is called on a field.
pub(super) enum Called {
    Aggregate(Aggregate),
    Bucket(Bucket),
}

impl Aggregate {
    /// As URL and Postgres call it, and the answer where it has no alias.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Max => "max",
            Self::Min => "min",
            Self::Count => "count",
            Self::Median => "median",
            Self::PercentileCont(_) => "percentile_cont",
            Self::PercentileDisc(_) => "percentile_disc",
        }
    }
}

impl BucketUnit {
    pub const ALL: [Self; 6] = [
        Self::Year,
        Self::Quarter,
        Self::Month,
        Self::Week,
        Self::Day,
        Self::Hour,
    ];

    /// As URL and Postgres call it, and the answer where it has no alias.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }
}

/// `.sum()`, `.month(Europe/Berlin)`.
pub(super) fn called(cursor: &mut Cursor<'_>) -> Parsed<Called> {
    match beyond(cursor) {
        Some(called) => Ok(called),
        None => aggregate(cursor).map(Called::Aggregate),
    }
}

/// What PostgREST does not know. It leaves no trace where it does not fit: errors stay PostgREST's.
fn beyond(cursor: &mut Cursor<'_>) -> Option<Called> {
    let (name, rest) = cursor.rest().strip_prefix('.')?.split_once('(')?;
    let (argument, rest) = rest.split_once(')')?;
    let argument = argument.trim();
    let unit = BucketUnit::ALL.into_iter().find(|it| it.name() == name);
    let called = match (name, unit) {
        ("median", _) if argument.is_empty() => Called::Aggregate(Aggregate::Median),
        ("percentile_cont", _) => Called::Aggregate(Aggregate::PercentileCont(argument.to_owned())),
        ("percentile_disc", _) => Called::Aggregate(Aggregate::PercentileDisc(argument.to_owned())),
        (_, Some(unit)) => Called::Bucket(Bucket {
            unit,
            zone: (!argument.is_empty()).then(|| argument.to_owned()),
        }),
        _ => return None,
    };
    cursor.advance(rest);
    Some(called)
}

fn aggregate(cursor: &mut Cursor<'_>) -> Parsed<Aggregate> {
    cursor.text(".")?;
    let word = |text, aggregate| {
        move |cursor: &mut Cursor<'_>| {
            cursor
                .attempt(|cursor| cursor.text(text))
                .map(|()| aggregate)
        }
    };
    let aggregate = cursor.or(word("sum", Aggregate::Sum), |cursor| {
        cursor.or(word("avg", Aggregate::Avg), |cursor| {
            cursor.or(word("count", Aggregate::Count), |cursor| {
                cursor.or(word("max", Aggregate::Max), word("min", Aggregate::Min))
            })
        })
    })?;
    cursor.text("()")?;
    Ok(aggregate)
}
