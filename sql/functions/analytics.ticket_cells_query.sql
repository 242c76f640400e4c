-- requires: sql/functions/analytics.grouped_cells.sql, sql/functions/analytics.local_day.sql, sql/functions/analytics.ticket_measures.sql
--
-- The text of the query that computes analytics.ticket_cells from "source", something with the columns of
-- analytics.ticket_delta: the delta itself, or all tickets with change 1. So folding, rebuilding and verifying
-- share one definition of every cell. Here instants become hours and days of the roll-ups' zone.
create or replace function analytics.ticket_cells_query(source text, zone text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return concat_ws(
        ' union all ',
        analytics.grouped_cells(
            'tickets',
            'created',
            'sum(f.tickets)::bigint as tickets,
            sum(f.resolved)::bigint as resolved,
            sum(f.timed)::bigint as timed,
            sum(f.resolution_us) as resolution_us,
            sum(f.rated)::bigint as rated,
            sum(f.resolved_and_rated)::bigint as resolved_and_rated,
            sum(f.satisfied)::bigint as satisfied,
            sum(f.rating_sum)::bigint as rating_sum,
            sum(f.answered)::bigint as answered,
            sum(f.first_response_us) as first_response_us,
            sum(f.endless)::bigint as endless,
            sum(f.reopened)::bigint as reopened,
            sum(f.ever_resolved)::bigint as ever_resolved,
            sum(f.one_touch)::bigint as one_touch',
            format(
                'select
                    date_trunc(''hour'', timezone(%1$L, s.created_at)) as hour,
                    analytics.local_day(s.created_at, %1$L) as day,
                    date_trunc(''month'', analytics.local_day(s.created_at, %1$L)) as month,
                    s.assigned_to,
                    s.ticket_type_id,
                    s.priority,
                    s.client_id,
                    s.status,
                    m.*
                from %2$s as s
                cross join lateral analytics.ticket_measures(
                    s.change, s.resolved_at, s.closed_at, s.resolution_seconds, s.first_response_seconds,
                    s.rating, s.reopen_count, s.answers
                ) as m',
                zone,
                source
            )
        ),
        analytics.grouped_cells(
            'tickets',
            'resolved',
            'sum(f.change)::bigint, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0',
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
            'sum(f.change)::bigint, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0',
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
