-- requires: sql/functions/analytics.hours.sql
--
-- The hours in which nothing happened are there too. No SET clause: the function is inlined.
create or replace function public.heatmap(where_tickets public.ticket_filter default null)
returns table (
    weekday integer,
    hour integer,
    created bigint,
    resolved bigint
)
language sql
stable
parallel safe
rows 168
as $$
    select
        d.weekday,
        h.hour,
        coalesce(n.created, 0),
        coalesce(n.resolved, 0)
    from generate_series(1, 7) as d (weekday)
    cross join generate_series(0, 23) as h (hour)
    left join analytics.hours(where_tickets, where_tickets.created_at) as n
        on n.weekday = d.weekday
        and n.hour = h.hour
    order by d.weekday, h.hour
$$;
comment on function public.heatmap(public.ticket_filter) is
'When tickets come and when they are done: one row for each hour of the week, 168 of them, also those in which nothing happened.

weekday: 1 (Monday) to 7 (Sunday). hour: 0 to 23, the one that begins then; both in the request''s time zone. created: the selected tickets by created_at. resolved: by resolved_at, the period in created_at cutting this series by resolved_at instead. All other filters hold for both.

Drill-down: none, no filter speaks of hours of the day. Over all hours created are the tickets of ticket_list with the same filters that have a created_at, resolved those with every created_at written as resolved_at.';
revoke all on function public.heatmap(public.ticket_filter) from public;
grant execute on function public.heatmap(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
