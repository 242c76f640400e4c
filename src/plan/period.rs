//! Periods of time: `created_at.month(Europe/Berlin)`.

use super::{Node, Period, PlanError, Rows, SelectColumn, shortened};
use crate::request::query_string::aggregate::Bucket;
use crate::request::query_string::filter::Field;
use crate::schema_cache::Relation;

/// Checks that a time zone is given only to what has one by its type.
///
/// # Errors
/// [`PlanError::ZoneOfLocalTime`].
pub(super) fn resolve_period(
    bucket: &Bucket,
    field: &Field,
    inner_cast: Option<&str>,
    cast: Option<&str>,
    relation: Option<&Relation>,
) -> Result<Period, PlanError> {
    let column = relation.and_then(|relation| relation.column(&field.name));
    let column = column.filter(|_| field.json_path.is_empty());
    let sql_type = inner_cast.or(column.map(|column| column.sql_type.as_sql()));
    if bucket.zone.is_some() && sql_type.is_some_and(is_local) {
        return Err(PlanError::ZoneOfLocalTime {
            field: shortened(&field.name),
            unit: bucket.unit.name(),
        });
    }
    Ok(Period {
        unit: bucket.unit,
        zone: bucket.zone.as_deref().map(posix),
        cast: cast.map(str::to_owned),
    })
}

/// The zone as Postgres takes it. For it, as for POSIX, `+02:00` lies west of Greenwich; for everybody else
/// (ISO 8601) it is what clocks in the east show.
fn posix(zone: &str) -> String {
    match zone.split_at_checked(1) {
        Some(("+", hours)) => format!("-{hours}"),
        Some(("-", hours)) => format!("+{hours}"),
        _ => zone.to_owned(),
    }
}

/// `date`, `timestamp(3) without time zone`.
fn is_local(sql_type: &str) -> bool {
    let name = sql_type.trim().to_lowercase();
    name == "date"
        || name.starts_with("timestamp") && !name.contains("with time") && name != "timestamptz"
}

/// A time zone that Postgres does not know: its message names it.
#[must_use]
pub fn explain_zone(rows: &Rows, message: &str) -> Option<PlanError> {
    explain_at(&rows.node, message)
}

fn explain_at(node: &Node, message: &str) -> Option<PlanError> {
    let zone_of = |column: &SelectColumn| {
        let period = column.period.as_ref()?;
        let zone = period.zone.as_deref()?;
        let is_named = message.contains(&format!("\"{zone}\""));
        is_named.then(|| PlanError::UnknownZone {
            zone: shortened(&posix(zone)),
            write: format!(
                "{}.{}(Europe/Berlin)",
                column.field.name,
                period.unit.name()
            ),
        })
    };
    let mut below = node.embeds.iter();
    node.select
        .iter()
        .find_map(zone_of)
        .or_else(|| below.find_map(|embed| explain_at(&embed.node, message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_have_no_zone() {
        for (sql_type, expected) in [
            ("date", true),
            ("Timestamp", true),
            ("timestamp without time zone", true),
            ("timestamp(3) without time zone", true),
            ("timestamptz", false),
            ("timestamp with time zone", false),
            ("timestamp(3) with time zone", false),
            ("api.moment", false),
            ("text", false),
        ] {
            assert_eq!(is_local(sql_type), expected, "{sql_type}");
        }
    }
}
