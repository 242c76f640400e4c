-- requires: sql/functions/analytics.percentiles.sql, sql/functions/analytics.sums.sql, sql/functions/filter.ids.sql
--
-- The few sums by agent and status are added up by agent; the exact medians come by themselves, the people last.
-- No SET clause: the function is inlined.
create or replace function public.team_performance(where_tickets public.ticket_filter default null)
returns table (
    team_member_id integer,
    username text,
    display_name text,
    department text,
    member_status text,
    tickets_assigned bigint,
    tickets_resolved bigint,
    open_tickets bigint,
    by_status jsonb,
    avg_resolution_hours double precision,
    median_resolution_hours double precision,
    avg_rating double precision,
    rated_tickets bigint,
    response_rate_percent numeric,
    first_response_avg_minutes double precision,
    rank bigint,
    is_top_performer boolean
)
language sql
stable
parallel safe
rows 50
as $$
    with by_status as (
        select f.*
        from analytics.sums(where_tickets, '{assigned_to,status}') as f
        where f.assigned_to is not null
    ),
    figures as (
        select
            b.assigned_to,
            sum(b.tickets)::bigint as tickets_assigned,
            sum(b.resolved)::bigint as tickets_resolved,
            coalesce(sum(b.tickets) filter (where coalesce(s.category, 'open') in ('open', 'pending')), 0)::bigint as open_tickets,
            jsonb_object_agg(coalesce(b.status, 'none'), b.tickets) as by_status,
            sum(b.resolution_us)::double precision / nullif(sum(b.timed), 0)::double precision / 3600000000 as avg_resolution_hours,
            sum(b.rating_sum)::double precision / nullif(sum(b.rated), 0)::double precision as avg_rating,
            sum(b.rated)::bigint as rated_tickets,
            sum(b.resolved_and_rated) as resolved_and_rated,
            sum(b.first_response_us)::double precision / nullif(sum(b.answered), 0)::double precision / 60000000 as first_response_avg_minutes
        from by_status as b
        left join public.ticket_statuses as s on s.code = b.status
        group by b.assigned_to
    )
    select
        m.id,
        m.username,
        m.display_name,
        m.department,
        m.status,
        coalesce(f.tickets_assigned, 0),
        coalesce(f.tickets_resolved, 0),
        coalesce(f.open_tickets, 0),
        coalesce(f.by_status, '{}'),
        f.avg_resolution_hours,
        d.seconds[1] / 3600,
        f.avg_rating,
        coalesce(f.rated_tickets, 0),
        round(100.0 * f.resolved_and_rated / nullif(f.tickets_resolved, 0), 1),
        f.first_response_avg_minutes,
        row_number() over (
            order by f.avg_rating desc nulls last, coalesce(f.tickets_resolved, 0) desc, m.id
        ),
        -- the first among those with enough ratings
        coalesce(f.rated_tickets >= 5, false)
        and row_number() over (
            partition by coalesce(f.rated_tickets >= 5, false)
            order by f.avg_rating desc nulls last, coalesce(f.tickets_resolved, 0) desc, m.id
        ) = 1
    from public.team_members as m
    left join figures as f on f.assigned_to = m.id
    left join analytics.percentiles(where_tickets, 'assigned_to', array[0.5]) as d on d.assigned_to = m.id
    where filter.holds(where_tickets.assigned_to, m.id)
$$;
comment on function public.team_performance(public.ticket_filter) is
'How each team member does on the selected tickets: one row for each member, also those without tickets; a filter on assigned_to narrows the members too.

Counts: tickets_assigned, tickets_resolved (resolved_at is set), open_tickets (status category open or pending, no status counts as open), by_status (the count of each status, "none" for tickets without one).
Hours from creation to resolution over resolved tickets: avg_resolution_hours, median_resolution_hours (exact).
Satisfaction: avg_rating (1 to 5; null when nobody rated), rated_tickets, response_rate_percent (share of the resolved tickets that were rated).
first_response_avg_minutes: from creation to the first public message by staff.
rank: by avg_rating, best first and unrated last, then by tickets_resolved, then by id. is_top_performer: the first in that order among members with at least 5 rated tickets.';
revoke all on function public.team_performance(public.ticket_filter) from public;
grant execute on function public.team_performance(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
