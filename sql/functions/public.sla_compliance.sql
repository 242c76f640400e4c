-- requires: sql/functions/analytics.selected.sql, sql/functions/public.clock_state.sql, sql/policies/public.sla_clocks.sql, sql/views/analytics.priorities.sql, sql/views/analytics.ticket_facts.sql
--
-- One join of plain conditions, summed up by priority, promise and what became of it; the few sums are laid
-- out in columns. No SET clause: the function is inlined.
create or replace function public.sla_compliance(where_tickets public.ticket_filter default null)
returns table (
    ticket_priority text,
    first_response_targets bigint,
    first_response_met bigint,
    first_response_breached bigint,
    first_response_running bigint,
    first_response_percent numeric,
    next_response_targets bigint,
    next_response_met bigint,
    next_response_breached bigint,
    next_response_running bigint,
    next_response_percent numeric,
    resolution_targets bigint,
    resolution_met bigint,
    resolution_breached bigint,
    resolution_running bigint,
    resolution_percent numeric
)
language sql
stable
parallel safe
rows 5
as $$
    with promises as (
        select
            f.priority,
            k.metric,
            public.clock_state(k) as state,
            count(*) as promises
        from analytics.ticket_facts as f
        join public.sla_clocks as k on k.ticket_id = f.id
        where analytics.selected(where_tickets, f)
        group by f.priority, k.metric, public.clock_state(k)
    ),
    figures as (
        select
            coalesce(p.priority, 'none') as ticket_priority,
            coalesce(sum(p.promises) filter (where p.metric = 'first_response' and p.state = 'met'), 0)::bigint as first_response_met,
            coalesce(sum(p.promises) filter (where p.metric = 'first_response' and p.state = 'breached'), 0)::bigint as first_response_breached,
            coalesce(sum(p.promises) filter (where p.metric = 'first_response' and p.state = 'running'), 0)::bigint as first_response_running,
            coalesce(sum(p.promises) filter (where p.metric = 'next_response' and p.state = 'met'), 0)::bigint as next_response_met,
            coalesce(sum(p.promises) filter (where p.metric = 'next_response' and p.state = 'breached'), 0)::bigint as next_response_breached,
            coalesce(sum(p.promises) filter (where p.metric = 'next_response' and p.state = 'running'), 0)::bigint as next_response_running,
            coalesce(sum(p.promises) filter (where p.metric = 'resolution' and p.state = 'met'), 0)::bigint as resolution_met,
            coalesce(sum(p.promises) filter (where p.metric = 'resolution' and p.state = 'breached'), 0)::bigint as resolution_breached,
            coalesce(sum(p.promises) filter (where p.metric = 'resolution' and p.state = 'running'), 0)::bigint as resolution_running
        from promises as p
        group by coalesce(p.priority, 'none')
    )
    select
        ticket_priority,
        coalesce(f.first_response_met + f.first_response_breached + f.first_response_running, 0),
        coalesce(f.first_response_met, 0),
        coalesce(f.first_response_breached, 0),
        coalesce(f.first_response_running, 0),
        round(100.0 * f.first_response_met / nullif(f.first_response_met + f.first_response_breached, 0), 1),
        coalesce(f.next_response_met + f.next_response_breached + f.next_response_running, 0),
        coalesce(f.next_response_met, 0),
        coalesce(f.next_response_breached, 0),
        coalesce(f.next_response_running, 0),
        round(100.0 * f.next_response_met / nullif(f.next_response_met + f.next_response_breached, 0), 1),
        coalesce(f.resolution_met + f.resolution_breached + f.resolution_running, 0),
        coalesce(f.resolution_met, 0),
        coalesce(f.resolution_breached, 0),
        coalesce(f.resolution_running, 0),
        round(100.0 * f.resolution_met / nullif(f.resolution_met + f.resolution_breached, 0), 1)
    from analytics.priorities as p
    full join figures as f using (ticket_priority)
    order by coalesce(p.sort, 5), ticket_priority
$$;
comment on function public.sla_compliance(public.ticket_filter) is
'How well the desk keeps its promises to the selected tickets, by priority: urgent, high, medium, low, none (tickets without a priority), always all five, in this order.

For first_response, next_response and resolution apart: targets, the promises that count; met; breached (done too late, or overdue now); running (not due yet, or paused). percent: the share of met in met and breached; null where there are none. A ticket has several next responses, one for each time that its client waited. What a ticket''s end made needless counts nowhere.

Drill-down: ticket_list with the same filters, priority=eq.high (for none priority=is.null) and the clocks: select=number,sla_clocks!inner(metric)&sla_clocks.metric=eq.resolution&sla_clocks.clock_state=eq.breached.';
revoke all on function public.sla_compliance(public.ticket_filter) from public;
grant execute on function public.sla_compliance(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
