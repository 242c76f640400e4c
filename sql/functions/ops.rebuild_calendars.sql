-- requires: sql/functions/ops.build_calendar.sql, sql/functions/ops.keep_clocks.sql
--
-- Works out calendars again, and the clocks that run by them.
create or replace function ops.rebuild_calendars(calendars integer[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    -- Of two who change one calendar the second waits, and sees the first one's hours.
    perform from public.business_calendars as c where c.id = any (calendars) order by c.id for no key update;
    perform ops.build_calendar(c.id) from public.business_calendars as c where c.id = any (calendars);
    perform ops.keep_clocks(array(
        select distinct k.ticket_id
        from public.sla_clocks as k
        join public.sla_policies as p on p.id = k.policy_id
        where k.stopped_at is null
            and k.breached_at is null
            and p.calendar_id = any (calendars)
    ));
end
$$;
comment on function ops.rebuild_calendars(integer[]) is
'Works out when calendars are open, and what is due by them.';
revoke all on function ops.rebuild_calendars(integer[]) from public;
