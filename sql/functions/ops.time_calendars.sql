-- requires: sql/functions/ops.rebuild_calendars.sql
--
-- A calendar is worked out when its zone, its hours or its holidays change; once a statement. What is gone
-- with its calendar needs no working out.
create or replace function ops.time_calendars()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    touched integer[];
begin
    -- the calendars' own rows have no calendar_id
    case tg_op
        when 'INSERT' then
            touched := array(select (coalesce(to_jsonb(n) -> 'calendar_id', to_jsonb(n) -> 'id'))::integer from new_rows as n);
        when 'UPDATE' then
            touched := array(
                select (coalesce(to_jsonb(n) -> 'calendar_id', to_jsonb(n) -> 'id'))::integer from new_rows as n
                union
                select (coalesce(to_jsonb(o) -> 'calendar_id', to_jsonb(o) -> 'id'))::integer from old_rows as o
            );
        when 'DELETE' then
            touched := array(select (coalesce(to_jsonb(o) -> 'calendar_id', to_jsonb(o) -> 'id'))::integer from old_rows as o);
    end case;
    perform ops.rebuild_calendars(touched);
    return null;
end
$$;
comment on function ops.time_calendars() is
'Trigger: works out the calendars that were written.';
revoke all on function ops.time_calendars() from public;

create or replace trigger time_calendars_insert
after insert on public.business_calendars
referencing new table as new_rows
for each statement execute function ops.time_calendars();

create or replace trigger time_calendars_update
after update on public.business_calendars
referencing old table as old_rows new table as new_rows
for each statement execute function ops.time_calendars();

create or replace trigger time_calendars_insert
after insert on public.business_hours
referencing new table as new_rows
for each statement execute function ops.time_calendars();

create or replace trigger time_calendars_update
after update on public.business_hours
referencing old table as old_rows new table as new_rows
for each statement execute function ops.time_calendars();

create or replace trigger time_calendars_delete
after delete on public.business_hours
referencing old table as old_rows
for each statement execute function ops.time_calendars();

create or replace trigger time_calendars_insert
after insert on public.business_holidays
referencing new table as new_rows
for each statement execute function ops.time_calendars();

create or replace trigger time_calendars_update
after update on public.business_holidays
referencing old table as old_rows new table as new_rows
for each statement execute function ops.time_calendars();

create or replace trigger time_calendars_delete
after delete on public.business_holidays
referencing old table as old_rows
for each statement execute function ops.time_calendars();
