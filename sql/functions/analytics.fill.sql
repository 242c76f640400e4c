-- requires: sql/functions/analytics.cell_columns.sql, sql/functions/analytics.cells_query.sql, sql/functions/analytics.definition.sql, sql/functions/analytics.log_changes.sql, sql/functions/analytics.rollup_lock.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.promise_cells.sql, sql/policies/analytics.rollups.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql
--
-- Computes all cells anew, from the tickets that this transaction sees, and forgets the changes that it sees.
-- All its statements must see the same. In a transaction of isolation level repeatable read they do, and nobody
-- waits (analytics.rebuild() makes one); in any other, writers of tickets wait until it ends.
--
-- Hashing groups of all tickets wants memory. In the order of their key the cells of a period stand side by side: of a
-- million tickets, a widget of 45 days takes a third of the time then.
create or replace function analytics.fill(zone text default null)
returns void
language plpgsql
volatile
set search_path = ''
set work_mem = '256MB'
as $$
declare
    of_zone constant text := coalesce(fill.zone, (select r.zone from analytics.rollups as r));
    all_tickets constant text := '(select 1 as change, t.* from public.tickets as t)';
    cells text;
    columns record;
begin
    perform pg_advisory_xact_lock(analytics.rollup_lock());
    -- the tickets first, as a TRUNCATE takes them: two that lock in turn would wait for each other
    if current_setting('transaction_isolation') = 'read committed' then
        lock table public.tickets in share mode;
    else
        lock table public.tickets in access share mode;
    end if;
    delete from analytics.ticket_delta;
    delete from analytics.ticket_cells;
    delete from analytics.duration_cells;
    delete from analytics.promise_cells;
    foreach cells in array array['ticket_cells', 'duration_cells', 'promise_cells'] loop
        columns := analytics.cell_columns(cells);
        execute format(
            'insert into analytics.%1$I (%2$s) select %2$s from (%3$s) as q order by %4$s',
            cells,
            array_to_string(columns.keys || columns.sums, ', '),
            analytics.cells_query(cells, all_tickets, of_zone),
            array_to_string(columns.keys, ', ')
        );
        -- a widget's statement planned for none of them takes twenty times as long
        execute format('analyze analytics.%I', cells);
    end loop;
    update analytics.rollups
    set
        zone = of_zone,
        definition = analytics.definition(),
        built_at = now();
end
$$;
comment on function analytics.fill(text) is
'Computes all cells anew within a transaction, in the time zone that is given, else the one they had.';
revoke all on function analytics.fill(text) from public;

-- Whatever it was that changed (a node, a measure, the first cells of an adopted database), after a migration the
-- cells are what their definition says. Writers of tickets wait meanwhile; only then, and only this once.
do $$
begin
    if (select r.definition from analytics.rollups as r) is distinct from analytics.definition() then
        perform analytics.fill();
    end if;
end
$$;
