-- A calendar's zone is one that the server knows, by the name of a place: an offset or an abbreviation
-- knows no daylight saving. Whoever writes, and however: nothing could be worked out with another.
create or replace function ops.check_timezone()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if not exists (select from pg_catalog.pg_timezone_names as z where z.name = new.timezone) then
        raise exception 'time zone "%" does not exist', new.timezone
            using errcode = 'check_violation',
                hint = 'Say the name of a place, such as Europe/Berlin, or UTC.';
    end if;
    return new;
end
$$;
comment on function ops.check_timezone() is
'Trigger: refuses a time zone that does not exist (23514).';
revoke all on function ops.check_timezone() from public;

create or replace trigger check_timezone_insert
before insert on public.business_calendars
for each row execute function ops.check_timezone();

create or replace trigger check_timezone_update
before update of timezone on public.business_calendars
for each row
when (new.timezone is distinct from old.timezone)
execute function ops.check_timezone();
