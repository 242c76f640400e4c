-- requires: sql/functions/analytics.promises.sql, sql/functions/public.clock_state.sql, sql/views/analytics.priorities.sql
--
-- analytics.promises has the sums by priority; here they are laid out in the order of charts. No SET clause: the
-- function is inlined.
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
    with figures as (
        select coalesce(p.priority, 'none') as ticket_priority, p.*
        from analytics.promises(where_tickets) as p
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
