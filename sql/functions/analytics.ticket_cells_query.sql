-- requires: sql/functions/analytics.cell_columns.sql, sql/functions/analytics.grouped_cells.sql, sql/functions/analytics.local_day.sql, sql/functions/analytics.ticket_measures.sql
--
-- The text of the query that computes analytics.ticket_cells from "source", something with the columns of
-- analytics.ticket_delta: the delta itself, or all tickets with change 1. So folding, rebuilding and verifying
-- share one definition of every cell, by the names of its columns. Here instants become hours and days of the roll-ups' zone.
create or replace function analytics.ticket_cells_query(source text, zone text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    sums constant text[] := (select c.sums from analytics.cell_columns('ticket_cells') as c);
    only_tickets constant text := (
        select string_agg(case when n.name = 'tickets' then 'sum(f.change)' else '0' end, ', ' order by n.nth)
        from unnest(sums) with ordinality as n (name, nth)
    );
begin
    return concat_ws(
        ' union all ',
        analytics.grouped_cells(
            'tickets',
            'created',
            (select string_agg(format('sum(f.%1$I) as %1$I', n.name), ', ') from unnest(sums) as n (name)),
            format(
                'select
                    date_trunc(''hour'', timezone(%1$L, s.created_at)) as hour,
                    analytics.local_day(s.created_at, %1$L) as day,
                    date_trunc(''month'', analytics.local_day(s.created_at, %1$L)) as month,
                    %3$s,
                    m.*
                from %2$s as s
                cross join lateral analytics.ticket_measures(
                    s.change, s.resolved_at, s.closed_at, s.resolution_seconds, s.first_response_seconds,
                    s.first_response_at, s.first_response_due_at, s.rating, s.reopen_count, s.answers
                ) as m',
                zone,
                source,
                (select string_agg('s.' || d.name, ', ') from analytics.dimensions as d)
            )
        ),
        analytics.grouped_cells(
            'tickets',
            'resolved',
            only_tickets,
            format(
                'select
                    date_trunc(''hour'', timezone(%1$L, s.resolved_at)) as hour,
                    analytics.local_day(s.resolved_at, %1$L) as day,
                    date_trunc(''month'', analytics.local_day(s.resolved_at, %1$L)) as month,
                    s.*
                from %2$s as s
                where s.resolved_at is not null',
                zone,
                source
            )
        ),
        -- an import may have been resolved before it was created
        analytics.grouped_cells(
            'tickets',
            'ended',
            only_tickets,
            format(
                'select
                    analytics.local_day(e.ended_at, %1$L) as day,
                    date_trunc(''month'', analytics.local_day(e.ended_at, %1$L)) as month,
                    s.*
                from %2$s as s
                cross join lateral (
                    select greatest(s.created_at, least(s.resolved_at, s.closed_at)) as ended_at
                ) as e
                where s.created_at is not null
                    and coalesce(s.resolved_at, s.closed_at) is not null',
                zone,
                source
            )
        )
    );
end
$$;
comment on function analytics.ticket_cells_query(text, text) is
'The text of the query that computes ticket cells from changes, or from all tickets.';
revoke all on function analytics.ticket_cells_query(text, text) from public;
