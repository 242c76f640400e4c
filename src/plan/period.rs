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
        bucket: bucket.clone(),
        cast: cast.map(str::to_owned),
    })
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
        let bucket = &column.period.as_ref()?.bucket;
        let zone = bucket.zone.as_deref()?;
        let is_named = message.contains(&format!("\"{zone}\""));
        is_named.then(|| PlanError::UnknownZone {
            zone: shortened(zone),
            write: format!(
                "{}.{}(Europe/Berlin)",
                column.field.name,
                bucket.unit.name()
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
