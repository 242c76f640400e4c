-- One status stands for its category: who becomes it takes the place of who was. A status that goes to
-- another category stands for none, until somebody says so. Definer: managers say what a status means,
-- and not which one stands for it.
create or replace function ops.stamp_default()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'UPDATE' then
        new.is_default := new.is_default and (new.category = old.category or not old.is_default);
    end if;
    if new.is_default then
        update public.ticket_statuses as s
        set is_default = false
        where s.category = new.category
            and s.code <> new.code
            -- the row itself, where it gets another code
            and s.code is distinct from case when tg_op = 'UPDATE' then old.code end
            and s.is_default;
    end if;
    return new;
end
$$;
comment on function ops.stamp_default() is
'Trigger: one status stands for its category.';
revoke all on function ops.stamp_default() from public;

create or replace trigger stamp_default
before insert or update on public.ticket_statuses
for each row
when (new.is_default)
execute function ops.stamp_default();
