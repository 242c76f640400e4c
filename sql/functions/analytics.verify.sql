-- requires: sql/functions/analytics.duration_cells_query.sql, sql/functions/analytics.rollup_zone.sql, sql/functions/analytics.ticket_cells_query.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql
--
-- Compares every cell, together with what the delta adds to it, with the tickets themselves: one row for each
-- cell that is not as it should be, and one for it as it should be. No row means that all is well. It sees what
-- the calling statement sees, so it may be called while others write; it reads all tickets.
create or replace function analytics.verify()
returns table (cells text, problem text, cell jsonb)
language plpgsql
stable
set search_path = ''
set work_mem = '256MB'
as $$
declare
    zone constant text := analytics.rollup_zone();
    all_tickets constant text := '(select 1 as change, t.* from public.tickets as t)';
    delta constant text := 'analytics.ticket_delta';
    compare constant text :=
        'with expected as (%2$s),
        found as (
            select %3$s, %4$s
            from (select %3$s, %5$s from %1$s union all select %3$s, %5$s from (%6$s) as d) as c
            group by %3$s
            having sum(c.tickets) <> 0
        )
        select %7$L, ''missing'', to_jsonb(m)
        from (select %3$s, %5$s from expected except all select %3$s, %5$s from found) as m
        union all
        select %7$L, ''wrong'', to_jsonb(w)
        from (select %3$s, %5$s from found except all select %3$s, %5$s from expected) as w';
    keys text := 'series, grain, node, since, assigned_to, ticket_type_id, priority, client_id, status';
    measures text;
begin
    measures :=
        'tickets, resolved, timed, resolution_us, rated, resolved_and_rated, satisfied, rating_sum, answered,
        first_response_us, endless, reopened, ever_resolved, one_touch';
    return query execute format(
        compare,
        'analytics.ticket_cells',
        analytics.ticket_cells_query(all_tickets, zone),
        keys,
        regexp_replace(measures, '(\w+)', 'sum(c.\1) as \1', 'g'),
        measures,
        analytics.ticket_cells_query(delta, zone),
        'ticket_cells'
    );
    keys := 'grain, node, since, assigned_to, ticket_type_id, priority, bucket';
    measures := 'tickets';
    return query execute format(
        compare,
        'analytics.duration_cells',
        analytics.duration_cells_query(all_tickets, zone),
        keys,
        'sum(c.tickets) as tickets',
        measures,
        analytics.duration_cells_query(delta, zone),
        'duration_cells'
    );
end
$$;
comment on function analytics.verify() is
'Compares the roll-ups with the tickets: each cell that is wrong, and as it should be; no rows if all is well.';
revoke all on function analytics.verify() from public;
