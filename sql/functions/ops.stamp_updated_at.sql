-- A statement that sets updated_at itself keeps its value.
create or replace function ops.stamp_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if new.updated_at is not distinct from old.updated_at then
        new.updated_at := now();
    end if;
    return new;
end
$$;
comment on function ops.stamp_updated_at() is
'Trigger: the time of the last change.';
revoke all on function ops.stamp_updated_at() from public;

create or replace trigger stamp_updated_at
before update on ops.settings
for each row execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on public.clients
for each row execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on public.client_contacts
for each row execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on public.team_members
for each row execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on public.tickets
for each row execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on public.ticket_feedback
for each row execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on auth.accounts
for each row execute function ops.stamp_updated_at();
