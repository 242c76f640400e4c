-- requires: sql/functions/analytics.cell_conditions.sql, sql/functions/analytics.has_whole_hours.sql, sql/functions/analytics.node_for.sql, sql/functions/analytics.rollup_zone.sql, sql/functions/analytics.segments.sql, sql/functions/analytics.selected_at_any_time.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/views/analytics.ticket_facts.sql
--
-- How many of the tickets that a filter selects, whenever they were created, have their time (created, resolved)
-- in which hour of which day of the week of the session's time zone, 1 being Monday; "within" cuts them, held
-- against that time. What has no finite time is in no hour.
--
-- From the cells of hours where theirs are hours of the session's zone too, with the changes that they do not
-- have yet and what is less than a day at the period's ends; else from the tickets. As analytics.sums() otherwise.
create or replace function analytics.hours(
    where_tickets public.ticket_filter,
    series text,
    within filter.period default null
)
returns table (weekday integer, hour integer, tickets bigint)
language plpgsql
stable
parallel safe
rows 168
set search_path = ''
as $$
declare
    zone constant text := analytics.rollup_zone();
    is_own_zone constant boolean := zone = current_setting('TimeZone');
    moment constant text := format('x.%I', hours.series || '_at');
    any_time public.ticket_filter := where_tickets;
    node smallint;
    facts text;
begin
    any_time.created_at := within;
    node := analytics.node_for(any_time, 'tickets', series, '{hour}', '{}');
    if node is not null and not (case
        -- an hour that comes twice is one cell: no period may begin between the two
        when is_own_zone then not exists (
            select
            from analytics.segments(within) as s
            cross join unnest(array[s.begins, s.ends]) as e (edge)
            cross join generate_series(1, 3) as h (hours)
            where s.grain is not null
                and isfinite(e.edge)
                and timezone(zone, e.edge + make_interval(hours => h.hours)) < timezone(zone, e.edge)
        )
        when zone = 'UTC' then (
            select analytics.has_whole_hours(date_trunc('day', min(c.since)), date_trunc('day', max(c.since)))
            from analytics.ticket_cells as c
            where c.series = hours.series
                and c.grain = 'hour'
                and c.node = 0
                and c.since > '-infinity'
                and c.since < 'infinity'
        )
        else false
    end) then
        node := null;
    end if;

    if node is null then
        facts := format(
            $sql$
            select
                date_trunc('hour', %1$s::timestamp) as hour,
                count(*) as tickets
            from analytics.ticket_facts as x
            where analytics.selected_at_any_time($1, x)
                and filter.holds($2, %1$s)
            group by 1
            $sql$,
            moment
        );
    else
        facts := format(
            $sql$
            with segments as materialized (
                select
                    s.grain,
                    s.first,
                    s.last + case s.grain when 'day' then interval '1 day' when 'month' then interval '1 month' else '0' end as beyond,
                    s.begins,
                    s.ends
                from analytics.segments($2) as s
            )
            select
                %2$s as hour,
                c.tickets
            from segments as s
            join analytics.ticket_cells as c
                on c.series = $3
                and c.grain = 'hour'
                and c.node = $4
                and c.since >= s.first
                and c.since < case s.grain when 'all' then 'infinity' else s.beyond end
            where %3$s
            union all
            select
                date_trunc('hour', %1$s::timestamp),
                x.change
            from analytics.ticket_delta as x
            where %4$s
                and exists (
                    select
                    from segments as s
                    where s.grain is not null
                        and (s.begins is null or %1$s >= s.begins)
                        and (s.ends is null or %1$s < s.ends)
                )
            $sql$,
            moment,
            case when is_own_zone then 'c.since' else 'timezone(''UTC'', c.since)::timestamp' end,
            analytics.cell_conditions(node, 'c', '{assigned_to,priority}'),
            analytics.cell_conditions(node, 'x')
        );
        -- what is not needed is not planned
        if exists (select from analytics.segments(within) as s where s.grain is null) then
            facts := facts || format(
                $sql$
                union all
                select
                    date_trunc('hour', %1$s::timestamp),
                    1
                from segments as s
                join analytics.ticket_facts as x
                    on %1$s >= s.begins
                    and %1$s < s.ends
                where s.grain is null
                    and %2$s
                $sql$,
                moment,
                analytics.cell_conditions(node, 'x')
            );
        end if;
    end if;

    return query execute format(
        $sql$
        select
            date_part('isodow', h.hour)::integer,
            date_part('hour', h.hour)::integer,
            sum(h.tickets)::bigint
        from (%s) as h
        where isfinite(h.hour)
        group by 1, 2
        $sql$,
        facts
    )
    using where_tickets, within, series, node;
end
$$;
comment on function analytics.hours(public.ticket_filter, text, filter.period) is
'How many of the selected tickets were created or resolved in which hour of the week.';
revoke all on function analytics.hours(public.ticket_filter, text, filter.period) from public;
grant execute on function analytics.hours(public.ticket_filter, text, filter.period) to desk_internal, desk_service;
