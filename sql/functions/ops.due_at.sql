-- requires: sql/functions/ops.worked.sql, sql/functions/ops.worked_until.sql
--
-- When a promise is due whose clock stood still in between: its start, and so much working time on, not
-- counting what passed meanwhile. Each pause puts the due time off; one that begins when it is due, or
-- later, comes too late. A pause that has no end lasts until the clock stops; where it does not, nothing is due.
--
-- Without pauses it is ops.worked_until(calendar, worked at the start + target), which bulk loads inline.
create or replace function ops.due_at(
    calendar integer,
    started_at timestamptz,
    stopped_at timestamptz,
    seconds integer,
    pauses tstzmultirange
)
returns timestamptz
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
    amount bigint := (select w + seconds * 1000000::bigint from ops.worked(calendar, started_at) as w);
    due timestamptz := (select u from ops.worked_until(calendar, amount) as u);
    pause tstzrange;
    ends_at timestamptz;
begin
    for pause in select p from unnest(pauses) as p order by p loop
        exit when lower(pause) >= due or lower(pause) >= stopped_at;
        continue when upper(pause) <= started_at;
        ends_at := least(upper(pause), stopped_at);
        if ends_at is null then
            return null;
        end if;
        amount := amount + (
            select till - since
            from ops.worked(calendar, ends_at) as till, ops.worked(calendar, greatest(lower(pause), started_at)) as since
        );
        due := (select u from ops.worked_until(calendar, amount) as u);
    end loop;
    return due;
end
$$;
comment on function ops.due_at(integer, timestamptz, timestamptz, integer, tstzmultirange) is
'When a clock of the service level is due that stood still in between; null while it does, and where the calendar ends.';
revoke all on function ops.due_at(integer, timestamptz, timestamptz, integer, tstzmultirange) from public;
