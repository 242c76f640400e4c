-- requires: sql/functions/claims.account_id.sql
--
-- Who asked a colleague for help. The column is granted to nobody but desk_service.
create or replace function ops.stamp_assigned_by()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.assigned_by := claims.account_id();
    return new;
end
$$;
comment on function ops.stamp_assigned_by() is
'Trigger: the account that added a collaborator.';
revoke all on function ops.stamp_assigned_by() from public;

create or replace trigger stamp_assigned_by
before insert on public.ticket_assignees
for each row
when (new.assigned_by is null and not pg_has_role('desk_owner', 'member'))
execute function ops.stamp_assigned_by();
