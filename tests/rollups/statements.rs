//! Whatever is done to a desk's tickets, at random, each as one script.

use crate::brute_force::Generator;

const HOURS_OF_TWO_YEARS: usize = 24 * 730;

/// An instant that matters to somebody: any, at an edge, at none.
fn instant(generator: &mut Generator) -> String {
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

fn id(generator: &mut Generator, most: usize) -> String {
    (1 + generator.below(most)).to_string()
}

fn agent(generator: &mut Generator) -> String {
    if generator.chance(15) {
        return "null::integer".to_owned();
    }
    id(generator, 15)
}

/// By place: codes are renamed.
fn status(generator: &mut Generator) -> String {
    if generator.chance(8) {
        return "null::text".to_owned();
    }
    let place = generator.below(7);
    format!(
        "(select s.code from public.ticket_statuses as s order by s.sort offset {place} limit 1)"
    )
}

fn priority(generator: &mut Generator) -> &'static str {
    generator.one(&["null::text", "'low'", "'medium'", "'high'", "'urgent'"])
}

/// Up to so many tickets.
fn some(generator: &mut Generator, number: usize) -> String {
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

/// The owner corrects history: tickets move from cell to cell.
fn update(generator: &mut Generator) -> String {
    let mut changes = Vec::new();
    for _ in 0..=generator.below(3) {
        changes.push(match generator.below(8) {
            0 => ("assigned_to", agent(generator)),
            1 => ("ticket_type_id", id(generator, 14)),
            2 => ("priority", priority(generator).to_owned()),
            3 | 4 => ("status", status(generator)),
            5 => ("client_id", id(generator, 12)),
            6 => ("created_at", instant(generator)),
            _ => ("resolved_at", instant(generator)),
        });
    }
    changes.sort();
    changes.dedup_by_key(|(column, _)| *column);
    let changes: Vec<String> = changes
        .iter()
        .map(|(column, value)| format!("{column} = {value}"))
        .collect();
    let number = 1 + generator.below(12);
    let tickets = some(generator, number);
    let changes = changes.join(", ");
    format!("update public.tickets set {changes} where id in {tickets}")
}

/// Somebody works: what is not allowed is refused.
fn work(generator: &mut Generator) -> String {
    let call = generator.one(&[
        "resolve_ticket(T)",
        "resolve_ticket(T, 'Solved')",
        "close_ticket(T)",
        "reopen_ticket(T)",
        "merge_tickets(T, O)",
        "take_ticket(T)",
    ]);
    let call = call
        .replace('T', &some(generator, 1))
        .replace('O', &some(generator, 1));
    format!(
        r#"set local role desk_manager; set local request.jwt.claims = '{{"team_member_id":3}}';
        select public.{call}; reset role"#
    )
}

fn feedback(generator: &mut Generator) -> String {
    let rating = generator.one(&["1", "2", "3", "4", "5", "null"]);
    let number = 1 + generator.below(6);
    let tickets = some(generator, number);
    match generator.below(5) {
        0 => format!("delete from public.ticket_feedback where ticket_id in {tickets}"),
        1 => format!(
            "update public.ticket_feedback set rating = {rating} where ticket_id in {tickets}"
        ),
        2 => format!(
            "update public.ticket_feedback set ticket_id = {} where ticket_id = {}",
            some(generator, 1),
            some(generator, 1)
        ),
        _ => format!(
            "insert into public.ticket_feedback (ticket_id, rating)
            select id, {rating} from public.tickets where id in {tickets}
            on conflict (ticket_id) do update set rating = excluded.rating"
        ),
    }
}

fn message(generator: &mut Generator) -> String {
    let at = format!("coalesce({}, now())", instant(generator));
    let number = 1 + generator.below(6);
    let tickets = some(generator, number);
    match generator.below(6) {
        0 => format!("delete from public.ticket_messages where ticket_id in {tickets}"),
        1 => format!("update public.ticket_messages set created_at = {at} where ticket_id in {tickets}"),
        2 => format!(
            "update public.ticket_messages set is_internal = not is_internal, from_client = {}
            where ticket_id in {tickets}",
            generator.one(&["true", "false", "null"])
        ),
        3 => format!(
            "update public.ticket_messages set ticket_id = {} where ticket_id in {tickets}",
            some(generator, 1)
        ),
        _ => format!(
            "insert into public.ticket_messages (ticket_id, from_client, is_internal, message_text, created_at)
            select id, {}, {}, 'Random', {at} from public.tickets where id in {tickets}",
            generator.one(&["true", "false", "false"]),
            generator.one(&["true", "false", "false"])
        ),
    }
}

fn status_changes(generator: &mut Generator) -> String {
    let place = generator.below(7);
    let which =
        format!("(select code from public.ticket_statuses order by sort offset {place} limit 1)");
    if generator.chance(50) {
        let name = generator.one(&["stuck", "held", "later", "blocked", "pending", "new"]);
        return format!("update public.ticket_statuses set code = '{name}' where code = {which}");
    }
    let category = generator.one(&["open", "pending", "solved", "closed"]);
    format!(
        "update public.ticket_statuses set category = '{category}' where code = {which} and not is_default"
    )
}

/// Inserts what is there already, and so changes it.
fn upsert(generator: &mut Generator) -> String {
    let number = 1 + generator.below(5);
    format!(
        "insert into public.tickets (id, client_id, ticket_type_id, title, priority)
        select id, 1, 1, 'Again', {} from public.tickets where id in {}
        union all select nextval('public.tickets_id_seq'), 2, 2, 'New', 'low'
        on conflict (id) do update set priority = excluded.priority, assigned_to = {}",
        priority(generator),
        some(generator, number),
        agent(generator)
    )
}

pub fn statement(generator: &mut Generator) -> String {
    match generator.below(20) {
        0..=2 => insert(generator, 1),
        3 => {
            let number = 5 + generator.below(20);
            insert(generator, number)
        }
        4..=7 => update(generator),
        8..=10 => work(generator),
        11 | 12 => {
            let number = 1 + generator.below(6);
            format!(
                "delete from public.tickets where id in {}",
                some(generator, number)
            )
        }
        13 | 14 => feedback(generator),
        15 | 16 => message(generator),
        17 => upsert(generator),
        18 => status_changes(generator),
        _ => format!("select analytics.fold({})", 1 + generator.below(30)),
    }
}
