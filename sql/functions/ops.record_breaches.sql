-- requires: sql/functions/analytics.promise.sql
--
-- Work for db-jobs: writes down which promises were broken, at most so many at a time, and says how many.
-- A clock that stops late is written down when it stops (ops.keep_clocks); what nobody answers comes here.
-- However many servers ask at once, each breach is recorded once: a ticket that somebody else is at work
-- on is left to them, or to the next time.
--
-- Every breach is an INSERT or an UPDATE of public.sla_clocks after which breached_at is set and was not
-- before: whoever wants to hear of breaches puts a statement trigger there.
create or replace function ops.record_breaches(batch integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    recorded integer;
begin
    with overdue as (
        select t.id
        from public.tickets as t
        where t.id in (
            select c.ticket_id
            from public.sla_clocks as c
            where c.stopped_at is null
                and c.breached_at is null
                and c.due_at < now()
            order by c.due_at
            limit batch
        )
        for no key update skip locked
    ),
    breached as (
        update public.sla_clocks as c
        set
            breached_at = c.due_at,
            recorded_at = now()
        from overdue as o
        where c.ticket_id = o.id
            and c.stopped_at is null
            and c.breached_at is null
            and c.due_at < now()
        returning
            c.ticket_id,
            analytics.promise(c.metric, c.target_seconds, c.due_at, null, false, c.breached_at)
            - analytics.promise(c.metric, c.target_seconds, c.due_at, null, false, null) as change
    ),
    -- a sum of what changed and not of all clocks: this statement does not see those that were written while
    -- it came to lock their ticket
    counted as (
        update public.tickets as t
        set promises = t.promises + b.change
        from (
            select ticket_id, sum(change)::bigint as change
            from breached
            group by ticket_id
        ) as b
        where t.id = b.ticket_id
    )
    select count(*) into recorded from breached;
    return recorded;
end
$$;
comment on function ops.record_breaches(integer) is
'Records promises that were broken, at most so many tickets'' at a time; says how many.';
revoke all on function ops.record_breaches(integer) from public;
grant execute on function ops.record_breaches(integer) to desk_worker;
