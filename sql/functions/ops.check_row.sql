-- A row that comes through the API can be read again by everybody who may see it. What is refused:
--
--     22003  a number in a jsonb that a double cannot hold: 1e131000 has eight letters when it is sent,
--            a few bytes when it is stored, and 131,000 digits in every answer that it is part of;
--            a list of them is larger than a gigabyte, and then the whole answer fails
--     PT413  a row of more than 200,000 bytes
--
-- Only what a statement brings is looked at: a row that is too large already may change, not grow. The
-- owner loads history as it was. As jsonb, because that leaves the numbers as they are stored: as text
-- they would be written out here.
create or replace function ops.check_row()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    most_bytes constant integer := 200000;
    no_double constant jsonpath :=
        '$.** ? (@.type() == "number" && (@ > 1e308 || @ < -1e308 || (@ > -1e-307 && @ < 1e-307 && @ != 0)))';
    after constant jsonb := to_jsonb(new);
    before constant jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
begin
    if pg_column_size(after) > greatest(most_bytes, pg_column_size(before)) then
        raise exception 'the row is larger than % bytes', most_bytes
            using errcode = 'PT413',
                hint = 'Say it shorter, or in several rows.';
    end if;
    if jsonb_path_exists(after, no_double)
        and not coalesce(jsonb_path_exists(before, no_double), false)
    then
        raise exception 'a number is out of range'
            using errcode = 'numeric_value_out_of_range',
                hint = 'Numbers within JSON are 0, or between 1e-307 and 1e308; send others as text.';
    end if;
    return new;
end
$$;
comment on function ops.check_row() is
'Trigger: refuses a row that is too large, or would be when it is read.';
revoke all on function ops.check_row() from public;

-- NOTE: every table into which an API role may write text or jsonb; a test asks the catalog.
create or replace trigger check_row
before insert or update on public.clients
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.client_contacts
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.custom_fields
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.payments
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.status_transitions
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.team_members
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.ticket_assignees
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.ticket_feedback
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.ticket_messages
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.ticket_statuses
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.ticket_types
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.tickets
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.business_calendars
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.business_holidays
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.business_hours
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();

create or replace trigger check_row
before insert or update on public.sla_policies
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_row();
