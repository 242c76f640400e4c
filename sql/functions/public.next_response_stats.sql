-- requires: sql/functions/analytics.selected.sql, sql/functions/public.clock_state.sql, sql/policies/public.sla_clocks.sql, sql/views/analytics.priorities.sql, sql/views/analytics.ticket_facts.sql
--
-- One join of plain conditions: a clock knows when somebody began to wait and when the answer came, whether
-- or not one was promised. No SET clause: the function is inlined.
create or replace function public.next_response_stats(where_tickets public.ticket_filter default null)
returns table (
    ticket_priority text,
    questions bigint,
    answered bigint,
    avg_minutes double precision,
    median_minutes double precision,
    p90_minutes double precision,
    within_target bigint,
    within_target_percent numeric
)
language sql
stable
parallel safe
rows 5
as $$
    with figures as (
        select
            coalesce(q.priority, 'none') as ticket_priority,
            count(*) as questions,
            count(q.seconds) as answered,
            avg(q.seconds) / 60 as avg_minutes,
            percentile_cont(array[0.5, 0.9]) within group (order by q.seconds) as seconds,
            count(*) filter (where q.seconds is not null and q.state in ('met', 'breached')) as promised,
            count(*) filter (where q.state = 'met') as within_target
        from (
            select
                f.priority,
                public.clock_state(k) as state,
                case when k.is_done then date_part('epoch', k.stopped_at - k.started_at) end as seconds
            from analytics.ticket_facts as f
            join public.sla_clocks as k on k.ticket_id = f.id
            where analytics.selected(where_tickets, f)
                and k.metric = 'next_response'
        ) as q
        group by coalesce(q.priority, 'none')
    )
    select
        ticket_priority,
        coalesce(f.questions, 0),
        coalesce(f.answered, 0),
        f.avg_minutes,
        f.seconds[1] / 60,
        f.seconds[2] / 60,
        coalesce(f.within_target, 0),
        round(100.0 * f.within_target / nullif(f.promised, 0), 1)
    from analytics.priorities as p
    full join figures as f using (ticket_priority)
    order by coalesce(p.sort, 5), ticket_priority
$$;
comment on function public.next_response_stats(public.ticket_filter) is
'How long clients wait for an answer once staff have answered before, by priority: urgent, high, medium, low, none (tickets without a priority), always all five, in this order.

questions: how often clients of the selected tickets waited; it begins with their first message that nobody has answered. answered: those that staff answered in public; of these are, in minutes, nights and weekends included, avg_minutes, median_minutes and p90_minutes (exact, interpolated as percentile_cont does).
within_target: answered by the time that was promised; within_target_percent is their share of the answered for which one was promised.

Drill-down: ticket_list with the same filters, priority=eq.high (for none priority=is.null) and the clocks: select=number,sla_clocks!inner(started_at,stopped_at)&sla_clocks.metric=eq.next_response.';
revoke all on function public.next_response_stats(public.ticket_filter) from public;
grant execute on function public.next_response_stats(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
