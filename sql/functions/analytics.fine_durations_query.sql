-- requires: sql/functions/analytics.cell_conditions.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.ticket_delta.sql
--
-- As analytics.selected_durations_query(), of all time and in fine buckets: how many of the selected tickets whose
-- dimension "by" is that of a row w are in which bucket from w.first to w.last. Its parameters are $1 the filter, $5 the node of
-- the cells, $6 the edges of the buckets. What the node does not tell apart is asked to be null: only then does the index
-- go to the first of the buckets.
create or replace function analytics.fine_durations_query(series text, node smallint, by text)
returns text
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
    conditions constant text := analytics.cell_conditions(node, 'x');
    cells constant text := format(
        'select
            x.bucket,
            x.tickets::double precision as tickets
        from analytics.duration_cells as x
        where x.series = %L
            and x.grain = ''all''
            and x.node = $5
            and x.since = ''-infinity''
            and x.bucket between w.first and w.last
            and %s',
        series,
        analytics.cell_conditions(node, 'x', '{assigned_to,ticket_type_id,priority}')
    );
begin
    return concat_ws(
        ' union all ',
        cells || case when by is not null then format(' and x.%I = w.own', by) else '' end,
        cells || case when by is not null then format(' and w.own is null and x.%I is null', by) end,
        format(
            'select
                width_bucket(x.%1$I, $6)::smallint,
                x.change
            from analytics.ticket_delta as x
            where x.%1$I >= w.begins
                and x.%1$I < w.ends
                and %2$s',
            series || '_seconds',
            conditions
        ) || case when by is not null then format(' and x.%I is not distinct from w.own', by) else '' end
    );
end
$$;
comment on function analytics.fine_durations_query(text, smallint, text) is
'The text of a query: how many of the selected tickets took how long, within a few seconds.';
revoke all on function analytics.fine_durations_query(text, smallint, text) from public;
grant execute on function analytics.fine_durations_query(text, smallint, text) to desk_internal, desk_service;
