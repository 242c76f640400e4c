-- requires: sql/functions/analytics.selected.sql, sql/views/analytics.priorities.sql, sql/views/analytics.ticket_facts.sql
--
-- One scan of plain conditions: the ticket knows when it was answered and when that was due. No SET clause:
-- the function is inlined.
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
            coalesce(f.priority, 'none') as ticket_priority,
            count(*) as tickets,
            count(f.first_response_seconds) as answered,
            avg(f.first_response_seconds) / 60 as avg_minutes,
            percentile_cont(array[0.5, 0.9]) within group (order by f.first_response_seconds) as seconds,
            count((f.ticket).first_response_due_at) filter (where f.first_response_seconds is not null) as promised,
            count(*) filter (
                where f.first_response_seconds is not null
                    and (f.ticket).first_response_at <= (f.ticket).first_response_due_at
            ) as within_target
        from analytics.ticket_facts as f
        where analytics.selected(where_tickets, f)
        group by coalesce(f.priority, 'none')
    )
    select
        ticket_priority,
        coalesce(f.tickets, 0),
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
comment on function public.first_response_stats(public.ticket_filter) is
'How long clients wait for the first answer, by priority: urgent, high, medium, low, none (tickets without a priority), always all five, in this order.

tickets: all that are selected. answered: those of them to which staff have said something in public; of these are, in minutes from the creation, nights and weekends included, avg_minutes, median_minutes and p90_minutes (exact, interpolated as percentile_cont does).
within_target: answered by first_response_due_at; within_target_percent is their share of the answered to which an answer was promised.

Drill-down: ticket_list with the same filters and priority=eq.high (for none priority=is.null), answered also first_response_seconds=not.is.null.';
revoke all on function public.first_response_stats(public.ticket_filter) from public;
grant execute on function public.first_response_stats(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
