-- requires: sql/functions/analytics.overview_before.sql, sql/functions/analytics.percentiles.sql, sql/functions/analytics.sums.sql
--
-- The few sums by status are added up; the exact median comes by itself. No SET clause: the function is inlined.
drop function if exists public.dashboard_overview(public.ticket_filter);

create or replace function public.dashboard_overview(
    where_tickets public.ticket_filter default null,
    compare text default null
)
returns table (
    total_tickets bigint,
    open_tickets bigint,
    by_status jsonb,
    resolved_tickets bigint,
    avg_resolution_hours double precision,
    median_resolution_hours double precision,
    avg_rating double precision,
    rated_tickets bigint,
    response_rate_percent numeric,
    csat_percent numeric,
    first_response_avg_minutes double precision,
    previous jsonb
)
language sql
stable
parallel safe
rows 1
as $$
    with by_status as (
        select f.*
        from analytics.sums(where_tickets, '{status}') as f
    )
    select
        coalesce(sum(b.tickets), 0)::bigint,
        coalesce(sum(b.tickets) filter (where coalesce(s.category, 'open') in ('open', 'pending')), 0)::bigint,
        coalesce(jsonb_object_agg(coalesce(b.status, 'none'), b.tickets) filter (where b.tickets is not null), '{}'),
        coalesce(sum(b.resolved), 0)::bigint,
        sum(b.resolution_us)::double precision / nullif(sum(b.timed), 0)::double precision / 3600000000,
        (
            select f.seconds[1] / 3600
            from analytics.percentiles(where_tickets, null, array[0.5]) as f
        ),
        sum(b.rating_sum)::double precision / nullif(sum(b.rated), 0)::double precision,
        coalesce(sum(b.rated), 0)::bigint,
        round(100.0 * sum(b.resolved_and_rated) / nullif(sum(b.resolved), 0), 1),
        round(100.0 * sum(b.satisfied) / nullif(sum(b.rated), 0), 1),
        sum(b.first_response_us)::double precision / nullif(sum(b.answered), 0)::double precision / 60000000,
        case
            when dashboard_overview.compare is not null
                then analytics.overview_before(where_tickets, dashboard_overview.compare)
        end
    from by_status as b
    left join public.ticket_statuses as s on s.code = b.status
$$;
comment on function public.dashboard_overview(public.ticket_filter, text) is
'The summary cards over the selected tickets: one row.

Counts: total_tickets; open_tickets (status category open or pending, no status counts as open); by_status (the count of each status, "none" for tickets without one); resolved_tickets (resolved_at is set).
Hours from creation to resolution over resolved tickets: avg_resolution_hours, median_resolution_hours (exact).
Satisfaction: avg_rating (1 to 5; null when nobody rated), rated_tickets, response_rate_percent (share of the resolved tickets that were rated), csat_percent (share of ratings 4 and 5).
first_response_avg_minutes: from creation to the first public message by staff.

compare=previous fills previous with the same figures for the period of equal length before the one in created_at, which must have a beginning and an end: as many days for whole days, March is compared with the 31 days before, else the same duration. Its from (included) and before (excluded) say which: created_at=gte.FROM&created_at=lt.BEFORE. It is null otherwise.';
revoke all on function public.dashboard_overview(public.ticket_filter, text) from public;
grant execute on function public.dashboard_overview(public.ticket_filter, text)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
