//! What has to be true of a desk, whatever happened there.

use tokio_postgres::Client;

use crate::history::replay;

/// Statements that give what is wrong, a line each.
const RULES: &[(&str, &str)] = &[
    (
        "open and resolved at once",
        "select t.id from public.tickets as t
        left join public.ticket_statuses as s on s.code = t.status
        where coalesce(s.category, 'open') in ('open', 'pending')
            and (t.resolved_at is not null or t.closed_at is not null)",
    ),
    (
        "solved at no time",
        "select t.id from public.tickets as t
        join public.ticket_statuses as s on s.code = t.status
        where s.category = 'solved' and (t.resolved_at is null or t.closed_at is not null)",
    ),
    (
        "merged and not closed",
        "select t.id from public.tickets as t
        join public.ticket_statuses as s on s.code = t.status
        where t.merged_into is not null and s.category <> 'closed'",
    ),
    (
        "merged with another client's",
        "select t.id from public.tickets as t join public.tickets as o on o.id = t.merged_into
        where o.client_id <> t.client_id",
    ),
    (
        "the first response is not the first",
        "select t.id from public.tickets as t
        where t.first_response_at is distinct from (
            select min(m.created_at) from public.ticket_messages as m
            where m.ticket_id = t.id and not m.from_client and not m.is_internal
        )",
    ),
    (
        "a step that is not foreseen",
        "select e.ticket_id from public.ticket_events as e
        left join public.ticket_statuses as o on o.code = e.old_value #>> '{}'
        left join public.ticket_statuses as n on n.code = e.new_value #>> '{}'
        where e.type = 'status-update' and e.actor_role <> 'system'
            and coalesce(o.category, 'open') <> coalesce(n.category, 'open')
            and not exists (
                select from public.status_transitions as t
                where t.from_category = coalesce(o.category, 'open')
                    and t.to_category = coalesce(n.category, 'open')
            )
            and not exists (
                select from public.ticket_events as m
                where m.ticket_id = e.ticket_id and m.field_name = 'merged_into'
                    and m.created_at = e.created_at
            )",
    ),
    (
        "reopened another number of times",
        "select t.id from public.tickets as t
        where t.reopen_count <> (
            select count(*) from public.ticket_events as e
            join public.ticket_statuses as o on o.code = e.old_value #>> '{}'
            left join public.ticket_statuses as n on n.code = e.new_value #>> '{}'
            where e.ticket_id = t.id and e.type = 'status-update'
                and o.category in ('solved', 'closed')
                and coalesce(n.category, 'open') in ('open', 'pending')
        )",
    ),
    (
        "a message without its event, or two",
        "select m.ticket_id from public.ticket_messages as m
        where 1 <> (
            select count(*) from public.ticket_events as e
            where e.ticket_id = m.ticket_id and e.message_id = m.id
                and e.type = case when m.is_internal then 'note-added' else 'message' end
                and e.visibility = case when m.is_internal then 'private' else 'public' end
        )",
    ),
    (
        "an event before its ticket was created",
        "select e.ticket_id from public.ticket_events as e
        where e.type = 'created' and exists (
            select from public.ticket_events as b where b.ticket_id = e.ticket_id and b.seq < e.seq
        )",
    ),
];

/// What is wrong, in words; nothing if nothing is.
pub async fn broken(admin: &Client) -> Vec<String> {
    let mut wrong = Vec::new();
    for (rule, statement) in RULES {
        for row in admin.query(*statement, &[]).await.expect(rule) {
            wrong.push(format!("ticket {}: {rule}", row.get::<_, i32>(0)));
        }
    }
    wrong.extend(replay::disagreements(admin).await);
    wrong
}
