-- requires: sql/functions/analytics.cell_columns.sql, sql/functions/analytics.cells_query.sql, sql/functions/analytics.promise.sql, sql/functions/analytics.rollup_zone.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.promise_cells.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/policies/public.ticket_messages.sql
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
    keys text;
    sums text;
    added text;
begin
    foreach cells in array array['ticket_cells', 'duration_cells', 'promise_cells'] loop
        select
            array_to_string(c.keys, ', '),
            array_to_string(c.sums, ', '),
            (select string_agg(format('sum(c.%1$I) as %1$I', s.name), ', ') from unnest(c.sums) as s (name))
        into keys, sums, added
        from analytics.cell_columns(cells) as c;
        return query execute format(
            'select %1$L, case when d.times > 0 then ''missing'' else ''wrong'' end, to_jsonb(d) - ''times''
            from (
                select %2$s, %3$s, sum(b.times) as times
                from (
                    select 1 as times, %2$s, %3$s from (%5$s) as expected
                    union all
                    select -1, %2$s, %4$s
                    from (select %2$s, %3$s from analytics.%1$I union all select %2$s, %3$s from (%6$s) as q) as c
                    group by %2$s
                    having sum(c.tickets) <> 0
                ) as b
                group by %2$s, %3$s
                having sum(b.times) <> 0
            ) as d',
            cells,
            keys,
            sums,
            added,
            analytics.cells_query(cells, all_tickets, zone),
            analytics.cells_query(cells, delta, zone)
        );
    end loop;
    -- cells can be no better than what the tickets say
    return query
    select 'promises', 'wrong', jsonb_build_object('ticket_id', t.id, 'promises', t.promises, 'clocks', k.promises)
    from public.tickets as t
    left join (
        select
            c.ticket_id,
            sum(analytics.promise(c.metric, c.target_seconds, c.due_at, c.stopped_at, c.is_done, c.breached_at))::bigint as promises
        from public.sla_clocks as c
        group by c.ticket_id
    ) as k on k.ticket_id = t.id
    where t.promises <> coalesce(k.promises, 0);
    return query
    select 'answers', 'wrong', jsonb_build_object('ticket_id', t.id, 'answers', t.answers, 'messages', m.answers)
    from public.tickets as t
    left join (
        select
            s.ticket_id,
            least(2, count(*)) as answers
        from public.ticket_messages as s
        where s.from_client is false
            and not s.is_internal
        group by s.ticket_id
    ) as m on m.ticket_id = t.id
    where t.answers <> coalesce(m.answers, 0);
end
$$;
comment on function analytics.verify() is
'Compares the roll-ups with the tickets: each cell that is wrong, and as it should be; no rows if all is well.';
revoke all on function analytics.verify() from public;
