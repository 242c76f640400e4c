-- requires: sql/functions/analytics.percentiles.sql, sql/functions/analytics.sums.sql, sql/views/analytics.priorities.sql
--
-- The few sums by priority; the exact percentiles come by themselves. No SET clause: the function is inlined.
create or replace function public.first_response_stats(where_tickets public.ticket_filter default null)
returns table (
    ticket_priority text,
    tickets bigint,
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
            coalesce(s.priority, 'none') as ticket_priority,
            s.tickets,
            s.answered,
            s.first_response_us::double precision / nullif(s.answered, 0)::double precision / 60000000 as avg_minutes,
            s.promised,
            s.answered_in_time
        from analytics.sums(where_tickets, '{priority}') as s
    ),
    durations as (
        select
            coalesce(d.priority, 'none') as ticket_priority,
            d.seconds
        from analytics.percentiles(where_tickets, 'priority', array[0.5, 0.9], 'first_response') as d
    )
    select
        ticket_priority,
        coalesce(f.tickets, 0),
        coalesce(f.answered, 0),
        f.avg_minutes,
        d.seconds[1] / 60,
        d.seconds[2] / 60,
        coalesce(f.answered_in_time, 0),
        round(100.0 * f.answered_in_time / nullif(f.promised, 0), 1)
    from analytics.priorities as p
    full join figures as f using (ticket_priority)
    left join durations as d using (ticket_priority)
    order by coalesce(p.sort, 5), ticket_priority
$$;
comment on function public.first_response_stats(public.ticket_filter) is
'How long clients wait for the first answer, by priority: urgent, high, medium, low, none (tickets without a priority), always all five, in this order.

tickets: all that are selected. answered: those of them to which staff have said something in public; of these are, in minutes from the creation, nights and weekends included, avg_minutes, median_minutes and p90_minutes (exact, interpolated as percentile_cont does).
within_target: answered by first_response_due_at; within_target_percent is their share of the answered to which an answer was promised.

Drill-down: ticket_list with the same filters and priority=eq.high (for none priority=is.null), answered also first_response_seconds=not.is.null.';
revoke all on function public.first_response_stats(public.ticket_filter) from public;
grant execute on function public.first_response_stats(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
