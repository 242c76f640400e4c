//! Whatever is done to a desk's tickets, at random, each as one script.

use super::rows::{agent, id, insert, instant, priority, some, status};
use crate::brute_force::Generator;

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
