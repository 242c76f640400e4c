-- requires: sql/functions/analytics.definition.sql, sql/functions/analytics.duration_cells_query.sql, sql/functions/analytics.log_changes.sql, sql/functions/analytics.rollup_lock.sql, sql/functions/analytics.ticket_cells_query.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.rollups.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql
--
-- Computes all cells anew, from the tickets that this transaction sees, and forgets the changes that it sees.
-- All its statements must see the same. In a transaction of isolation level repeatable read they do, and nobody
-- waits (analytics.rebuild() makes one); in any other, writers of tickets wait until it ends.
--
-- Hashing groups of all tickets wants memory.
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
begin
    perform pg_advisory_xact_lock(analytics.rollup_lock());
    if current_setting('transaction_isolation') = 'read committed' then
        lock table public.tickets in share mode;
    end if;
    delete from analytics.ticket_delta;
    delete from analytics.ticket_cells;
    delete from analytics.duration_cells;
    execute format(
        'insert into analytics.ticket_cells (
            series, grain, node, since, assigned_to, ticket_type_id, priority, client_id, status,
            tickets, resolved, timed, resolution_us, rated, resolved_and_rated, satisfied, rating_sum,
            answered, first_response_us, endless, reopened, ever_resolved, one_touch
        ) %s',
        analytics.ticket_cells_query(all_tickets, of_zone)
    );
    execute format(
        'insert into analytics.duration_cells (grain, node, since, assigned_to, ticket_type_id, priority, bucket, tickets)
        select q.grain, q.node, q.since, q.assigned_to, q.ticket_type_id, q.priority, q.bucket, q.tickets
        from (%s) as q',
        analytics.duration_cells_query(all_tickets, of_zone)
    );
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
