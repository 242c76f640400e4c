-- requires: sql/functions/analytics.duration_edges.sql, sql/functions/analytics.cell_conditions.sql, sql/functions/analytics.is_few.sql, sql/functions/analytics.node_for.sql, sql/functions/analytics.segments.sql, sql/functions/analytics.selected.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/views/analytics.expectations.sql, sql/views/analytics.ticket_facts.sql
--
-- How many of the selected tickets took longer than is expected of their type, and how many are open and already
-- older than that: a row for each combination of the dimensions in "by" (assigned_to, ticket_type_id, priority)
-- that has any. What is expected, and what time it is, is looked up now.
--
-- resolved_late from the cells that tell begun hours apart; of a type of which nearly four years are expected, or
-- less than nothing, from the tickets themselves. running_late are all that are open less those that are too
-- young, which few are, however many tickets there are (tickets_unresolved_idx).
create or replace function analytics.lateness(
    where_tickets public.ticket_filter,
    by text[],
    running_only boolean default false
)
returns table (
    assigned_to integer,
    ticket_type_id integer,
    priority text,
    resolved_late bigint,
    running_late bigint
)
language plpgsql
stable
parallel safe
rows 50
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    is_dated constant boolean := not (where_tickets.created_at is null);
    grains constant text[] := case when is_dated then '{day,month}' else '{all}' end;
    duration_node constant smallint := analytics.node_for(where_tickets, 'durations', 'resolution', grains, array['ticket_type_id'] || by, 32);
    ticket_node constant smallint := analytics.node_for(where_tickets, 'tickets', 'created', grains, array['ticket_type_id', 'status'] || by);
    -- a ticket without a status is open
    open_statuses constant text[] := array(
        select s.code
        from public.ticket_statuses as s
        where s.category in ('open', 'pending')
    );
    dimensions constant text := (
        select string_agg(case when d.name = any (by) then 'x.' || d.name else format('null::%s', d.type) end, ', ' order by d.nth)
        from unnest(
            array['assigned_to', 'ticket_type_id', 'priority'],
            array['integer', 'integer', 'text']
        ) with ordinality as d (name, type, nth)
    );
    -- The types as four lists of one order, which cost less to plan than their view: what is expected, before when who
    -- is not resolved is late, and the first begun hour of those that took longer, null where cells do not know.
    types record;
    expectations constant text := 'unnest($5, $6, $7, $8) as e (type_id, expected_seconds, late_before, late_from)';
    segment record;
    arms text[] := '{}';
    in_cells text[] := '{}';
begin
    select
        array_agg(e.type_id) as ids,
        array_agg(e.expected_seconds) as expected_seconds,
        array_agg(now() - make_interval(secs => e.expected_seconds)) as late_before,
        array_agg(case when e.expected_hours between 0 and 32766 then (e.expected_hours + 1)::smallint end) as late_from
    into types
    from analytics.expectations as e
    where e.expected_seconds is not null;

    if duration_node is null and not running_only
        or ticket_node is null
        or is_dated and analytics.is_few(where_tickets, 15000)
    then
        return query execute format(
            $sql$
            select
                %1$s,
                count(*) filter (where x.is_resolved_late),
                count(*) filter (where x.is_running_late)
            from (
                select
                    x.assigned_to,
                    x.ticket_type_id,
                    x.priority::text,
                    x.resolution_seconds > e.expected_seconds as is_resolved_late,
                    x.resolved_at is null
                    and x.created_at < e.late_before
                    and x.created_at > '-infinity'
                    and (x.status is null or x.status = any ($4)) as is_running_late
                from %2$s
                join analytics.ticket_facts as x on x.ticket_type_id = e.type_id
                where analytics.selected($1, x)
            ) as x
            group by 1, 2, 3
            $sql$,
            dimensions,
            expectations
        )
        using where_tickets, duration_node, ticket_node, open_statuses,
            types.ids, types.expected_seconds, types.late_before, types.late_from;
        return;
    end if;

    for segment in
        select
            s.grain,
            s.first,
            s.last,
            s.begins,
            s.ends
        from analytics.segments(where_tickets.created_at) as s
    loop
        if segment.grain is null then
            arms := arms || format(
                $sql$
                select
                    f.assigned_to,
                    f.ticket_type_id,
                    f.priority::text,
                    case when e.late_from is not null and f.resolution_seconds > e.expected_seconds then 1 else 0 end as resolved_late,
                    case when f.resolved_at is null and (f.status is null or f.status = any ($4)) then 1 else 0 end as running_late
                from analytics.ticket_facts as f
                join %1$s on e.type_id = f.ticket_type_id
                where f.created_at >= %2$L
                    and f.created_at < %3$L
                    and %4$s
                $sql$,
                expectations,
                segment.begins,
                segment.ends,
                analytics.cell_conditions(ticket_node, 'f')
            );
        else
            if not running_only then
                arms := arms || format(
                    $sql$
                    select
                        c.assigned_to,
                        c.ticket_type_id,
                        c.priority,
                        c.tickets as resolved_late,
                        0 as running_late
                    from %1$s
                    join analytics.duration_cells as c
                        on c.series = 'resolution'
                        and c.grain = %2$L
                        and c.node = $2
                        and c.since %3$s
                        -- of all time, the index goes to each type; of a period it is walked once, and not once for each
                        and c.ticket_type_id%4$s = e.type_id
                        and c.bucket >= e.late_from
                    where %5$s
                    $sql$,
                    expectations,
                    segment.grain,
                    analytics.cell_range(segment.first, segment.last),
                    case when is_dated then ' + 0' end,
                    analytics.cell_conditions(duration_node, 'c', '{assigned_to}')
                );
            end if;
            arms := arms || format(
                $sql$
                select
                    c.assigned_to,
                    c.ticket_type_id,
                    c.priority,
                    0 as resolved_late,
                    c.tickets - c.resolved as running_late
                from analytics.ticket_cells as c
                where c.series = 'created'
                    and c.grain = %1$L
                    and c.node = $3
                    and c.since %2$s
                    and c.ticket_type_id = any ($5)
                    and c.tickets <> c.resolved
                    and (c.status is null or c.status = any ($4))
                    and %3$s
                $sql$,
                segment.grain,
                analytics.cell_range(segment.first, segment.last),
                analytics.cell_conditions(ticket_node, 'c')
            );
            -- without a period also what was never created
            in_cells := in_cells || concat_ws(
                ' and ',
                case when is_dated then 'd.created_at is not null' else 'true' end,
                'd.created_at >= ' || quote_literal(segment.begins),
                'd.created_at < ' || quote_literal(segment.ends)
            );
        end if;
    end loop;
    if arms = '{}' then
        return;
    end if;
    -- what there is not is not planned
    if in_cells <> '{}' and exists (select from analytics.ticket_delta) then
        arms := arms || format(
            $sql$
            select
                d.assigned_to,
                d.ticket_type_id,
                d.priority,
                case when e.late_from is not null and d.resolution_seconds > e.expected_seconds then d.change else 0 end as resolved_late,
                case when d.resolved_at is null and (d.status is null or d.status = any ($4)) then d.change else 0 end as running_late
            from analytics.ticket_delta as d
            join %1$s on e.type_id = d.ticket_type_id
            where %2$s
                and (%3$s)
            $sql$,
            expectations,
            analytics.cell_conditions(ticket_node, 'd'),
            array_to_string(in_cells, ' or ')
        );
    end if;
    -- what cells do not tell apart
    if not running_only and array_position(types.late_from, null) is not null then
        arms := arms || format(
            $sql$
            select
                f.assigned_to,
                f.ticket_type_id,
                f.priority::text,
                1 as resolved_late,
                0 as running_late
            from %s
            join analytics.ticket_facts as f
                on f.ticket_type_id = e.type_id
                and f.resolution_seconds > e.expected_seconds
            where e.late_from is null
                and analytics.selected($1, f)
            $sql$,
            expectations
        );
    end if;
    -- all that are open are late, but for the young, and for what is as old as time or has no age
    arms := arms || array(
        select format(
            $sql$
            select
                f.assigned_to,
                f.ticket_type_id,
                f.priority::text,
                0 as resolved_late,
                -1 as running_late
            from %1$s
            join analytics.ticket_facts as f
                on f.ticket_type_id = e.type_id
                and f.resolved_at is null
                and f.created_at %2$s
            where (f.status is null or f.status = any ($4))
                and analytics.selected($1, f)
            $sql$,
            expectations,
            o.aged
        )
        from (
            values
                ('>= e.late_before', true),
                ('= ''-infinity''', exists (select from public.tickets as t where t.created_at = '-infinity')),
                ('is null', exists (select from public.tickets as t where t.created_at is null))
        ) as o (aged, is_there)
        where o.is_there
    );
    return query execute format(
        $sql$
        select
            %1$s,
            sum(x.resolved_late::double precision)::bigint,
            sum(x.running_late::double precision)::bigint
        from (%2$s) as x
        group by 1, 2, 3
        having sum(x.resolved_late::double precision) <> 0
            or sum(x.running_late::double precision) <> 0
        $sql$,
        dimensions,
        array_to_string(arms, ' union all ')
    )
    using where_tickets, duration_node, ticket_node, open_statuses,
        types.ids, types.expected_seconds, types.late_before, types.late_from;
end
$$;
comment on function analytics.lateness(public.ticket_filter, text[], boolean) is
'How many of the selected tickets took longer than their type''s avg_resolution_hours, and how many are open and already older: a row for each combination of the dimensions named. Where only the latter are asked for, the former are any number.';
revoke all on function analytics.lateness(public.ticket_filter, text[], boolean) from public;
grant execute on function analytics.lateness(public.ticket_filter, text[], boolean) to desk_internal, desk_service;
