-- requires: sql/functions/analytics.cell_columns.sql, sql/functions/analytics.grouped_cells.sql, sql/functions/analytics.local_day.sql, sql/functions/analytics.promise_measures.sql
--
-- As analytics.ticket_cells_query, for analytics.promise_cells.
create or replace function analytics.promise_cells_query(source text, zone text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return analytics.grouped_cells(
        'promises',
        'created',
        (
            select string_agg(format('sum(f.%1$I) as %1$I', n.name), ', ')
            from analytics.cell_columns('promise_cells') as c
            cross join unnest(c.sums) as n (name)
        ),
        format(
            'select
                analytics.local_day(s.created_at, %1$L) as day,
                date_trunc(''month'', analytics.local_day(s.created_at, %1$L)) as month,
                %3$s,
                m.*
            from %2$s as s
            cross join lateral analytics.promise_measures(s.change, s.promises) as m
            where s.promises <> 0',
            zone,
            source,
            (select string_agg('s.' || d.name, ', ') from analytics.dimensions as d)
        )
    );
end
$$;
comment on function analytics.promise_cells_query(text, text) is
'The text of the query that computes promise cells from changes, or from all tickets.';
revoke all on function analytics.promise_cells_query(text, text) from public;
