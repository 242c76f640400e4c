-- Whoever writes, and however: a priority is one of four words, or none. Only a value that changes is
-- looked at, so that an adopted row with a word of its own can still be answered, rated and resolved;
-- a CHECK would refuse that, valid or not.
create or replace function ops.check_priority()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    raise exception 'priority "%" does not exist', new.priority
        using errcode = 'check_violation',
            hint = 'Say low, medium, high or urgent.';
end
$$;
comment on function ops.check_priority() is
'Trigger: refuses a priority that does not exist (23514).';
revoke all on function ops.check_priority() from public;

create or replace trigger check_priority_insert
before insert on public.tickets
for each row
when (new.priority not in ('low', 'medium', 'high', 'urgent'))
execute function ops.check_priority();

create or replace trigger check_priority_update
before update of priority on public.tickets
for each row
when (
    new.priority is distinct from old.priority
    and new.priority not in ('low', 'medium', 'high', 'urgent')
)
execute function ops.check_priority();
