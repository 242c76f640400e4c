-- When a ticket came to its end: resolved, closed, or merged into another, which goes on instead. One that
-- has no time for that came to it at once, as in tickets_over_time. Null: it goes on. Inlined.
create or replace function ops.ended_at(ticket public.tickets, category text)
returns timestamptz
language sql
immutable
parallel safe
as $$
    select coalesce(
        least(ticket.resolved_at, ticket.closed_at),
        case when category in ('solved', 'closed') or ticket.merged_into is not null then ticket.created_at end
    )
$$;
comment on function ops.ended_at(public.tickets, text) is
'When a ticket, whose status is of that category, came to its end; null while it goes on.';
revoke all on function ops.ended_at(public.tickets, text) from public;
