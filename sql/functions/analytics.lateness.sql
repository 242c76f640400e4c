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
    -- what a desk has rarely is planned only where it has it
    has_other_hours constant boolean := exists (
        select
        from analytics.expectations as e
        where e.expected_hours not between 0 and 32766
    );
    has_timeless constant boolean :=
        exists (select from public.tickets as t where t.created_at is null)
        or exists (select from public.tickets as t where t.created_at = '-infinity');
    dimensions constant text := (
        select string_agg(case when d.name = any (by) then 'x.' || d.name else format('null::%s', d.type) end, ', ' order by d.nth)
        from unnest(
            array['assigned_to', 'ticket_type_id', 'priority'],
            array['integer', 'integer', 'text']
        ) with ordinality as d (name, type, nth)
    );
begin
    if duration_node is null and not running_only
        or ticket_node is null
        or is_dated and analytics.is_few(where_tickets)
    then
        return query execute format(
            $sql$
            select
                %s,
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
                    and (x.status is null or x.status = any ($2)) as is_running_late
                from (
                    select
                        e.type_id,
                        e.expected_seconds,
                        now() - make_interval(secs => e.expected_seconds) as late_before
                    from analytics.expectations as e
                    offset 0
                ) as e
                join analytics.ticket_facts as x on x.ticket_type_id = e.type_id
                where analytics.selected($1, x)
            ) as x
            group by 1, 2, 3
            $sql$,
            dimensions
        )
        using where_tickets, open_statuses;
        return;
    end if;
    return query execute format(
        $sql$
        with segments as materialized (
            select
                s.grain,
                s.first,
                s.last,
                s.begins,
                s.ends
            from analytics.segments($1.created_at) as s
        ),
        expectations as materialized (
            select
                e.type_id,
                e.expected_seconds,
                now() - make_interval(secs => e.expected_seconds) as late_before,
                -- the first begun hour of those that took longer; null where cells do not know
                case when e.expected_hours between 0 and 32766 then e.expected_hours + 1 end as late_from
            from analytics.expectations as e
            where e.expected_seconds is not null
        ),
        changes as (
            select
                d.*,
                e.expected_seconds,
                e.late_from
            from analytics.ticket_delta as d
            join expectations as e on e.type_id = d.ticket_type_id
            where %5$s
                and exists (
                    select
                    from segments as s
                    where s.grain is not null
                        and (s.begins is null or d.created_at >= s.begins)
                        and (s.ends is null or d.created_at < s.ends)
                )
        )
        select
            %1$s,
            sum(x.resolved_late)::bigint,
            sum(x.running_late)::bigint
        from (
            select
                c.assigned_to,
                c.ticket_type_id,
                c.priority,
                c.tickets as resolved_late,
                0::bigint as running_late
            from segments as s
            cross join expectations as e
            join analytics.duration_cells as c
                on c.series = 'resolution'
                and c.grain = s.grain
                and c.node = $2
                and %8$s
                and c.bucket >= e.late_from
            where not $5
                and %6$s
            union all
            select
                c.assigned_to,
                c.ticket_type_id,
                c.priority,
                0,
                c.tickets - c.resolved
            from segments as s
            join analytics.ticket_cells as c
                on c.series = 'created'
                and c.grain = s.grain
                and c.node = $3
                and %9$s
            join expectations as e on e.type_id = c.ticket_type_id
            where c.tickets <> c.resolved
                and (c.status is null or c.status = any ($4))
                and %7$s
            union all
            select
                d.assigned_to,
                d.ticket_type_id,
                d.priority,
                case when d.late_from is not null and d.resolution_seconds > d.expected_seconds then d.change else 0 end,
                case when d.resolved_at is null and (d.status is null or d.status = any ($4)) then d.change else 0 end
            from changes as d
            union all
            select
                f.assigned_to,
                f.ticket_type_id,
                f.priority,
                0,
                -1
            from expectations as e
            cross join lateral (
                select y.*
                from analytics.ticket_facts as y
                where y.ticket_type_id = e.type_id
                    and y.resolved_at is null
                    and y.created_at >= e.late_before
                    and analytics.selected($1, y)
                %4$s
            ) as f
            where f.status is null or f.status = any ($4)
            %2$s
            %3$s
        ) as x
        group by 1, 2, 3
        having sum(x.resolved_late) <> 0
            or sum(x.running_late) <> 0
        $sql$,
        dimensions,
        -- created in what is less than a day at the period's ends
        case when is_dated then format($sql$
            union all
            select
                f.assigned_to,
                f.ticket_type_id,
                f.priority,
                case when f.late_from is not null and f.resolution_seconds > f.expected_seconds then 1 else 0 end,
                case when f.resolved_at is null and (f.status is null or f.status = any ($4)) then 1 else 0 end
            from (
                select
                    f.assigned_to,
                    f.ticket_type_id,
                    f.priority,
                    f.status,
                    f.resolved_at,
                    f.resolution_seconds,
                    e.expected_seconds,
                    e.late_from
                from segments as s
                join analytics.ticket_facts as f
                    on f.created_at >= s.begins
                    and f.created_at < s.ends
                join expectations as e on e.type_id = f.ticket_type_id
                where s.grain is null
                    and %s
            ) as f
        $sql$, analytics.cell_conditions(ticket_node, 'f')) end,
        -- what cells do not tell apart
        case when has_other_hours and not running_only then $sql$
            union all
            select
                f.assigned_to,
                f.ticket_type_id,
                f.priority,
                1,
                0
            from expectations as e
            join analytics.ticket_facts as f
                on f.ticket_type_id = e.type_id
                and f.resolution_seconds > e.expected_seconds
            where e.late_from is null
                and analytics.selected($1, f)
        $sql$ end,
        -- what is as old as time, or has no age
        case when has_timeless then $sql$
                union all
                select y.*
                from analytics.ticket_facts as y
                where y.ticket_type_id = e.type_id
                    and y.resolved_at is null
                    and y.created_at = '-infinity'
                    and analytics.selected($1, y)
                union all
                select y.*
                from analytics.ticket_facts as y
                where y.ticket_type_id = e.type_id
                    and y.resolved_at is null
                    and y.created_at is null
                    and analytics.selected($1, y)
        $sql$ end,
        analytics.cell_conditions(ticket_node, 'd'),
        case when running_only then 'true' else analytics.cell_conditions(duration_node, 'c') end,
        analytics.cell_conditions(ticket_node, 'c'),
        -- of all time, the index goes to each type; of a period it is walked once, and not once for each type
        case
            when is_dated then 'c.since between s.first and s.last and c.ticket_type_id + 0 = e.type_id'
            else 'c.since = ''-infinity'' and c.ticket_type_id = e.type_id'
        end,
        case when is_dated then 'c.since between s.first and s.last' else 'c.since = ''-infinity''' end
    )
    using where_tickets, duration_node, ticket_node, open_statuses, running_only;
end
$$;
comment on function analytics.lateness(public.ticket_filter, text[], boolean) is
'How many of the selected tickets took longer than their type''s avg_resolution_hours, and how many are open and already older: a row for each combination of the dimensions named. Where only the latter are asked for, the former are any number.';
revoke all on function analytics.lateness(public.ticket_filter, text[], boolean) from public;
grant execute on function analytics.lateness(public.ticket_filter, text[], boolean) to desk_internal, desk_service;
