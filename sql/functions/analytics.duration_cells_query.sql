-- requires: sql/functions/analytics.duration_edges.sql, sql/functions/analytics.grouped_cells.sql, sql/functions/analytics.local_day.sql
--
-- As analytics.ticket_cells_query, for analytics.duration_cells: how many tickets took how long. whole_hours is
-- the bucket of the last whole hour that has passed, or of the microsecond after it: "more than 8 hours" is a
-- question of it alone.
create or replace function analytics.duration_cells_query(source text, zone text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return analytics.grouped_cells(
        'durations',
        'created',
        'coalesce(f.bucket, f.whole_hours) as bucket, sum(f.change) as tickets',
        format(
            'select
                analytics.local_day(s.created_at, %1$L) as day,
                date_trunc(''month'', analytics.local_day(s.created_at, %1$L)) as month,
                %3$s,
                width_bucket(s.resolution_seconds, analytics.duration_edges()) as bucket,
                width_bucket(
                    case
                        when s.resolution_seconds = 3600 * floor(s.resolution_seconds / 3600) then s.resolution_seconds
                        else 3600 * floor(s.resolution_seconds / 3600) + 0.000001
                    end,
                    analytics.duration_edges()
                ) as whole_hours,
                s.change
            from %2$s as s
            where s.resolution_seconds is not null',
            zone,
            source,
            (select string_agg('s.' || d.name, ', ') from analytics.dimensions as d)
        )
    );
end
$$;
comment on function analytics.duration_cells_query(text, text) is
'The text of the query that computes duration cells from changes, or from all tickets.';
revoke all on function analytics.duration_cells_query(text, text) from public;
