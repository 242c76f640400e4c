-- requires: sql/functions/analytics.duration_edges.sql, sql/functions/analytics.grouped_cells.sql, sql/functions/analytics.local_day.sql
--
-- As analytics.ticket_cells_query, for analytics.duration_cells: how many tickets took how long, to their resolution and
-- to their first answer, as the series says. In nodes of whole hours (analytics.nodes) the bucket is how many hours had
-- begun: "more than 8 hours" is a question of it alone. Beyond 32,767 of them, nearly four years, it is the last.
create or replace function analytics.duration_cells_query(source text, zone text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select string_agg(
            analytics.grouped_cells(
                'durations',
                d.series,
                format('coalesce(%s) as bucket, sum(f.change) as tickets', d.buckets),
                format(
                    'select
                        analytics.local_day(s.created_at, %1$L) as day,
                        date_trunc(''month'', analytics.local_day(s.created_at, %1$L)) as month,
                        %3$s,
                        width_bucket(s.%4$I, analytics.duration_edges(''coarse_bucket'')) as coarse_bucket,
                        width_bucket(s.%4$I, analytics.duration_edges(''bucket'')) as bucket,
                        width_bucket(s.%4$I, analytics.duration_edges(''fine_bucket'')) as fine_bucket,
                        least(32767, greatest(0, ceil(s.%4$I / 3600)))::integer as begun_hours,
                        s.change
                    from %2$s as s
                    where s.%4$I is not null',
                    zone,
                    source,
                    (select string_agg('s.' || n.name, ', ') from analytics.dimensions as n),
                    d.series || '_seconds'
                )
            ),
            ' union all '
            order by d.series
        )
        from (
            select
                n.series,
                string_agg(distinct 'f.' || n.bucket, ', ') as buckets
            from analytics.nodes as n
            where n.cells = 'durations'
            group by n.series
        ) as d
    );
end
$$;
comment on function analytics.duration_cells_query(text, text) is
'The text of the query that computes duration cells from changes, or from all tickets.';
revoke all on function analytics.duration_cells_query(text, text) from public;
