-- requires: sql/functions/workflow.fits_field.sql
--
-- Fields that the desk has defined hold what they promise, in tickets that come through the API; other
-- keys stay free. Only values that change are looked at: a definition binds what is written after it.
--
--     23514  a value of another kind, or none of the choices
--     23502  a new ticket without a required field
create or replace function ops.check_custom_fields()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    before constant jsonb := case when tg_op = 'UPDATE' then old.custom_fields else '{}' end;
    wrong record;
begin
    if jsonb_typeof(new.custom_fields) <> 'object' then
        raise exception 'custom_fields is no object'
            using errcode = 'check_violation',
                hint = 'Say {"name": value, …}; GET /custom_fields lists the names.';
    end if;
    select f.name, f.kind, f.choices, new.custom_fields -> f.name as value
    into wrong
    from public.custom_fields as f
    where new.custom_fields -> f.name is distinct from before -> f.name
        and new.custom_fields ? f.name
        and not coalesce(workflow.fits_field(new.custom_fields -> f.name, f.kind, f.choices), false)
    order by f.sort, f.name
    limit 1;
    if found then
        raise exception 'custom field "%" is no %', wrong.name, wrong.kind
            using errcode = 'check_violation',
                hint = case wrong.kind
                    when 'choice' then format('Say one of: %s.', array_to_string(wrong.choices, ', '))
                    when 'date' then 'Say a day, such as "2025-03-01".'
                    when 'text' then 'Say a text: "…".'
                    when 'number' then 'Say a number, without quotes.'
                    else 'Say true or false, without quotes.'
                end;
    end if;
    if tg_op = 'INSERT' then
        select f.name, f.label
        into wrong
        from public.custom_fields as f
        where f.is_required
            and coalesce(new.custom_fields -> f.name, 'null') = 'null'
        order by f.sort, f.name
        limit 1;
        if found then
            raise exception 'custom field "%" is missing', wrong.name
                using errcode = 'not_null_violation',
                    hint = format('Say custom_fields: {"%s": …} (%s).', wrong.name, wrong.label);
        end if;
    end if;
    return new;
end
$$;
comment on function ops.check_custom_fields() is
'Trigger: defined custom fields hold what their definition says.';
revoke all on function ops.check_custom_fields() from public;

create or replace trigger check_custom_fields_insert
before insert on public.tickets
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_custom_fields();

create or replace trigger check_custom_fields_update
before update on public.tickets
for each row
when (new.custom_fields is distinct from old.custom_fields and not pg_has_role('desk_owner', 'member'))
execute function ops.check_custom_fields();
