-- requires: sql/functions/analytics.cell_conditions.sql, sql/functions/analytics.segments.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/views/analytics.ticket_facts.sql
--
-- The text of a query over the selected tickets that were resolved: how many of what "own" says are in which
-- bucket of durations, in several rows: from the cells, from the changes that those do not have yet, and from the
-- tickets of less than a day at the period's ends. Its parameters are $1 the filter, $2 the node of the cells,
-- $3 analytics.duration_edges(); "own" is an expression over x, null or one of the dimensions. Null where the
-- period is empty. Only what is read is planned, as in analytics.sums().
create or replace function analytics.selected_durations_query(
    where_tickets public.ticket_filter,
    node smallint,
    own text
)
returns text
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
    dated constant boolean := not (where_tickets.created_at is null);
    conditions constant text := analytics.cell_conditions(node, 'x');
    segment record;
    arms text[] := '{}';
    in_cells text[] := '{}';
begin
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
                    %s as own,
                    width_bucket(x.resolution_seconds, $3)::smallint as bucket,
                    1::double precision as tickets
                from analytics.ticket_facts as x
                where x.created_at >= %L
                    and x.created_at < %L
                    and x.resolution_seconds is not null
                    and %s
                $sql$,
                own,
                segment.begins,
                segment.ends,
                conditions
            );
        else
            -- whole numbers all the same, and not numeric, which sums of bigint are
            arms := arms || format(
                $sql$
                select
                    %s as own,
                    x.bucket,
                    x.tickets::double precision as tickets
                from analytics.duration_cells as x
                where x.grain = %L
                    and x.node = $2
                    and x.since between %L and %L
                    and %s
                $sql$,
                own,
                segment.grain,
                segment.first,
                segment.last,
                conditions
            );
            in_cells := in_cells || concat_ws(
                ' and ',
                case when dated then 'x.created_at is not null' else 'true' end,
                'x.created_at >= ' || quote_literal(segment.begins),
                'x.created_at < ' || quote_literal(segment.ends)
            );
        end if;
    end loop;
    if in_cells <> '{}' then
        arms := arms || format(
            $sql$
            select
                %s as own,
                width_bucket(x.resolution_seconds, $3)::smallint as bucket,
                x.change::double precision as tickets
            from analytics.ticket_delta as x
            where x.resolution_seconds is not null
                and %s
                and (%s)
            $sql$,
            own,
            conditions,
            array_to_string(in_cells, ' or ')
        );
    end if;
    return nullif(array_to_string(arms, ' union all '), '');
end
$$;
comment on function analytics.selected_durations_query(public.ticket_filter, smallint, text) is
'The text of a query: how many of the selected tickets took how long.';
revoke all on function analytics.selected_durations_query(public.ticket_filter, smallint, text) from public;
grant execute on function analytics.selected_durations_query(public.ticket_filter, smallint, text)
to desk_internal, desk_service;
