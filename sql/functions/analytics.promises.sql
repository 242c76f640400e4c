-- requires: sql/functions/analytics.cell_conditions.sql, sql/functions/analytics.cell_range.sql, sql/functions/analytics.node_for.sql, sql/functions/analytics.promise_measures.sql, sql/functions/analytics.segments.sql, sql/functions/analytics.selected.sql, sql/policies/analytics.promise_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/policies/public.sla_clocks.sql, sql/views/analytics.ticket_facts.sql
--
-- What became of the promises to the selected tickets, by priority: as analytics.sums, from cells, changes and
-- edges, or from the tickets.
--
-- Both count a clock as running until its breach is recorded. Those that are overdue and not recorded yet, a few
-- seconds' worth while the jobs run, are looked up and counted as breached.
create or replace function analytics.promises(where_tickets public.ticket_filter)
returns table (
    priority text,
    first_response_met bigint,
    first_response_breached bigint,
    first_response_running bigint,
    next_response_met bigint,
    next_response_breached bigint,
    next_response_running bigint,
    resolution_met bigint,
    resolution_breached bigint,
    resolution_running bigint
)
language plpgsql
stable
parallel safe
rows 5
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    dated constant boolean := not (where_tickets.created_at is null);
    node constant smallint := analytics.node_for(
        where_tickets,
        'promises',
        'created',
        case when dated then '{day,month}' else '{all}' end::text[],
        '{priority}'
    );
    segment record;
    arms text[] := array[
        'select
            o.priority, 0,
            0, o.first_response, -o.first_response,
            0, o.next_response, -o.next_response,
            0, o.resolution, -o.resolution
        from overdue as o'
    ];
    in_cells text[] := '{}';
    from_tickets constant text :=
        'select f.priority::text, m.*
        from analytics.ticket_facts as f
        cross join lateral analytics.promise_measures(1, (f.ticket).promises) as m
        where (f.ticket).promises <> 0
            and ';
begin
    if node is null then
        arms := arms || (from_tickets || 'analytics.selected($1, f)');
    end if;
    for segment in
        select
            s.grain,
            s.first,
            s.last,
            s.begins,
            s.ends
        from analytics.segments(where_tickets.created_at) as s
        where node is not null
    loop
        if segment.grain is null then
            arms := arms || format(
                from_tickets || 'f.created_at >= %L and f.created_at < %L and %s',
                segment.begins,
                segment.ends,
                analytics.cell_conditions(node, 'f')
            );
        else
            arms := arms || format(
                $sql$
                select
                    c.priority, c.tickets,
                    c.first_response_met, c.first_response_breached, c.first_response_running,
                    c.next_response_met, c.next_response_breached, c.next_response_running,
                    c.resolution_met, c.resolution_breached, c.resolution_running
                from analytics.promise_cells as c
                where c.grain = %L
                    and c.node = $2
                    and c.since %s
                    and %s
                $sql$,
                segment.grain,
                analytics.cell_range(segment.first, segment.last),
                analytics.cell_conditions(node, 'c')
            );
            -- without a period also what was never created
            in_cells := in_cells || concat_ws(
                ' and ',
                case when dated then 'd.created_at is not null' else 'true' end,
                'd.created_at >= ' || quote_literal(segment.begins),
                'd.created_at < ' || quote_literal(segment.ends)
            );
        end if;
    end loop;
    -- a desk that has been folded has no changes: then their part need not be planned
    if in_cells <> '{}' and exists (select from analytics.ticket_delta) then
        arms := arms || format(
            $sql$
            select d.priority, m.*
            from analytics.ticket_delta as d
            cross join lateral analytics.promise_measures(d.change, d.promises) as m
            where d.promises <> 0
                and %s
                and (%s)
            $sql$,
            analytics.cell_conditions(node, 'd'),
            array_to_string(in_cells, ' or ')
        );
    end if;
    return query execute format(
        $sql$
        with overdue as (
            select
                f.priority::text as priority,
                count(*) filter (where k.metric = 'first_response') as first_response,
                count(*) filter (where k.metric = 'next_response') as next_response,
                count(*) filter (where k.metric = 'resolution') as resolution
            from public.sla_clocks as k
            join analytics.ticket_facts as f on f.id = k.ticket_id
            where k.stopped_at is null
                and k.breached_at is null
                and k.due_at < now()
                and k.target_seconds is not null
                and analytics.selected($1, f)
            group by f.priority
        )
        select
            x.priority,
            sum(x.first_response_met)::bigint,
            sum(x.first_response_breached)::bigint,
            sum(x.first_response_running)::bigint,
            sum(x.next_response_met)::bigint,
            sum(x.next_response_breached)::bigint,
            sum(x.next_response_running)::bigint,
            sum(x.resolution_met)::bigint,
            sum(x.resolution_breached)::bigint,
            sum(x.resolution_running)::bigint
        from (
            %s
        ) as x (
            priority, tickets,
            first_response_met, first_response_breached, first_response_running,
            next_response_met, next_response_breached, next_response_running,
            resolution_met, resolution_breached, resolution_running
        )
        group by x.priority
        $sql$,
        array_to_string(arms, ' union all ')
    )
    using where_tickets, node;
end
$$;
comment on function analytics.promises(public.ticket_filter) is
'What became of the promises to the selected tickets, by their priority.';
revoke all on function analytics.promises(public.ticket_filter) from public;
grant execute on function analytics.promises(public.ticket_filter) to desk_internal, desk_service;
