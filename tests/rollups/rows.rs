//! Tickets as no seed has them, at random, written as SQL.

use crate::brute_force::Generator;

const HOURS_OF_TWO_YEARS: usize = 24 * 730;

/// An instant that matters to somebody: any, at an edge, at none.
pub fn instant(generator: &mut Generator) -> String {
    match generator.below(20) {
        0 => "null::timestamptz".to_owned(),
        1 => "timestamptz '-infinity'".to_owned(),
        2 => "timestamptz 'infinity'".to_owned(),
        3 => {
            let month = 1 + generator.below(12);
            let off = generator.one(&["-00:00:00.000001", "00:00:00", "00:00:00.000001"]);
            format!("timestamptz '2025-{month:02}-01Z' + interval '{off}'")
        }
        kind => {
            let hours = generator.below(HOURS_OF_TWO_YEARS);
            let micros = if kind < 7 {
                0
            } else {
                generator.below(1 << 31)
            };
            format!(
                "timestamptz '2024-06-01Z' + interval '{hours} hours' + interval '1 microsecond' * {micros}"
            )
        }
    }
}

/// How long something took: whole hours as expectations have them, less than nothing, not at all.
fn duration(generator: &mut Generator) -> String {
    let hours = generator.one(&[0, 1, 2, 4, 8, 24, 48, 72, 200]);
    let micros = match generator.below(6) {
        0 | 1 => return "null::interval".to_owned(),
        2 => 0,
        3 => 1,
        4 => -1,
        // from an hour before to half a day after
        _ => i64::try_from(generator.below(1 << 31)).expect("a small number") * 20 - 3_600_000_000,
    };
    format!("interval '{hours} hours' + interval '1 microsecond' * {micros}")
}

pub fn id(generator: &mut Generator, most: usize) -> String {
    (1 + generator.below(most)).to_string()
}

pub fn agent(generator: &mut Generator) -> String {
    if generator.chance(15) {
        return "null::integer".to_owned();
    }
    id(generator, 15)
}

/// By place: codes are renamed.
pub fn status(generator: &mut Generator) -> String {
    if generator.chance(8) {
        return "null::text".to_owned();
    }
    let place = generator.below(7);
    format!(
        "(select s.code from public.ticket_statuses as s order by s.sort offset {place} limit 1)"
    )
}

pub fn priority(generator: &mut Generator) -> &'static str {
    generator.one(&["null::text", "'low'", "'medium'", "'high'", "'urgent'"])
}

/// Up to so many tickets.
pub fn some(generator: &mut Generator, number: usize) -> String {
    let salt = generator.below(1 << 30);
    format!(
        "(select t.id from public.tickets as t order by hashint4(t.id # {salt}) limit {number})"
    )
}

/// Loads history: what is resolved comes resolved.
pub fn insert(generator: &mut Generator, number: usize) -> String {
    let rows: Vec<String> = (0..number).map(|_| row(generator)).collect();
    format!(
        "insert into public.tickets (
            client_id, assigned_to, ticket_type_id, status, priority, source_channel, tags, title,
            created_at, resolved_at, closed_at
        )
        select client_id, assigned_to, ticket_type_id, status, priority, source_channel, tags, 'Random',
            created_at, coalesce(resolved_at, created_at + took), closed_at
        from (values {}) as v (
            client_id, assigned_to, ticket_type_id, status, priority, source_channel, tags,
            created_at, took, resolved_at, closed_at
        )",
        rows.join(", ")
    )
}

fn row(generator: &mut Generator) -> String {
    let rarely = |generator: &mut Generator| {
        if generator.chance(10) {
            instant(generator)
        } else {
            "null::timestamptz".to_owned()
        }
    };
    format!(
        "({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})",
        id(generator, 12),
        agent(generator),
        id(generator, 14),
        status(generator),
        priority(generator),
        generator.one(&["'email'", "'web'", "null"]),
        generator.one(&["array[]::text[]", "array['vip']", "array['vip', 'billing']"]),
        instant(generator),
        duration(generator),
        rarely(generator),
        rarely(generator),
    )
}
