-- requires: sql/functions/analytics.cell_conditions.sql, sql/functions/analytics.cell_range.sql, sql/functions/analytics.node_for.sql, sql/functions/analytics.segments.sql, sql/functions/analytics.selected.sql, sql/functions/analytics.ticket_measures.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/views/analytics.ticket_facts.sql
--
-- What widgets count, over the selected tickets: one row for each combination of the dimensions in "by" that has
-- tickets; the other dimensions are null. From the cells where they can answer, with the changes that they do not
-- have yet and what is less than a day at the period's ends; else from the tickets. Which of the two, says
-- analytics.node_for().
--
-- plpgsql, because only what is read is planned then; its statements see what the calling statement sees. EXECUTE
-- plans for the filter's values: conditions meet their indexes, and what was not given is gone. All parts are one
-- statement, so they see one state of the data: no change is counted twice, as it is being folded, or not at all.
--
-- Whatever is not EXECUTEd has plans that are kept: requests with filters run with force_custom_plan, and by it each
-- expression of this function and of those it calls would be planned in every request, for a millisecond or two.
create or replace function analytics.sums(where_tickets public.ticket_filter, by text[])
returns table (
    assigned_to integer,
    ticket_type_id integer,
    client_id integer,
    priority text,
    status text,
    tickets bigint,
    resolved bigint,
    timed bigint,
    resolution_us numeric,
    rated bigint,
    resolved_and_rated bigint,
    satisfied bigint,
    rating_sum bigint,
    answered bigint,
    first_response_us numeric,
    endless bigint,
    reopened bigint,
    ever_resolved bigint,
    one_touch bigint,
    promised bigint,
    answered_in_time bigint
)
language plpgsql
stable
parallel safe
rows 50
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    dated constant boolean := not (where_tickets.created_at is null);
    node constant smallint := analytics.node_for(
        where_tickets,
        'tickets',
        'created',
        case when dated then '{day,month}' else '{all}' end::text[],
        by
    );
    summed constant text := format(
        $sql$
        select
            %s,
            sum(x.tickets)::bigint,
            sum(x.resolved)::bigint,
            sum(x.timed)::bigint,
            sum(x.resolution_us),
            sum(x.rated)::bigint,
            sum(x.resolved_and_rated)::bigint,
            sum(x.satisfied)::bigint,
            sum(x.rating_sum)::bigint,
            sum(x.answered)::bigint,
            sum(x.first_response_us),
            sum(x.endless)::bigint,
            sum(x.reopened)::bigint,
            sum(x.ever_resolved)::bigint,
            sum(x.one_touch)::bigint,
            sum(x.promised)::bigint,
            sum(x.answered_in_time)::bigint
        from
        $sql$,
        (
            select string_agg(case when d.name = any (by) then 'x.' || d.name else format('null::%s', d.type) end, ', ' order by d.nth)
            from unnest(
                array['assigned_to', 'ticket_type_id', 'client_id', 'priority', 'status'],
                array['integer', 'integer', 'integer', 'text', 'text']
            ) with ordinality as d (name, type, nth)
        )
    );
    segment record;
    arms text[] := '{}';
    in_cells text[] := '{}';
begin
    if node is null then
        return query execute summed || $sql$
            (
                select
                    f.assigned_to,
                    f.ticket_type_id,
                    f.client_id,
                    f.priority::text,
                    f.status::text,
                    m.*
                from analytics.ticket_facts as f
                cross join lateral analytics.ticket_measures(
                    1, f.resolved_at, f.closed_at, f.resolution_seconds, f.first_response_seconds,
                    (f.ticket).first_response_at, (f.ticket).first_response_due_at, f.rating, (f.ticket).reopen_count, (f.ticket).answers
                ) as m
                where analytics.selected($1, f)
            ) as x
            group by 1, 2, 3, 4, 5
            $sql$
        using where_tickets;
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
                    f.client_id,
                    f.priority::text,
                    f.status::text,
                    m.*
                from analytics.ticket_facts as f
                cross join lateral analytics.ticket_measures(
                    1, f.resolved_at, f.closed_at, f.resolution_seconds, f.first_response_seconds,
                    (f.ticket).first_response_at, (f.ticket).first_response_due_at, f.rating, (f.ticket).reopen_count, (f.ticket).answers
                ) as m
                where f.created_at >= %L
                    and f.created_at < %L
                    and %s
                $sql$,
                segment.begins,
                segment.ends,
                analytics.cell_conditions(node, 'f')
            );
        else
            arms := arms || format(
                $sql$
                select
                    c.assigned_to,
                    c.ticket_type_id,
                    c.client_id,
                    c.priority,
                    c.status,
                    c.tickets,
                    c.resolved,
                    c.timed,
                    c.resolution_us,
                    c.rated,
                    c.resolved_and_rated,
                    c.satisfied,
                    c.rating_sum,
                    c.answered,
                    c.first_response_us,
                    c.endless,
                    c.reopened,
                    c.ever_resolved,
                    c.one_touch,
                    c.promised,
                    c.answered_in_time
                from analytics.ticket_cells as c
                where c.series = 'created'
                    and c.grain = %L
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
            select
                d.assigned_to,
                d.ticket_type_id,
                d.client_id,
                d.priority,
                d.status,
                m.*
            from analytics.ticket_delta as d
            cross join lateral analytics.ticket_measures(
                d.change, d.resolved_at, d.closed_at, d.resolution_seconds, d.first_response_seconds,
                d.first_response_at, d.first_response_due_at, d.rating, d.reopen_count, d.answers
            ) as m
            where %s
                and (%s)
            $sql$,
            analytics.cell_conditions(node, 'd'),
            array_to_string(in_cells, ' or ')
        );
    end if;
    if arms <> '{}' then
        return query execute
            summed || '(' || array_to_string(arms, ' union all ') || ') as x group by 1, 2, 3, 4, 5 having sum(x.tickets) <> 0'
        using where_tickets, node;
    end if;
end
$$;
comment on function analytics.sums(public.ticket_filter, text[]) is
'What widgets count, over the selected tickets: a row for each combination of the dimensions named.';
revoke all on function analytics.sums(public.ticket_filter, text[]) from public;
grant execute on function analytics.sums(public.ticket_filter, text[]) to desk_internal, desk_service;
