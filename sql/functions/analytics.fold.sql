-- requires: sql/functions/analytics.cell_columns.sql, sql/functions/analytics.cells_query.sql, sql/functions/analytics.rollup_lock.sql, sql/functions/analytics.rollup_zone.sql, sql/policies/analytics.duration_cells.sql, sql/policies/analytics.promise_cells.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql
--
-- Work for db-jobs: adds the oldest rows of the delta, so many at most, to the cells and deletes them. Says how
-- many; 0 also where somebody else is at it.
--
-- Exactly once, because it is one statement with one snapshot: what it adds is what it deletes, and a reader
-- sees either the rows or what they came to. It costs what has changed, however many tickets there are.
-- Cells that come to nothing go, by their row ids: nobody else changes cells meanwhile. A fold has a cost of its
-- own, so batches are large; a small one is for whoever must not hold the cells for long.
create or replace function analytics.fold(batch integer default 20000)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
    zone text;
    last_id bigint;
    added text;
    folded integer;
    empty_tickets tid[];
    empty_durations tid[];
    empty_promises tid[];
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using
            errcode = 'invalid_transaction_state',
            message = 'a fold must see what others have committed: its isolation level is "read committed"',
            hint = 'Call analytics.fold() as a statement of its own.';
    end if;
    if not pg_try_advisory_xact_lock(analytics.rollup_lock()) then
        return 0;
    end if;
    -- not before: a rebuild may just have changed it
    zone := analytics.rollup_zone();
    last_id := (
        select max(d.id)
        from (
            select l.id
            from analytics.ticket_delta as l
            order by l.id
            limit greatest(batch, 1)
        ) as d
    );
    if last_id is null then
        return 0;
    end if;
    -- what a change comes to, in most cells, is nothing
    added := (
        select string_agg(
            format(
                'added_to_%1$s as (
                    insert into analytics.%1$I as c (%2$s, %3$s)
                    select %2$s, %3$s
                    from (%4$s) as q
                    where %5$s
                    on conflict (%2$s) do update set %6$s
                    returning c.ctid as row_id, c.tickets
                )',
                t.cells,
                array_to_string(c.keys, ', '),
                array_to_string(c.sums, ', '),
                analytics.cells_query(t.cells, '(select * from analytics.ticket_delta where id <= $1)', zone),
                (select string_agg(format('%I <> 0', s.name), ' or ') from unnest(c.sums) as s (name)),
                (select string_agg(format('%1$I = c.%1$I + excluded.%1$I', s.name), ', ') from unnest(c.sums) as s (name))
            ),
            ', '
        )
        from (values ('ticket_cells'), ('duration_cells'), ('promise_cells')) as t (cells)
        cross join lateral analytics.cell_columns(t.cells) as c
    );
    execute format(
        'with folded as (
            delete from analytics.ticket_delta as d
            where d.id <= $1
            returning 1
        ),
        %s
        select
            (select count(*) from folded),
            (select array_agg(t.row_id) from added_to_ticket_cells as t where t.tickets = 0),
            (select array_agg(d.row_id) from added_to_duration_cells as d where d.tickets = 0),
            (select array_agg(p.row_id) from added_to_promise_cells as p where p.tickets = 0)',
        added
    )
    into folded, empty_tickets, empty_durations, empty_promises
    using last_id;
    delete from analytics.ticket_cells as c where c.ctid = any (empty_tickets);
    delete from analytics.duration_cells as c where c.ctid = any (empty_durations);
    delete from analytics.promise_cells as c where c.ctid = any (empty_promises);
    return folded;
end
$$;
comment on function analytics.fold(integer) is
'Adds the oldest changes to the cells, about so many at most, and says how many; 0 where somebody else is at it.';
revoke all on function analytics.fold(integer) from public;
grant execute on function analytics.fold(integer) to desk_worker;
-- of all in it, this function is what the worker may call
grant usage on schema analytics to desk_worker;
