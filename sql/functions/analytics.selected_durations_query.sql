-- requires: sql/functions/analytics.cell_conditions.sql, sql/functions/analytics.segments.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/views/analytics.ticket_facts.sql
--
-- The text of a query over the selected tickets that were resolved: how many of what "own" says are in which
-- bucket of durations, in several rows: from the cells, from the changes that those do not have yet, and from the
-- tickets of less than a day at the period's ends. Its parameters are $1 the filter, $2 the node of the cells,
-- $3 analytics.duration_edges(); "own" is an expression over x, null or one of the dimensions. What a period alone
-- needs is planned for a period alone.
create or replace function analytics.selected_durations_query(own text, is_dated boolean, node smallint)
returns text
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
    return format(
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
            %1$s as own,
            x.bucket,
            -- whole numbers all the same, and not numeric, which sums of bigint are
            x.tickets::double precision as tickets
        from segments as s
        join analytics.duration_cells as x
            on x.grain = s.grain
            and x.node = $2
            and x.since between s.first and s.last
        where %3$s
        union all
        select
            %1$s,
            width_bucket(x.resolution_seconds, $3)::smallint,
            x.change
        from analytics.ticket_delta as x
        where x.resolution_seconds is not null
            and %3$s
            and exists (
                select
                from segments as s
                where s.grain is not null
                    and (s.begins is null or x.created_at >= s.begins)
                    and (s.ends is null or x.created_at < s.ends)
            )
        %2$s
        $sql$,
        own,
        case when is_dated then format(
            $sql$
            union all
            select
                %1$s,
                width_bucket(x.resolution_seconds, $3)::smallint,
                1
            from segments as s
            join analytics.ticket_facts as x
                on x.created_at >= s.begins
                and x.created_at < s.ends
            where s.grain is null
                and x.resolution_seconds is not null
                and %2$s
            $sql$,
            own,
            analytics.cell_conditions(node, 'x')
        ) end,
        analytics.cell_conditions(node, 'x')
    );
end
$$;
comment on function analytics.selected_durations_query(text, boolean, smallint) is
'The text of a query: how many of the selected tickets took how long.';
revoke all on function analytics.selected_durations_query(text, boolean, smallint) from public;
grant execute on function analytics.selected_durations_query(text, boolean, smallint) to desk_internal, desk_service;
