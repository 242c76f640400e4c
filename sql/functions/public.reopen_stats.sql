-- requires: sql/functions/analytics.sums.sql
--
-- analytics.sums has the figures by type; how often staff have answered, the ticket knows. No SET clause: the
-- function is inlined.
create or replace function public.reopen_stats(where_tickets public.ticket_filter default null)
returns table (
    type_id integer,
    type_name text,
    department text,
    tickets bigint,
    resolved bigint,
    reopened bigint,
    reopen_percent numeric,
    one_touch bigint,
    one_touch_percent numeric
)
language sql
stable
parallel safe
rows 20
as $$
    select
        y.id,
        y.type_name,
        y.department,
        coalesce(f.tickets, 0),
        coalesce(f.resolved, 0),
        coalesce(f.reopened, 0),
        round(100.0 * f.reopened / nullif(f.ever_resolved, 0), 1),
        coalesce(f.one_touch, 0),
        round(100.0 * f.one_touch / nullif(f.resolved, 0), 1)
    from public.ticket_types as y
    left join analytics.sums(where_tickets, '{ticket_type_id}') as f on f.ticket_type_id = y.id
    order by y.id
$$;
comment on function public.reopen_stats(public.ticket_filter) is
'How often tickets come back, by ticket type: all types, also those without tickets.

tickets: all that are selected. resolved: resolved_at is set. reopened: opened again at least once, whether or not resolved since; reopen_percent is their share of the tickets that were resolved at least once. one_touch: resolved with at most one public message by staff; one_touch_percent is their share of resolved.

Drill-down: ticket_list with the same filters and ticket_type_id=eq.2, resolved also resolved_at=not.is.null, reopened also reopen_count=gt.0. one_touch has none: it speaks of messages.';
revoke all on function public.reopen_stats(public.ticket_filter) from public;
grant execute on function public.reopen_stats(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
