-- requires: sql/functions/analytics.cell_conditions.sql, sql/functions/analytics.cell_range.sql, sql/functions/analytics.segments.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/views/analytics.ticket_facts.sql
--
-- The text of a query over the selected tickets that have the duration of a series (resolution, first_response): how
-- many of what "own" says are in which bucket, in several rows: from the cells, from the changes that those do not have yet, and from the
-- tickets of less than a day at the period's ends. Its parameters are $1 the filter, $2 the node of the cells,
-- $3 the edges of the buckets; "own" is an expression over x, null or one of the dimensions. Null where the
-- period is empty. Only what is read is planned, as in analytics.sums().
create or replace function analytics.selected_durations_query(
    where_tickets public.ticket_filter,
    series text,
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
    seconds constant text := format('x.%I', series || '_seconds');
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
                    %1$s as own,
                    width_bucket(%2$s, $3)::smallint as bucket,
                    1::double precision as tickets
                from analytics.ticket_facts as x
                where x.created_at >= %3$L
                    and x.created_at < %4$L
                    and %2$s is not null
                    and %5$s
                $sql$,
                own,
                seconds,
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
                where x.series = %L
                    and x.grain = %L
                    and x.node = $2
                    and x.since %s
                    and %s
                $sql$,
                own,
                series,
                segment.grain,
                analytics.cell_range(segment.first, segment.last),
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
    -- a desk that has been folded has no changes: then their part need not be planned
    if in_cells <> '{}' and exists (select from analytics.ticket_delta) then
        arms := arms || format(
            $sql$
            select
                %1$s as own,
                width_bucket(%2$s, $3)::smallint as bucket,
                x.change::double precision as tickets
            from analytics.ticket_delta as x
            where %2$s is not null
                and %3$s
                and (%4$s)
            $sql$,
            own,
            seconds,
            conditions,
            array_to_string(in_cells, ' or ')
        );
    end if;
    return nullif(array_to_string(arms, ' union all '), '');
end
$$;
comment on function analytics.selected_durations_query(public.ticket_filter, text, smallint, text) is
'The text of a query: how many of the selected tickets took how long.';
revoke all on function analytics.selected_durations_query(public.ticket_filter, text, smallint, text) from public;
grant execute on function analytics.selected_durations_query(public.ticket_filter, text, smallint, text)
to desk_internal, desk_service;
