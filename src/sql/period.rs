//! Periods of time: the beginning of the month, the hour, that a point in time falls into.

use super::fragment::Sql;
use super::type_name::type_name;
use crate::plan::Period;
use crate::request::query_string::aggregate::BucketUnit;

/// The day on which the period begins, in the zone, else in that of the session; the hour as a point in
/// time.
pub(super) fn period(sql: &mut Sql, period: &Period, value: impl FnOnce(&mut Sql)) {
    if period.cast.is_some() {
        sql.push("cast(");
    }
    let is_hour = period.bucket.unit == BucketUnit::Hour;
    sql.push("pg_catalog.date_trunc(");
    sql.push(match period.bucket.unit {
        BucketUnit::Year => "'year', ",
        BucketUnit::Quarter => "'quarter', ",
        BucketUnit::Month => "'month', ",
        BucketUnit::Week => "'week', ",
        BucketUnit::Day => "'day', ",
        BucketUnit::Hour => "'hour', ",
    });
    match &period.bucket.zone {
        None => value(sql),
        Some(zone) if is_hour => {
            value(sql);
            sql.push(", ").param(zone).push("::text");
        }
        // Cut in local time, and a date of it: as a point in time it would be one of the session's zone.
        Some(zone) => {
            sql.push("pg_catalog.timezone(")
                .param(zone)
                .push("::text, ");
            value(sql);
            sql.push(")");
        }
    }
    sql.push(if is_hour { ")" } else { ")::date" });
    if let Some(cast) = &period.cast {
        sql.push(" as ");
        type_name(sql, cast);
        sql.push(")");
    }
}
