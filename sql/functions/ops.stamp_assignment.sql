-- first_assigned_at is when a ticket first had somebody: never moved, never emptied. A row that arrives
-- with an assignee had one from its beginning. Assigning also opens a new ticket (seed 002: new is
-- created, not assigned yet).
create or replace function ops.stamp_assignment()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        new.first_assigned_at := coalesce(new.first_assigned_at, new.created_at, now());
        return new;
    end if;
    new.first_assigned_at := coalesce(old.first_assigned_at, new.first_assigned_at, now());
    if new.status = 'new' then
        new.status := coalesce(
            (select s.code from public.ticket_statuses as s where s.category = 'open' and s.is_default),
            new.status
        );
    end if;
    return new;
end
$$;
comment on function ops.stamp_assignment() is
'Trigger: when a ticket was first assigned; assigning opens a new one.';
revoke all on function ops.stamp_assignment() from public;

create or replace trigger stamp_assignment_insert
before insert on public.tickets
for each row
when (new.assigned_to is not null)
execute function ops.stamp_assignment();

create or replace trigger stamp_assignment_update
before update on public.tickets
for each row
when (new.assigned_to is not null and new.assigned_to is distinct from old.assigned_to)
execute function ops.stamp_assignment();
