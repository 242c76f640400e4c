-- requires: sql/functions/ops.rebuild_calendars.sql
--
-- Work for db-jobs: moves the years that are worked out on, once a year for each calendar; says for how
-- many. Two servers at once: the second finds nothing left to do.
create or replace function ops.extend_calendars(batch integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    outdated integer[];
begin
    outdated := array(
        select c.id
        from public.business_calendars as c
        where not exists (
            select
            from ops.business_intervals as i
            where i.calendar_id = c.id
                and i.closes_at > now() + interval '5 years'
        )
        order by c.id
        limit batch
        for no key update skip locked
    );
    if outdated <> '{}' then
        perform ops.rebuild_calendars(outdated);
    end if;
    return cardinality(outdated);
end
$$;
comment on function ops.extend_calendars(integer) is
'Works calendars out for another year where it is time; says how many.';
revoke all on function ops.extend_calendars(integer) from public;
grant execute on function ops.extend_calendars(integer) to desk_worker;
