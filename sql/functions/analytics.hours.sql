-- requires: sql/functions/analytics.cell_conditions.sql, sql/functions/analytics.has_whole_hours.sql, sql/functions/analytics.node_for.sql, sql/functions/analytics.rollup_zone.sql, sql/functions/analytics.segments.sql, sql/functions/analytics.selected_at_any_time.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/views/analytics.ticket_facts.sql
--
-- How many of the tickets that a filter selects, whenever they were created, were created and resolved in which hour of
-- which day of the week of the session's time zone, 1 being Monday; "within" cuts each series, held against its own
-- time. What has no finite time is in no hour.
--
-- From the cells of hours where theirs are hours of the session's zone too, with the changes that they do not
-- have yet and what is less than a day at the period's ends; else from the tickets. As analytics.sums() otherwise.
--
-- Nothing is sorted: the planner expects a few dozen hours, and thousands are sooner hashed.
drop function if exists analytics.hours(public.ticket_filter, text, filter.period);

create or replace function analytics.hours(where_tickets public.ticket_filter, within filter.period default null)
returns table (weekday integer, hour integer, created bigint, resolved bigint)
language plpgsql
stable
parallel safe
rows 168
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_sort = off
as $$
declare
    zone constant text := analytics.rollup_zone();
    is_own_zone constant boolean := zone = current_setting('TimeZone');
    any_time public.ticket_filter := where_tickets;
    own_series text;
    moment text;
    node smallint;
    whole record;
    arms text[];
    counted text[] := '{}';
begin
    any_time.created_at := within;
    -- whole days follow each other: they are one stretch of time
    select
        min(s.first) as first,
        max(case s.grain when 'day' then s.last + interval '1 day' when 'month' then s.last + interval '1 month' else 'infinity' end) as beyond,
        min(coalesce(s.begins, '-infinity')) as begins,
        max(coalesce(s.ends, 'infinity')) as ends
    into whole
    from analytics.segments(within) as s
    where s.grain is not null;

    foreach own_series in array array['created', 'resolved'] loop
        moment := format('x.%I', own_series || '_at');
        arms := '{}';
        node := analytics.node_for(any_time, 'tickets', own_series, '{hour}', '{}');
        if node is null or not (case
            -- an hour that comes twice is one cell: no period may begin between the two
            when is_own_zone then not exists (
                select
                from unnest(array[whole.begins, whole.ends]) as e (edge)
                cross join generate_series(1, 3) as h (hours)
                where isfinite(e.edge)
                    and timezone(zone, e.edge + make_interval(hours => h.hours)) < timezone(zone, e.edge)
            )
            when zone = 'UTC' then (
                select analytics.has_whole_hours(date_trunc('day', min(c.since)), date_trunc('day', max(c.since)))
                from analytics.ticket_cells as c
                where c.series = own_series
                    and c.grain = 'hour'
                    and c.node = 0
                    and c.since > '-infinity'
                    and c.since < 'infinity'
            )
            else false
        end) then
            arms := arms || format(
                $sql$
                select
                    date_trunc('hour', %1$s::timestamp) as hour,
                    count(*) as tickets
                from analytics.ticket_facts as x
                where analytics.selected_at_any_time($1, x)
                    and filter.holds($2, %1$s)
                    and isfinite(%1$s)
                group by 1
                $sql$,
                moment
            );
            node := null;
        end if;
        -- what is not needed is not planned
        if node is not null and whole.first is not null then
            arms := arms || format(
                $sql$
                select
                    %s as hour,
                    c.tickets
                from analytics.ticket_cells as c
                where c.series = %L
                    and c.grain = 'hour'
                    and c.node = %L
                    and c.since %s %L
                    and c.since < %L
                    and %s
                $sql$,
                case when is_own_zone then 'c.since' else 'timezone(''UTC'', c.since)::timestamp' end,
                own_series,
                node,
                case when isfinite(whole.first) then '>=' else '>' end,
                whole.first,
                whole.beyond,
                analytics.cell_conditions(node, 'c', '{assigned_to,priority}')
            );
        end if;
        if node is not null and whole.first is not null and exists (select from analytics.ticket_delta) then
            arms := arms || format(
                $sql$
                select
                    date_trunc('hour', %1$s::timestamp) as hour,
                    x.change as tickets
                from analytics.ticket_delta as x
                where %1$s >= %2$L
                    and %1$s < %3$L
                    and isfinite(%1$s)
                    and %4$s
                $sql$,
                moment,
                whole.begins,
                whole.ends,
                analytics.cell_conditions(node, 'x')
            );
        end if;
        arms := arms || array(
            select format(
                $sql$
                select
                    date_trunc('hour', %1$s::timestamp) as hour,
                    1 as tickets
                from analytics.ticket_facts as x
                where %1$s >= %2$L
                    and %1$s < %3$L
                    and %4$s
                $sql$,
                moment,
                s.begins,
                s.ends,
                analytics.cell_conditions(node, 'x')
            )
            from analytics.segments(within) as s
            where s.grain is null
                and node is not null
        );
        -- Thousands of hours fall upon 168. How long each begins after its Monday is worked out in half the time that the
        -- names of day and hour take, which are asked of the few sums. (Before 2001 it may be the Monday before.)
        if arms <> '{}' then
            counted := counted || format(
                $sql$
                select
                    h.hour - date_bin('7 days', h.hour, '2001-01-01') as since,
                    %s
                from (%s) as h
                group by 1
                $sql$,
                format(case own_series when 'created' then '%s, 0' else '0, %s' end, 'sum(h.tickets::double precision)'),
                array_to_string(arms, ' union all ')
            );
        end if;
    end loop;
    if counted = '{}' then
        return;
    end if;
    return query execute format(
        $sql$
        select
            date_part('day', w.since)::integer %% 7 + 1,
            date_part('hour', w.since)::integer,
            sum(w.created)::bigint,
            sum(w.resolved)::bigint
        from (%s) as w (since, created, resolved)
        group by 1, 2
        $sql$,
        array_to_string(counted, ' union all ')
    )
    using where_tickets, within;
end
$$;
comment on function analytics.hours(public.ticket_filter, filter.period) is
'How many of the selected tickets were created and resolved in which hour of the week.';
revoke all on function analytics.hours(public.ticket_filter, filter.period) from public;
grant execute on function analytics.hours(public.ticket_filter, filter.period) to desk_internal, desk_service;
