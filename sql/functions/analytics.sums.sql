-- requires: sql/functions/analytics.node_for.sql, sql/functions/analytics.segments.sql, sql/functions/analytics.selected.sql, sql/functions/analytics.selected_cell.sql, sql/functions/analytics.ticket_measures.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/views/analytics.ticket_facts.sql
--
-- What widgets count, over the selected tickets: one row for each combination of the dimensions in "by" that has
-- tickets; the other dimensions are null. From the cells where they can answer, with the changes that they do not
-- have yet and what is less than a day at the period's ends; else from the tickets. Which of the two, says
-- analytics.node_for().
--
-- plpgsql, because only one of the two is planned then; its statements see what the calling statement sees.
-- EXECUTE plans for the filter's values: conditions meet their indexes, and what was not given is gone.
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
    one_touch bigint
)
language plpgsql
stable
parallel safe
rows 50
set search_path = ''
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
    dimensions constant text := (
        select string_agg(case when d.name = any (by) then 'x.' || d.name else format('null::%s', d.type) end, ', ' order by d.nth)
        from unnest(
            array['assigned_to', 'ticket_type_id', 'client_id', 'priority', 'status'],
            array['integer', 'integer', 'integer', 'text', 'text']
        ) with ordinality as d (name, type, nth)
    );
begin
    if node is null then
        return query execute format(
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
                sum(x.one_touch)::bigint
            from (
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
                    f.rating, (f.ticket).reopen_count, (f.ticket).answers
                ) as m
                where analytics.selected($1, f)
            ) as x
            group by 1, 2, 3, 4, 5
            $sql$,
            dimensions
        )
        using where_tickets;
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
        )
        select
            %1$s,
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
            sum(x.one_touch)::bigint
        from (
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
                c.one_touch
            from segments as s
            join analytics.ticket_cells as c
                on c.series = 'created'
                and c.grain = s.grain
                and c.node = $2
                and c.since between s.first and s.last
            where analytics.selected_cell($1, c.assigned_to, c.ticket_type_id, c.client_id, c.priority, c.status)
            union all
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
                d.rating, d.reopen_count, d.answers
            ) as m
            where analytics.selected_cell($1, d.assigned_to, d.ticket_type_id, d.client_id, d.priority, d.status)
                and exists (
                    select
                    from segments as s
                    where s.grain is not null
                        and (s.begins is null or d.created_at >= s.begins)
                        and (s.ends is null or d.created_at < s.ends)
                )
            union all
            select
                f.assigned_to,
                f.ticket_type_id,
                f.client_id,
                f.priority::text,
                f.status::text,
                m.*
            from segments as s
            join analytics.ticket_facts as f
                on f.created_at >= s.begins
                and f.created_at < s.ends
            cross join lateral analytics.ticket_measures(
                1, f.resolved_at, f.closed_at, f.resolution_seconds, f.first_response_seconds,
                f.rating, (f.ticket).reopen_count, (f.ticket).answers
            ) as m
            where s.grain is null
                and analytics.selected_cell($1, f.assigned_to, f.ticket_type_id, f.client_id, f.priority, f.status)
        ) as x
        group by 1, 2, 3, 4, 5
        having sum(x.tickets) <> 0
        $sql$,
        dimensions
    )
    using where_tickets, node;
end
$$;
comment on function analytics.sums(public.ticket_filter, text[]) is
'What widgets count, over the selected tickets: a row for each combination of the dimensions named.';
revoke all on function analytics.sums(public.ticket_filter, text[]) from public;
grant execute on function analytics.sums(public.ticket_filter, text[]) to desk_internal, desk_service;
