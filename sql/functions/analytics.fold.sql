-- requires: sql/functions/analytics.duration_cells_query.sql, sql/functions/analytics.rollup_lock.sql, sql/functions/analytics.rollup_zone.sql, sql/functions/analytics.ticket_cells_query.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql
--
-- Work for db-jobs: adds the oldest rows of the delta, so many at most, to the cells and deletes them. Says how
-- many; 0 also where somebody else is at it.
--
-- Exactly once, because it is one statement with one snapshot: what it adds is what it deletes, and a reader
-- sees either the rows or what they came to. It costs what has changed, however many tickets there are.
-- Cells that come to nothing go, by their row ids: nobody else changes cells meanwhile.
create or replace function analytics.fold(batch integer default 1000)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
    zone constant text := analytics.rollup_zone();
    last_id bigint;
    folded integer;
    empty_tickets tid[];
    empty_durations tid[];
begin
    if not pg_try_advisory_xact_lock(analytics.rollup_lock()) then
        return 0;
    end if;
    last_id := (
        select max(d.id)
        from (
            select l.id
            from analytics.ticket_delta as l
            order by l.id
            -- a fold has a cost of its own: few rows are not worth one
            limit greatest(batch, 20000)
        ) as d
    );
    if last_id is null then
        return 0;
    end if;
    execute format(
        $sql$
        with folded as (
            delete from analytics.ticket_delta as d
            where d.id <= $1
            returning 1
        ),
        tickets as (
            insert into analytics.ticket_cells as c (
                series, grain, node, since, assigned_to, ticket_type_id, priority, client_id, status,
                tickets, resolved, timed, resolution_us, rated, resolved_and_rated, satisfied, rating_sum,
                answered, first_response_us, endless, reopened, ever_resolved, one_touch
            )
            %1$s
            on conflict (series, grain, node, since, assigned_to, ticket_type_id, client_id, priority, status)
            do update set
                tickets = c.tickets + excluded.tickets,
                resolved = c.resolved + excluded.resolved,
                timed = c.timed + excluded.timed,
                resolution_us = c.resolution_us + excluded.resolution_us,
                rated = c.rated + excluded.rated,
                resolved_and_rated = c.resolved_and_rated + excluded.resolved_and_rated,
                satisfied = c.satisfied + excluded.satisfied,
                rating_sum = c.rating_sum + excluded.rating_sum,
                answered = c.answered + excluded.answered,
                first_response_us = c.first_response_us + excluded.first_response_us,
                endless = c.endless + excluded.endless,
                reopened = c.reopened + excluded.reopened,
                ever_resolved = c.ever_resolved + excluded.ever_resolved,
                one_touch = c.one_touch + excluded.one_touch
            returning c.ctid as row_id, c.tickets
        ),
        durations as (
            insert into analytics.duration_cells as c (
                grain, node, since, assigned_to, ticket_type_id, priority, bucket, tickets
            )
            select q.grain, q.node, q.since, q.assigned_to, q.ticket_type_id, q.priority, q.bucket, q.tickets
            from (%2$s) as q
            where q.tickets <> 0
            on conflict (grain, node, since, assigned_to, ticket_type_id, priority, bucket)
            do update set tickets = c.tickets + excluded.tickets
            returning c.ctid as row_id, c.tickets
        )
        select
            (select count(*) from folded),
            (select array_agg(t.row_id) from tickets as t where t.tickets = 0),
            (select array_agg(d.row_id) from durations as d where d.tickets = 0)
        $sql$,
        analytics.ticket_cells_query('(select * from analytics.ticket_delta where id <= $1)', zone),
        analytics.duration_cells_query('(select * from analytics.ticket_delta where id <= $1)', zone)
    )
    into folded, empty_tickets, empty_durations
    using last_id;
    delete from analytics.ticket_cells as c where c.ctid = any (empty_tickets);
    delete from analytics.duration_cells as c where c.ctid = any (empty_durations);
    return folded;
end
$$;
comment on function analytics.fold(integer) is
'Adds the oldest changes to the cells, about so many at most, and says how many; 0 where somebody else is at it.';
revoke all on function analytics.fold(integer) from public;
grant execute on function analytics.fold(integer) to desk_worker;
